"""The ONNX export of every block answers what torch answers, at any batch size."""

import logging
import os
from dataclasses import replace

import pytest
import torch
from hypothesis import HealthCheck, given, settings

from explorer.engine.export.onnx_model import answer, converted, session_of
from explorer.engine.network.build import Network
from tests.blocks.cases import LAYERS, accepted, cases, long_vector, side_by_side

# An export costs most of a second whatever it holds, of 50 cases half a minute, and of 50 recurrent
# layers minutes: in the usual run the blocks of a palette group are in one network, each twice.
# The whole law: ONNX_CASES=50 python -m pytest -m soak tests/blocks
USUAL, MANY = 2, int(os.environ.get("ONNX_CASES", "6"))
BATCHES = (1, 2, 5)

pytest.importorskip("onnxruntime")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),  # the exporter's own, about its parts
]


@pytest.fixture(autouse=True)
def _quiet_exporter():
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


def drawn(kind, count):
    """So many different accepted cases of a block, the same in every run."""
    found = []

    @settings(
        max_examples=5 * count,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        database=None,
    )
    @given(cases(LAYERS[kind]))
    def look(case):
        if len(found) < count and accepted(*case) is not None:
            found.append(case)

    look()
    return found


def in_groups(made):
    """Every second case within a group, where the exporter finds its layer one level deeper."""
    inside = {f"node{place}" for place in range(0, len(made.steps), 2)}
    steps = [
        replace(step, group=f"group_{step.node}") if step.node in inside else step
        for step in made.steps
    ]
    return replace(made, steps=tuple(steps))


def assert_equal_answers(pairs):
    """onnxruntime's of what the program's own exporter makes of these blocks, side by side."""
    torch.manual_seed(0)
    network = Network(in_groups(side_by_side(pairs))).eval()
    model = converted(network, [long_vector(pairs, 3)])
    session = session_of(model.SerializeToString())
    sizes = [sum(shape.size for shape in block.output_shapes(*into)) for block, into in pairs]
    for batch in BATCHES:
        x = long_vector(pairs, batch)
        with torch.no_grad():
            wanted = network(x).split(sizes, dim=1)
        found = answer(session, [x]).split(sizes, dim=1)
        for (block, _), ours, theirs in zip(pairs, wanted, found, strict=True):
            torch.testing.assert_close(
                theirs, ours, atol=2e-5, rtol=1e-4, msg=lambda text, b=block: f"{b!r}: {text}"
            )


@pytest.mark.parametrize("group", dict.fromkeys(block.group for block in LAYERS.values()))
def test_onnxruntime_answers_what_torch_answers(group):
    kinds = [kind for kind, block in LAYERS.items() if block.group == group]
    pairs = [pair for kind in kinds for pair in drawn(kind, USUAL)]
    assert len(pairs) == USUAL * len(kinds)
    assert_equal_answers(pairs)


@pytest.mark.soak
@pytest.mark.parametrize("kind", LAYERS)
def test_in_many_cases(kind):
    pairs = drawn(kind, MANY)
    assert len(pairs) == MANY
    assert_equal_answers(pairs)
