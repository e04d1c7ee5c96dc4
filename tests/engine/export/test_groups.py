"""Exports and weights of networks with groups: repeated blocks keep their names and answers."""

from pathlib import Path

import pytest
import torch

from explorer.datasets.catalogue import load
from explorer.engine.checkpoints.weights import load_weights, save_weights
from explorer.engine.export.run import export
from explorer.engine.network.build import initial_network
from tests.plan.test_groups import ready, residual, sequence


@pytest.mark.parametrize("form", ["python", "pt", "onnx"])
@pytest.mark.parametrize("make", [residual, sequence])
def test_every_export_answers_as_the_network(make, form, tmp_path: Path) -> None:
    if form == "onnx":
        pytest.importorskip("onnxruntime")
    made = ready(make(3))
    network = initial_network(made).eval()
    data = load(made.dataset.id)
    _, samples, difference = export(network, made, data, form, tmp_path / "net", lambda doing: None)
    assert samples
    assert difference <= 1e-5


def test_weights_go_back_into_the_copies_that_they_come_from(tmp_path: Path) -> None:
    made = ready(residual(3))
    network = initial_network(made)
    save_weights(tmp_path / "net.safetensors", network, made, 7)
    other = initial_network(made)
    for weights in other.parameters():
        torch.nn.init.zeros_(weights)
    assert load_weights(tmp_path / "net.safetensors", other).step == 7
    for name, tensor in network.state_dict().items():
        assert torch.equal(other.state_dict()[name], tensor)
