"""The best epoch of a run, its weights, and how long the run has waited for a better one."""

from __future__ import annotations

import math
from collections.abc import Mapping

from torch import Tensor, nn

from explorer.engine.device.failures import EngineError
from explorer.engine.step.trail import copied
from explorer.protocol.events import BestEpoch


class Best:
    """By the loss on the test samples. Its weights are kept: at the end they are offered."""

    def __init__(self) -> None:
        self.loss = math.inf
        self.epoch = 0
        self.accuracy: float | None = None  # None: the run went on from a checkpoint after it
        self.stale_epochs = 0  # since then
        self.weights: Mapping[str, Tensor] = {}
        self.in_place = False  # the network has them, not those of the last step
        self.last_loss = math.nan  # of the epoch before this moment

    def note(self, loss: float, accuracy: float, epoch: int, network: nn.Module) -> None:
        """An epoch ended with this loss and accuracy."""
        self.last_loss = loss
        if not loss < self.loss:
            self.stale_epochs += 1
            return
        self.loss, self.accuracy, self.epoch, self.stale_epochs = loss, accuracy, epoch, 0
        self.weights = copied(network)

    def is_before(self, epochs_done: int) -> bool:
        """Whether other weights than those after so many epochs are the best, and are here."""
        return bool(self.weights) and self.epoch < epochs_done

    def put_in(self, network: nn.Module) -> float | None:
        """Its weights into the network; its accuracy. EngineError where none are known."""
        if not self.weights:
            raise EngineError("No epoch has ended yet, so none was best. Train on.")
        network.load_state_dict(self.weights)
        self.in_place = True
        return self.accuracy

    def told(self, run: int, step: int, epochs_done: int, patience: int) -> BestEpoch:
        """What is said of it at the end of a run."""
        return BestEpoch(
            run, step, self.epoch, self.loss, epochs_done, self.last_loss, patience > 0
        )
