"""A dataset on the device: raw uint8 once, normalised batch by batch."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer.datasets import catalogue
from explorer.datasets.dataset import Dataset
from explorer.engine.device.failures import EngineError
from explorer.engine.step.augment import augmented, augments, cut_out
from explorer.graph.document import Training

HELD_OUT = 250  # samples measured while an epoch is under way


@dataclass(frozen=True, slots=True)
class Samples:
    """Raw inputs (N, ...) uint8 and labels (N,) int64 on the device."""

    inputs: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True, slots=True)
class Data:
    """The dataset's two parts, and a fixed share of the test part for measuring often."""

    dataset: Dataset
    train: Samples
    test: Samples
    held_out: Samples
    dtype: torch.dtype = torch.float32  # of what the network computes with

    def normalised(self, raw: Tensor) -> Tensor:
        """(x / scale - mean) / std; raw floats are overwritten."""
        of = self.dataset
        return raw.to(self.dtype).div_(of.scale).sub_(of.mean).div_(of.std)

    def trained_on(self, picked: Tensor, training: Training) -> Tensor:
        """Training inputs by their places: normalised, and augmented as the settings say."""
        raw = self.train.inputs[picked]
        if augments(training):
            raw = augmented(raw.to(self.dtype), training, self.dataset.scale)
        inputs = self.normalised(raw)
        return cut_out(inputs, training.cut_out) if training.cut_out else inputs

    def picture(self, raw: NDArray[np.uint8]) -> Tensor:
        """One raw picture as a normalised batch of one; EngineError where its shape is wrong."""
        if raw.shape != self.dataset.shape.dims:
            shape = " x ".join(map(str, raw.shape))
            raise EngineError(
                f"The picture is {shape}, but {self.dataset.title} has {self.dataset.shape}."
            )
        return self.normalised(torch.tensor(raw, device=self.test.inputs.device)[None])


@lru_cache(maxsize=1)
def data_on(dataset: Dataset, device: torch.device, dtype: torch.dtype = torch.float32) -> Data:
    """The dataset's samples on the device; the last one asked for is kept."""
    arrays = catalogue.load(dataset.id)
    test = _samples(arrays.test_inputs, arrays.test_labels, device)
    # Evenly spread: MNIST's second half was written by other people than its first.
    chosen = torch.linspace(0, len(test) - 1, min(HELD_OUT, len(test))).long().to(device)
    return Data(
        dataset=dataset,
        train=_samples(arrays.train_inputs, arrays.train_labels, device),
        test=test,
        held_out=Samples(test.inputs[chosen], test.labels[chosen]),
        dtype=dtype,
    )


def _samples(inputs: NDArray[np.uint8], labels: NDArray[np.int64], device: torch.device) -> Samples:
    return Samples(torch.tensor(inputs, device=device), torch.tensor(labels, device=device))


@lru_cache(maxsize=4)
def checksum(dataset: Dataset) -> str:
    """sha256 over the arrays as they are trained on."""
    arrays = catalogue.load(dataset.id)
    digest = hashlib.sha256()
    for part in (arrays.train_inputs, arrays.train_labels, arrays.test_inputs, arrays.test_labels):
        digest.update(f"{part.dtype.str} {part.shape};".encode())
        digest.update(np.ascontiguousarray(part).data)
    return digest.hexdigest()
