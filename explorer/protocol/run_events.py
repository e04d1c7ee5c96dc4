"""What the engine tells of a run: how it begins, goes on, learns, is changed and ends."""

from __future__ import annotations

import math
from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

from explorer.protocol.event import Event, Floats

RunState = Literal["untrained", "running", "paused", "finished", "stopped", "loaded"]
WITHOUT_RUN: tuple[RunState, ...] = ("untrained", "loaded")  # the network is of no run
CompileStage = Literal["begun", "done", "failed"]


@dataclass(frozen=True, slots=True)
class Status(Event):
    """The run, or the network without one, is in a new state."""

    state: RunState
    step: int = 0


@dataclass(frozen=True, slots=True)
class Started(Event):
    """A run begins, or begins again after Rewind: what was known of this run number is void.

    A resumed run begins at the `step` of its checkpoint.
    """

    steps_per_epoch: int
    total_steps: int
    threads: int
    device_name: str
    step: int = 0
    dataset_sha256: str = ""  # of the samples as they are trained on
    rate: float = 0.0  # as set, before it falls; of a resumed run it may not be its document's


@dataclass(frozen=True, slots=True)
class Losses(Event):
    """Training loss (nats) and accuracy (0..1) of single steps; all of equal length. Unread ones
    are joined.
    """

    steps: NDArray[np.int64]
    losses: Floats
    accuracies: Floats

    def merges(self) -> Hashable | None:
        """All of a run."""
        return (Losses, self.run)

    def merged_with(self, older: Self) -> Self:
        """Appended."""
        return type(self)(
            self.run,
            np.concatenate([older.steps, self.steps]),
            np.concatenate([older.losses, self.losses]),
            np.concatenate([older.accuracies, self.accuracies]),
        )


@dataclass(frozen=True, slots=True)
class HeldOut(Event):
    """Loss (nats) and accuracy (0..1) on held-out samples, measured after `step` steps."""

    step: int
    samples: int
    loss: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class EpochDone(Event):
    """An epoch is over; held-out figures are over all test samples."""

    epoch: int  # from 1
    step: int
    train_loss: float
    train_accuracy: float
    test_loss: float
    test_accuracy: float
    seconds: float
    confusion: NDArray[np.int64]  # (classes, classes), rows: truth, columns: answer


@dataclass(frozen=True, slots=True)
class LearntNothing(Event):
    """After an epoch the network answers no better than by chance, which is `chance` (0..1), or
    blocks give nothing but zeros: `dead`. The EpochDone before it holds the figures.
    """

    epoch: int  # from 1
    accuracy: float
    chance: float
    guesses: bool  # the accuracy could be chance
    dead: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        """As sentences, with what helps."""
        parts = []
        if self.guesses:
            parts.append(
                f"After epoch {self.epoch} the network has learnt nothing: it is right on "
                f"{100 * self.accuracy:.1f} % of the test samples, and {100 * self.chance:.1f} % "
                "would be by chance."
            )
        if self.dead:
            names = ", ".join(self.dead)
            parts.append(
                f"For every sample there are only zeros behind {names}, where no gradient passes: "
                "its units are dead."
            )
        return " ".join([*parts, "Try a smaller rate; check what comes before the output."])

    def replaces(self) -> Hashable | None:
        """Only the latest matters."""
        return (LearntNothing, self.run)


@dataclass(frozen=True, slots=True)
class Progress(Event):
    """How far the run is and how fast it goes."""

    step: int
    total_steps: int
    examples_per_s: float
    seconds_left: float
    rate: float

    def replaces(self) -> Hashable | None:
        """Only the latest matters."""
        return Progress


@dataclass(frozen=True, slots=True)
class SettingChanged(Event):
    """A setting was changed while the run is at `step`; it holds from the next step on.

    `name`: "rate", "weight_decay", "accumulate", "epochs" (the run's whole length) or
    "NODE.dropout".
    """

    step: int
    name: str
    value: float

    def replaces(self) -> Hashable | None:
        """Of changes without a step between them only the latest matters."""
        return (SettingChanged, self.run, self.step, self.name)


@dataclass(frozen=True, slots=True)
class Compiling(Event):
    """torch.compile is at work, the run waits for it; or it is done; or it has failed, and the run
    goes on without.
    """

    stage: CompileStage
    message: str = ""  # for people
    details: str = ""  # traceback

    def replaces(self) -> Hashable | None:
        """Only the latest matters; a failure is told each time."""
        return None if self.stage == "failed" else (Compiling, self.run)


@dataclass(frozen=True, slots=True)
class StoppedEarly(Event):
    """The run ends before its last epoch: the test loss was best `epochs` epochs ago, and the
    weights of that time are back in place.
    """

    step: int
    epochs: int
    best_loss: float
    best_epoch: int = 0  # whose weights the network has now; 0: still those of the last one

    @property
    def told(self) -> str:
        """As a sentence."""
        ended = f"Ended early: no smaller test loss in {self.epochs} epochs"
        if not self.best_epoch:
            return f"{ended}."
        return (
            f"{ended}. The weights of epoch {self.best_epoch} (test loss {self.best_loss:.4g}) are "
            "back in place."
        )


@dataclass(frozen=True, slots=True)
class BestEpoch(Event):
    """The run is over with the weights of its last epoch, but an earlier one had a smaller test
    loss; UseBest puts its weights in place. `asked`: patience was set, and not reached.
    """

    step: int
    epoch: int
    loss: float
    last_epoch: int
    last_loss: float  # NaN where it is not known any more
    asked: bool = False

    @property
    def told(self) -> str:
        """As a sentence."""
        last = f" ({self.last_loss:.4g})" if math.isfinite(self.last_loss) else ""
        return (
            f"The test loss was smallest after epoch {self.epoch} ({self.loss:.4g}); the weights "
            f"are those of epoch {self.last_epoch}{last}."
        )


@dataclass(frozen=True, slots=True)
class Checkpointed(Event):
    """The run can be resumed from the file at `path`, whole and on the disk. Older files that the
    same run wrote may be gone: `removed`.
    """

    step: int
    epoch: int  # epochs that are over
    path: Path
    sha256: str  # of the file
    size: int  # bytes
    removed: tuple[Path, ...] = ()
