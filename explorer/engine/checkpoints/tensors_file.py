"""Tensors by name in .safetensors files, and whether they are those of a network."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from explorer.engine.device.failures import EngineError
from explorer.graph.file_kinds import EMPTY, SAFETENSORS, UNKNOWN, kind_of, told
from explorer.graph.regular_file import check_regular


class WeightsError(EngineError):
    """A weights file that can't be used, with the block and the numbers."""


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
        if path.is_file() and (kind := kind_of(path)) not in (SAFETENSORS, UNKNOWN, EMPTY):
            raise WeightsError(told(path.name, kind, "a .safetensors file")) from error
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
