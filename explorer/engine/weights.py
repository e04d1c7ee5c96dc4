"""Weights as .safetensors: names, shapes and what they belong to; nothing that could run code."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from explorer.engine.failures import EngineError
from explorer.graph.files import dump
from explorer.graph.regular_file import check_regular
from explorer.graph.whole_file import write_whole
from explorer.plan.plan import Plan

FORMAT = "architecture-explorer-weights"


class WeightsError(EngineError):
    """A weights file that can't be used, with the block and the numbers."""


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
    tensors, metadata = read(path)
    check_fit(network.state_dict(), tensors)
    recorded = metadata.get("sha256")
    own = metadata.get("format") == FORMAT  # other programs' files have no checksum
    if (own or recorded is not None) and recorded != checksum(tensors):
        raise WeightsError(f"{path.name} is damaged: its numbers are not those that were saved.")
    network.load_state_dict(tensors)
    step = metadata.get("step", "")
    known = step.isascii() and step.isdigit() and len(step) < 16
    return Loaded(int(step) if known else 0, metadata.get("document", ""))


def check_fit(expected: Mapping[str, Tensor], found: Mapping[str, Tensor]) -> None:
    """Raises WeightsError unless names, shapes and kinds of numbers are those expected."""
    _check_names(expected, found)
    for name, tensor in expected.items():
        _check_tensor(name, tensor, found[name])


def read(path: Path) -> tuple[dict[str, Tensor], Mapping[str, str]]:
    """Tensors and metadata of any .safetensors file; raises WeightsError."""
    try:
        check_regular(path)
        with safe_open(os.fspath(path), framework="pt", device="cpu") as file:
            names = file.keys()  # not a mapping: it has no iterator
            return {name: file.get_tensor(name) for name in names}, file.metadata() or {}
    except FileNotFoundError as error:
        raise WeightsError(f"There is no file {path}.") from error
    except (SafetensorError, OSError, ValueError, RuntimeError, KeyError, TypeError) as error:
        raise WeightsError(
            f"{path.name} is not a .safetensors file, or it is damaged or cut short: "
            f"{str(error)[:300]}."
        ) from error


def _check_names(expected: Mapping[str, Tensor], found: Mapping[str, Tensor]) -> None:
    missing = [name for name in expected if name not in found]
    spare = [name for name in found if name not in expected]
    told = []
    if missing:
        told.append(f"the file has no {_listed(missing)}, which the document needs")
    if spare:
        told.append(f"the document has no place for {_listed(spare)} of the file")
    if told:
        raise WeightsError(
            f"The weights belong to another network: {'; '.join(told)}. "
            "Open the document that they were saved with."
        )


def _check_tensor(name: str, expected: Tensor, found: Tensor) -> None:
    if expected.shape != found.shape:
        raise WeightsError(
            f"{name} is {_shape(found)} in the file but the document needs {_shape(expected)}. "
            "Open the document that the weights were saved with."
        )
    if expected.is_floating_point() != found.is_floating_point():
        raise WeightsError(f"{name} holds {found.dtype} in the file, not {expected.dtype}.")
    if not torch.isfinite(found.to(torch.float32)).all():
        raise WeightsError(f"{name} holds values that are no numbers (NaN or infinite).")


def _listed(names: list[str]) -> str:
    shown = ", ".join(name[:60] for name in names[:4])
    return shown if len(names) <= 4 else f"{shown} and {len(names) - 4} more"


def _shape(tensor: Tensor) -> str:
    return " x ".join(str(size) for size in tensor.shape) or "a single number"


def checksum(tensors: Mapping[str, Tensor]) -> str:
    """sha256 over names and numbers."""
    digest = hashlib.sha256()
    for name in sorted(tensors):
        digest.update(name.encode())
        digest.update(tensors[name].contiguous().reshape(-1).view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()
