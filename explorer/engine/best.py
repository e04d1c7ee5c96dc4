"""The best epoch of a run, and how long it has waited for a better one."""

from __future__ import annotations

import math
from collections.abc import Mapping

from torch import Tensor, nn

from explorer.engine.trail import copied


class Best:
    """By the loss on the test samples; the weights are kept where patience asks for them."""

    def __init__(self) -> None:
        self.loss = math.inf
        self.epoch = 0
        self.stale_epochs = 0  # since then
        self.weights: Mapping[str, Tensor] = {}

    def note(self, loss: float, epoch: int, network: nn.Module, patience: int) -> None:
        """An epoch ended with this loss."""
        if not loss < self.loss:
            self.stale_epochs += 1
            return
        self.loss, self.stale_epochs = loss, 0
        if patience:
            self.epoch, self.weights = epoch, copied(network)
