"""The ONNX export of every block answers what torch answers, at any batch size."""

import logging
import os
from types import SimpleNamespace

import pytest
import torch
from hypothesis import HealthCheck, given, settings

from explorer.engine.build import Network
from explorer.engine.export import onnx_worker
from explorer.graph.block import Shape
from tests.blocks.cases import LAYERS, accepted, cases, long_vector, side_by_side

# For each block, all in one network: an export takes seconds, of 50 cases half a minute, and of 50
# recurrent layers minutes. The whole law: ONNX_CASES=50 python -m pytest tests/blocks/test_onnx.py
CASES = int(os.environ.get("ONNX_CASES", "6"))
BATCHES = (1, 2, 5)

onnxruntime = pytest.importorskip("onnxruntime")
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


def exported(network, size):
    """A session over what the program's own exporter makes of the network."""
    stand_in = SimpleNamespace(shape=Shape("vector", (size,)))
    model = onnx_worker._converted(network, stand_in)
    return onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )


@pytest.mark.parametrize("kind", LAYERS)
def test_onnxruntime_answers_what_torch_answers(kind):
    pairs = drawn(kind, CASES)
    assert len(pairs) == CASES
    torch.manual_seed(0)
    network = Network(side_by_side(pairs)).eval()
    session = exported(network, long_vector(pairs).size(1))
    for batch in BATCHES:
        x = long_vector(pairs, batch)
        with torch.no_grad():
            wanted = network(x)
        (answer,) = session.run(None, {"input": x.numpy()})
        torch.testing.assert_close(torch.from_numpy(answer), wanted, atol=2e-5, rtol=1e-4)
