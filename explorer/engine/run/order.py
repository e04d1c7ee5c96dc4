"""The order in which a run takes its samples, epoch by epoch, from the training's seed."""

from __future__ import annotations

import torch
from torch import Tensor

from explorer.engine.step.data import Samples


class Order:
    """Batches of indices; each epoch has its own order."""

    def __init__(self, samples: Samples, batch: int, seed: int, processes: int = 1) -> None:
        self._samples = samples
        self._batch = batch
        self._processes = processes
        self._generator = torch.Generator().manual_seed(seed)
        self.second_seed = int(torch.randint(2**62, (), generator=self._generator))  # not `seed`
        self.state = self._generator.get_state()  # at the beginning of the present epoch

    @property
    def steps_per_epoch(self) -> int:
        """Batches in an epoch."""
        samples, batch = len(self._samples), self._batch
        # A last batch of a single sample is left out: batch normalisation can't use it.
        least = (2 if batch > 1 else 1) * self._processes
        return samples // batch + (samples % batch >= least)

    def batches(self) -> tuple[Tensor, ...]:
        """The training samples in a new order, as lists of indices."""
        order = torch.randperm(len(self._samples), generator=self._generator)
        batches = torch.split(order.to(self._samples.labels.device), self._batch)
        return tuple(batches[: self.steps_per_epoch])

    def end_epoch(self) -> None:
        """The next `batches` are another epoch's."""
        self.state = self._generator.get_state()

    def put_at(self, state: Tensor) -> None:
        """Begin that epoch again; RuntimeError or TypeError where it is no state."""
        self._generator.set_state(state)
        self.state = state
