"""A run as it was recorded: what it was, how it ended, its curves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from explorer.protocol.events import (
    EpochDone,
    Event,
    Floats,
    HeldOut,
    Losses,
    SettingChanged,
    Started,
)

Outcome = Literal["finished", "stopped", "failed", "interrupted"]
State = Literal["running", "finished", "stopped", "failed", "interrupted"]


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run. Times are UTC in ISO form. `parent`: the run that it went on from, at
    `parent_step`; its curves up to there are part of this run's.
    """

    id: int
    state: State  # "interrupted": nobody writes it any more, and it never came to an end
    started: str
    ended: str | None
    title: str
    document: str  # JSON, as it stood when the run began
    dataset: str
    dataset_sha256: str
    seed: int
    versions: Mapping[str, str]
    device: str
    threads: int
    steps_per_epoch: int
    total_steps: int
    step: int  # the last one known
    epochs: int  # whole ones
    test_loss: float | None  # of the last whole epoch
    test_accuracy: float | None
    parent: int | None
    parent_step: int | None
    folder: Path  # of its checkpoints
    checkpoint: Path | None  # the newest
    message: str  # why it ended as it did
    tags: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class CheckpointRow:
    """A checkpoint's file as it was written."""

    step: int
    epoch: int
    path: Path
    sha256: str
    size: int  # bytes


@dataclass(frozen=True, slots=True)
class RunCurves:
    """All that was measured, as the events that told it; their run number is the record's id."""

    started: Started
    losses: Losses
    held_out: tuple[HeldOut, ...] = ()
    epochs: tuple[EpochDone, ...] = ()
    changes: tuple[SettingChanged, ...] = ()

    def events(self) -> list[Event]:
        """In the order in which a log takes them in."""
        parts: list[Event] = [self.started]
        if len(self.losses.steps):
            parts.append(self.losses)
        return [*parts, *self.held_out, *self.epochs, *self.changes]


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """Mean of several curves at the steps that all have, and their least and greatest values."""

    steps: NDArray[np.int64]
    mean: Floats
    low: Floats
    high: Floats
    runs: int
