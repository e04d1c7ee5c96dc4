"""Whatever a training step raises names the block; too small a batch is a problem beforehand."""

from contextlib import nullcontext

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from explorer.engine.network.build import Network
from explorer.engine.run.session import Session
from explorer.engine.run.train import Beat
from explorer.engine.step import descent
from explorer.graph import custom
from explorer.graph.block import Shape
from explorer.graph.custom import Custom, Facts
from explorer.graph.custom_file import digest
from explorer.graph.edits import set_training
from explorer.plan.batches import batch_problems
from explorer.plan.plan import plan
from explorer.protocol.events import Failed
from tests.blocks.cases import LAYERS, accepted, cases, long_vector, side_by_side
from tests.blocks.odd_layouts import few
from tests.engine.making import block, planned

VECTOR = Shape("vector", (64,))


@pytest.fixture(autouse=True)
def nothing_known():
    yield
    custom.forget()


def own(body, shape=VECTOR):
    """A trusted block with this forward pass in training, which does nothing else."""
    text = (
        "import torch\nfrom torch import nn\n\n\n"
        "class Back(torch.autograd.Function):\n"
        "    @staticmethod\n    def forward(ctx, x):\n        return x.clone()\n\n"
        "    @staticmethod\n    def backward(ctx, g):\n        raise KeyError('on the way back')\n"
        "\n\nclass Own(nn.Module):\n    def forward(self, x):\n"
        f"        if not self.training:\n            return x * 1.0\n        {body}\n"
    )
    made = Custom(path="/own.py", class_name="Own", sha256=digest(text.encode()))
    custom.trust(made.path, made.sha256, text)
    custom.remember(made, (shape,), Facts(shape, 0, 0))
    return made


def fault(*row, **training):
    """What the first step of such a network tells."""
    events = []
    session = Session(planned(block("flatten"), *row, **training), "cpu")
    run = session.begin(1, events.append)
    assert run.advance() is Beat.FAULT
    assert run.step == 0
    (failed,) = [event for event in events if isinstance(event, Failed)]
    return failed


@pytest.mark.parametrize("training", [{}, {"accumulate": 4}, {"precision": "bfloat16"}])
@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("raise ZeroDivisionError('of all things')", "of all things"),
        ("return x @ torch.ones(3, 3)", "3"),
        ("return x[:, :5]", "5"),  # the next block could not take it
        ("return x[:1]", "1"),  # the loss could not
        ("return None", ""),
        ("return Back.apply(x)", "on the way back"),
        ("y = x.sigmoid()\n        z = y * 2\n        y.add_(1)\n        return z * y", "inplace"),
    ],
)
def test_any_exception_names_its_block(body, words, training):
    made = own(body)
    row = block("linear", out_features=64), made, block("linear", out_features=10)
    failed = fault(*row, **training)
    assert (failed.node, failed.cause) == ("own", "block")
    assert "own" in failed.message
    assert words in failed.message
    assert "step 1" in failed.message
    assert failed.details


def test_a_block_that_writes_into_what_another_needs():
    row = block("linear", out_features=64), block("sigmoid"), own("x.add_(1)\n        return x")
    failed = fault(*row, block("linear", out_features=10))
    assert failed.node == "own"


def test_the_logits_themselves():
    made = own("return x[:, :5, None]", Shape("vector", (10,)))
    failed = fault(block("linear", out_features=10), made)
    assert failed.node == "own"


def test_nothing_but_the_search_has_happened():
    """Random numbers and weights are those of before the step: a block may work the next time."""
    text = "if torch.rand(()) < 2:\n            raise ValueError('now')"
    session = Session(planned(block("flatten"), own(text), block("linear", out_features=10)))
    run = session.begin(1, lambda event: None)
    before = {name: each.clone() for name, each in session.network.state_dict().items()}
    torch.manual_seed(3)
    torch.rand(())
    expected = torch.get_rng_state()
    torch.manual_seed(3)
    assert run.advance() is Beat.FAULT
    assert torch.equal(torch.get_rng_state(), expected)
    assert all(torch.equal(before[n], v) for n, v in session.network.state_dict().items())


@pytest.mark.parametrize("kind", LAYERS)
def test_blocks_and_small_batches(kind):
    """A block trains with a batch, or the plan says beforehand that it does not."""

    @few
    @given(cases(LAYERS[kind]), st.integers(1, 3))
    def law(case, batch):
        if accepted(*case) is None:
            return
        drawn = side_by_side([case])
        refused = bool(batch_problems(drawn.steps, batch))
        with pytest.raises(ValueError, match="more than 1 value") if refused else nullcontext():
            Network(drawn).train()(long_vector([case], batch))

    law()


VECTORS = (block("flatten"), block("linear", out_features=8), block("batch_norm1d"))


def test_a_batch_of_one_is_a_problem_with_a_fix():
    drawn = planned(*VECTORS, block("linear", out_features=10)).document
    alone = plan(set_training(drawn, {"batch": 1}))
    (problem,) = alone.problems
    assert problem.node == "bn"
    mended = plan(problem.fix.edit(alone.document))
    assert mended.ready
    assert mended.document.training.batch == 2
    Session(mended, "cpu").train(steps=2)


def test_one_pixel_and_one_step():
    for name, shape in (
        ("batch_norm2d", Shape("image", (4, 1, 1))),
        ("batch_norm1d", Shape("sequence", (1, 4))),
    ):
        assert block(name).smallest_batch(shape) == 2
    for name, shape in (
        ("batch_norm2d", Shape("image", (4, 1, 2))),
        ("batch_norm1d", Shape("sequence", (2, 4))),
    ):
        assert block(name).smallest_batch(shape) == 1


@pytest.mark.parametrize("training", [{"batch": 2}, {"batch": 5, "accumulate": 3}, {"batch": 3822}])
def test_no_last_batch_and_no_piece_is_too_small(training):
    """3,823 samples: the last one of the epoch would stand alone."""
    drawn = planned(*VECTORS, block("linear", out_features=10), epochs=1, **training)
    session = Session(drawn, "cpu")
    run = session.begin(1, lambda event: None)
    sizes = [len(y) for picked in run.order.batches()[-2:] for _, y in _pieces(run, picked)]
    assert min(sizes) >= 2
    for picked in run.order.batches()[-2:]:
        assert run._step(picked) is Beat.STEP


def _pieces(run, picked):
    return run.descent.careful.in_pieces(*run.descent.samples(picked))


def out_of_memory(monkeypatch, *row, **training):
    def hungry(*_):
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried 10 bytes")

    monkeypatch.setattr(descent, "train_step", hungry)
    return fault(*row, block("linear", out_features=10), **training)


def test_memory_that_runs_out_names_the_block_that_takes_most(monkeypatch):
    """A smaller batch is offered only where it would help."""
    weights = block("linear", out_features=700), block("linear", out_features=3_000)
    failed = out_of_memory(monkeypatch, *weights)
    assert (failed.node, failed.cause, failed.cures) == ("fc2", "memory", ())
    assert "fc2" in failed.message
    activations = block("linear", out_features=8_000), block("relu")
    failed = out_of_memory(monkeypatch, *activations, batch=3_000)
    assert (failed.node, failed.cause) == ("fc1", "memory")
    assert [dict(cure.settings) for cure in failed.cures] == [{"accumulate": 4}, {"batch": 750}]
