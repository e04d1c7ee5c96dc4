"""What is known of the present run's curves: filled by the pump, read by panels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explorer.protocol.event import Event, Floats
from explorer.protocol.run_events import (
    WITHOUT_RUN,
    EpochDone,
    HeldOut,
    Losses,
    SettingChanged,
    Started,
    Status,
)


class RunLog:
    """Curves of one run. Events of other runs are dropped; a network that no run has trained takes
    the curves of the one before it away.
    """

    def __init__(self) -> None:
        self._begin(run=0, steps_per_epoch=1, total_steps=0)

    def _begin(self, run: int, steps_per_epoch: int, total_steps: int) -> None:
        self.run = run
        self.steps_per_epoch = steps_per_epoch
        self.total_steps = total_steps
        self.held_out: list[HeldOut] = []
        self.epochs: list[EpochDone] = []
        self.changes: list[SettingChanged] = []
        self._parts: list[Losses] = []

    def add(self, event: Event) -> bool:
        """Take an event in; says whether the curves changed."""
        if isinstance(event, Started):
            self._begin(event.run, event.steps_per_epoch, event.total_steps)
            return True
        if isinstance(event, Status) and event.state in WITHOUT_RUN:
            known = self.run != 0
            self._begin(run=0, steps_per_epoch=1, total_steps=0)
            return known
        if event.run != self.run:
            return False
        if isinstance(event, Losses):
            self._parts.append(event)
        elif isinstance(event, HeldOut):
            self.held_out.append(event)
        elif isinstance(event, EpochDone):
            self.epochs.append(event)
        elif isinstance(event, SettingChanged):
            self._change(event)
        else:
            return False
        return True

    def _change(self, event: SettingChanged) -> None:
        if event.name == "epochs":
            self.total_steps = round(event.value) * self.steps_per_epoch
        before = self.changes[-1] if self.changes else None
        if before is not None and (before.step, before.name) == (event.step, event.name):
            self.changes.pop()  # a slider that was moved while the run was held
        self.changes.append(event)

    def training(self) -> tuple[NDArray[np.int64], Floats, Floats]:
        """Steps, losses (nats) and accuracies (0..1) of all steps so far."""
        if not self._parts:
            return np.empty(0, np.int64), np.empty(0, np.float32), np.empty(0, np.float32)
        whole = self._parts[0]
        for part in self._parts[1:]:
            whole = part.merged_with(whole)
        self._parts = [whole]
        return whole.steps, whole.losses, whole.accuracies
