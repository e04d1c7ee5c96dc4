"""Losses on their way from the device to the window; read rarely, for reading has to wait."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer.protocol.events import Losses

READ_EVERY_S = 0.05


@dataclass(slots=True)
class Curves:
    """The losses of one run that were not read yet, and the sums of the present epoch."""

    run: int
    _steps: list[int] = field(default_factory=list)
    _sizes: list[int] = field(default_factory=list)
    _values: list[Tensor] = field(default_factory=list)  # loss and number of hits of each step
    _read_at: float = -math.inf
    _epoch: NDArray[np.float64] = field(default_factory=lambda: np.zeros(3))

    def add(self, step: int, size: int, loss_and_hits: Tensor) -> None:
        """Note a step's loss and hits, (2,) on the device."""
        self._steps.append(step)
        self._sizes.append(size)
        self._values.append(loss_and_hits)

    def due(self) -> bool:
        """Whether it is time to read."""
        return time.perf_counter() - self._read_at >= READ_EVERY_S

    def read(self) -> tuple[Losses | None, tuple[int, float] | None]:
        """What is new, and the first step whose loss is no number, with that loss."""
        if not self._steps:
            return None, None
        values = torch.stack(self._values).cpu().numpy()  # waits for the device
        self._read_at = time.perf_counter()
        steps, sizes = np.array(self._steps, np.int64), np.array(self._sizes)
        self._steps, self._sizes, self._values = [], [], []
        finite = np.isfinite(values[:, 0])
        bad = int(np.argmin(finite))
        fault = None if finite.all() else (int(steps[bad]), float(values[bad, 0]))
        return self._losses(steps[finite], sizes[finite], values[finite]), fault

    def _losses(
        self, steps: NDArray[np.int64], sizes: NDArray[np.int64], values: NDArray[np.float32]
    ) -> Losses | None:
        if not len(steps):
            return None
        losses, hits = values[:, 0], values[:, 1]
        self._epoch += (float(losses @ sizes), float(hits.sum()), float(sizes.sum()))
        accuracies = (hits / sizes).astype(np.float32)
        return Losses(self.run, steps, losses.astype(np.float32), accuracies)

    @property
    def sums(self) -> tuple[float, float, float]:
        """Of the present epoch: loss, hits, samples."""
        loss, hits, samples = self._epoch.tolist()
        return loss, hits, samples

    @sums.setter
    def sums(self, value: tuple[float, float, float]) -> None:
        self._epoch = np.array(value)

    def end_epoch(self) -> tuple[float, float]:
        """Mean loss and accuracy over the epoch's samples; begins the next."""
        loss, hits, samples = self._epoch
        self._epoch = np.zeros(3)
        return loss / max(samples, 1.0), hits / max(samples, 1.0)
