"""When a run is measured on held-out samples, and how many of them at once."""

from __future__ import annotations

from collections.abc import Generator

from torch import nn

from explorer.engine.device.failures import out_of_memory
from explorer.engine.step.data import Data, Samples
from explorer.engine.step.evaluate import Score, evaluation

HELD_OUT_STEPS = 100
HELD_OUT_S = 2.0
HELD_OUT_SHARE = 0.006  # of the time, at most


class Measuring:
    """Keeps account of what measuring costs, in time and in memory.

    `together`: several processes must measure at the same steps, whatever their clocks say.
    """

    def __init__(self, network: nn.Module, data: Data, batch: int, together: bool) -> None:
        self._network = network
        self._data = data
        self._batch = batch
        self._together = together
        self._most_piece = len(data.test)  # samples evaluated at once
        self._cost_s = 0.0
        self.begin(0, 0.0)

    def begin(self, step: int, seconds: float) -> None:
        """Count from here."""
        self._step, self._seconds = step, seconds

    def due(self, step: int, seconds: float) -> bool:
        """Every 100 steps or 2 s, but never for more than its share of the time."""
        if self._together:
            return step % HELD_OUT_STEPS == 0
        seconds -= self._seconds
        if seconds < self._cost_s / HELD_OUT_SHARE:
            return False
        return step - self._step >= HELD_OUT_STEPS or seconds >= HELD_OUT_S

    def note(self, step: int, seconds: float, cost_s: float) -> None:
        """It was measured."""
        self._cost_s = cost_s
        self.begin(step, seconds)

    def score(self, samples: Samples) -> Generator[None, None, Score]:
        """In pieces; where there is no memory for one, in smaller ones from now on."""
        while True:
            piece = min(self._piece, self._most_piece)
            try:
                return (yield from evaluation(self._network, self._data, samples, piece))
            except Exception as error:
                if piece == 1 or not out_of_memory(error):
                    raise
                self._most_piece = max(1, piece // 4)

    @property
    def _piece(self) -> int:
        """Samples evaluated at once: on a CPU as many as fit in the memory that a step leaves, for
        new memory slows the steps that follow; many on a fast device.
        """
        on_cpu = self._data.test.labels.device.type == "cpu"
        return max(64, min(1000, self._batch)) if on_cpu else 2000
