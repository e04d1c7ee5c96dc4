"""Weights as .safetensors: names, shapes and what they belong to; nothing that could run code. What
others have saved is read, too: PyTorch's .pt, checkpoints, names with a wrapper's prefix.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from safetensors.torch import save
from torch import Tensor, nn

from explorer.engine.checkpoints.checkpoint import FORMAT as CHECKPOINT
from explorer.engine.checkpoints.checkpoint import NETWORK, CheckpointError, load_checkpoint
from explorer.engine.checkpoints.tensors_file import WeightsError, check_fit, checksum, read
from explorer.engine.checkpoints.torch_file import TorchFileError, read_state_dict
from explorer.engine.checkpoints.weight_names import fitted
from explorer.graph.file_kinds import STATE_DICT, kind_of
from explorer.graph.files import dump
from explorer.graph.whole_file import write_whole
from explorer.plan.plan import Plan

__all__ = ["FORMAT", "Loaded", "WeightsError", "load_weights", "read", "save_weights"]
FORMAT = "architecture-explorer-weights"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the file says of itself; empty or 0 where it was written by another program."""

    step: int = 0
    document: str = ""


def save_weights(path: Path, network: nn.Module, plan: Plan, step: int) -> None:
    """Write the file whole or not at all."""
    tensors = {
        name: tensor.detach().cpu().contiguous().clone()
        for name, tensor in network.state_dict().items()
    }
    classes = plan.dataset.classes if plan.dataset else ()
    metadata = {
        "format": FORMAT,
        "version": "1",
        "document": dump(plan.document),
        "classes": json.dumps(classes, ensure_ascii=False),
        "step": str(step),
        "seed": str(plan.document.training.seed),
        "sha256": checksum(tensors),
    }
    write_whole(path, save(tensors, metadata))


def load_weights(path: Path, network: nn.Module) -> Loaded:
    """Fill the network from the file; raises WeightsError, and then the network is as it was."""
    tensors, told = _content(path)
    expected = network.state_dict()
    tensors = fitted(tensors, expected)
    check_fit(expected, tensors)
    network.load_state_dict(tensors)
    return told


def _content(path: Path) -> tuple[Mapping[str, Tensor], Loaded]:
    if _is_state_dict(path):
        return _state_dict(path), Loaded()
    tensors, metadata = read(path)
    if metadata.get("format") == CHECKPOINT:
        return _of_checkpoint(path)
    recorded = metadata.get("sha256")
    own = metadata.get("format") == FORMAT  # other programs' files have no checksum
    if (own or recorded is not None) and recorded != checksum(tensors):
        raise WeightsError(f"{path.name} is damaged: its numbers are not those that were saved.")
    step = metadata.get("step", "")
    known = step.isascii() and step.isdigit() and len(step) < 16
    return tensors, Loaded(int(step) if known else 0, metadata.get("document", ""))


def _is_state_dict(path: Path) -> bool:
    try:
        return kind_of(path) == STATE_DICT
    except OSError:
        return False  # told by who reads it


def _state_dict(path: Path) -> dict[str, Tensor]:
    try:
        return read_state_dict(path)
    except TorchFileError as error:
        raise WeightsError(f"{path.name} can't be used: {error}.") from error
    except OSError as error:
        raise WeightsError(f"{path.name} can't be read: {error.strerror or error}.") from error


def _of_checkpoint(path: Path) -> tuple[Mapping[str, Tensor], Loaded]:
    """The weights of a run's whole state."""
    try:
        found = load_checkpoint(path)
    except CheckpointError as error:
        raise WeightsError(str(error)) from error
    return found.part(NETWORK), Loaded(found.facts.place.step, dump(found.document))
