"""What every format gets: the network, where to write, and the samples it is checked with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from explorer.datasets.dataset import Dataset
from explorer.plan.plan import Plan


@dataclass(frozen=True, slots=True)
class Job:
    """One export: `network` answers (eval) on the CPU; files are written as `folder`/`stem`.*."""

    network: nn.Module
    plan: Plan
    dataset: Dataset
    pictures: Tensor  # held-out samples, raw uint8 (N, ...)
    folder: Path
    stem: str
    report: Callable[[str], None]


Written = tuple[tuple[Path, ...], Tensor]  # the files, and what they answer to the job's pictures


def tensors_of(network: nn.Module) -> dict[str, Tensor]:
    """The weights as plain tensors: own memory, usual layout, on the CPU."""
    return {
        name: tensor.detach().cpu().clone(memory_format=torch.contiguous_format)
        for name, tensor in network.state_dict().items()
    }


def normalised(dataset: Dataset, pictures: Tensor) -> Tensor:
    """(x / scale - mean) / std as float32."""
    return (pictures.to(torch.float32) / dataset.scale - dataset.mean) / dataset.std


def logits(network: nn.Module, dataset: Dataset, pictures: Tensor) -> Tensor:
    """What the network answers to raw pictures: (N, classes)."""
    with torch.inference_mode():
        answer: Tensor = network(normalised(dataset, pictures))
    return answer


def largest_difference(expected: Tensor, found: Tensor) -> float:
    """Largest absolute difference; infinite where only one is a number or the shapes differ."""
    if expected.shape != found.shape:
        return float("inf")
    apart = (expected.double() - found.double()).abs()
    same = (expected == found) | (expected.isnan() & found.isnan())
    apart = torch.where(same, 0.0, apart)
    return float(torch.nan_to_num(apart, nan=float("inf")).max())
