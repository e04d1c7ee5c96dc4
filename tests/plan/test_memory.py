"""What a training takes, told before anything is built, and who has to be asked."""

import pytest

from explorer.blocks.catalogue import catalogue
from explorer.graph.document import Document
from explorer.graph.edits import chain, set_training
from explorer.plan import memory
from explorer.plan.documents import examples, read
from explorer.plan.machine import memory_bytes
from explorer.plan.memory import memory_of, too_large, too_large_unasked
from explorer.plan.plan import plan
from tests.engine.making import planned
from tests.making import block

LINEAR = block("linear", out_features=10)


def wide(features=10_000, layers=4, **training):
    """The weights take the memory: 100 million numbers in each layer but the first."""
    layer = block("linear", out_features=features)
    return planned(block("flatten"), *([layer] * layers), LINEAR, **training)


def deep(**training):
    """The activations take it."""
    layer = block("conv2d", out_channels=64, kernel_size=3, padding=1)
    return planned(layer, layer, block("flatten"), LINEAR, **training)


@pytest.fixture
def machine(monkeypatch):
    """A machine with so many bytes."""
    return lambda size: monkeypatch.setattr(memory, "memory_bytes", lambda: size)


def test_this_machine_has_some():
    assert memory_bytes() > 2**28


def test_weights_gradients_moments_and_the_way_back():
    drawn = wide()
    assert memory_of(drawn).weights == drawn.weights * 4 * (1 + 1 + 2 + 2 * 3 + 1)
    assert memory_of(wide(optimiser="sgd")).weights == drawn.weights * 4 * (1 + 1 + 1 + 2 * 2 + 1)
    assert memory_of(wide(precision="float64")).weights == 2 * memory_of(drawn).weights
    found = memory_of(drawn)
    assert found.node in ("fc2", "fc3", "fc4")
    assert found.most == pytest.approx(100_010_000 * 44, rel=0.01)
    assert not found.smaller_batch_helps


def test_activations_go_by_the_batch_and_its_pieces():
    found, half = memory_of(deep(batch=4096)), memory_of(deep(batch=2048))
    assert found.activations == 2 * half.activations
    assert memory_of(deep(batch=4096, accumulate=2)).activations == half.activations
    assert found.node == "conv2"  # it has more weights
    assert found.smaller_batch_helps
    assert found.activations > 4096 * 2 * 64 * 64 * 4


def test_a_share_of_the_machine_is_not_taken_unasked(machine):
    drawn = wide()
    machine(4 * memory_of(drawn).total)
    assert too_large(drawn) == ""
    assert too_large(drawn, processes=2)
    machine(4 * memory_of(drawn).total - 4)
    why = too_large(drawn)
    assert memory_of(drawn).node in why
    assert "batch" not in why
    drawn = deep(batch=4096)
    machine(memory_of(drawn).total)
    assert "batch smaller than 4,096" in too_large(drawn)
    machine(0)  # it can't be told
    assert too_large(drawn) == ""


def test_what_is_drawn_is_built_for_the_views_while_it_is_small(machine):
    machine(2**36)
    assert too_large_unasked(wide())
    assert not too_large_unasked(wide(features=1000))
    machine(2**29)
    assert too_large_unasked(wide(features=2000))
    pixels = block("upsample", scale_factor=16), block("upsample", scale_factor=16)
    assert too_large_unasked(
        planned(block("conv2d", out_channels=64), *pixels, block("global_pool"), LINEAR)
    )


@pytest.mark.parametrize("name", examples())
def test_no_example_is_large(name, machine):
    machine(4 * 2**30)
    found = plan(read(examples()[name]).document)
    assert not too_large(found)
    assert not too_large_unasked(found)


@pytest.mark.parametrize("kind", catalogue())
def test_the_largest_legal_numbers_can_be_told(kind):
    """Every parameter at its upper limit: sizes that no machine has are told all the same."""
    block_class = catalogue()[kind]
    if block_class.role != "layer":
        return
    most = {p.name: int(p.high) for p in block_class.parameters() if p.type == "int" and p.high}
    row = [block("input"), block_class(**most), block("output")]
    found = plan(chain(Document(dataset="mnist"), [(None, each) for each in row]))
    found = plan(set_training(found.document, {"batch": 4096}))
    assert memory_of(found).total >= 0
    assert isinstance(too_large(found), str)
