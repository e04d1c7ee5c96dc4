"""What the engine tells: frozen values, numpy at most. Each class says how it combines with an
unread older one.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

from explorer.graph.block import Argument, Shape
from explorer.graph.custom import Custom, Facts
from explorer.protocol.commands import ExportFormat

Floats = NDArray[np.float32]
RunState = Literal["untrained", "running", "paused", "finished", "stopped", "loaded"]
CompileStage = Literal["begun", "done", "failed"]


@dataclass(frozen=True, slots=True)
class Event:
    """Kept in order, each one, unless a subclass says otherwise.

    `run` is the run's number, 0 where there is none. Events with equal `replaces()` (other than
    None) replace an unread older one; those with equal `merges()` are joined with `merged_with`.
    """

    run: int

    def replaces(self) -> Hashable | None:
        """Key of the unread event that this one makes worthless."""
        return None

    def merges(self) -> Hashable | None:
        """Key of the unread event that this one continues."""
        return None

    def merged_with(self, older: Self) -> Self:
        """Older and this one, as one."""
        raise TypeError(f"{type(self).__name__} is never merged")


@dataclass(frozen=True, slots=True)
class Ready(Event):
    """torch is loaded and the engine takes commands."""

    device: str  # "cpu", "cuda", ...
    device_name: str  # for people: "CPU, 2 threads", "NVIDIA H200"
    torch_version: str


@dataclass(frozen=True, slots=True)
class Device:
    """Something to compute on, or why it can't be used."""

    id: str  # "cpu", "cuda:0"
    name: str  # for people
    offers: tuple[tuple[str, str], ...] = ()  # what, and how far: ("memory", "16 GB")
    missing: str = ""  # why it can't be used; empty where it works


@dataclass(frozen=True, slots=True)
class Devices(Event):
    """What there is to compute on. `wanted`: what was asked for (None: the best there is); networks
    are built on `chosen` from now on, the present one is on `present` (empty: there is none).
    """

    devices: tuple[Device, ...]
    chosen: str
    wanted: str | None = None
    present: str = ""

    def replaces(self) -> Hashable | None:
        """Only the latest matters."""
        return Devices


@dataclass(frozen=True, slots=True)
class Status(Event):
    """The run, or the network without one, is in a new state."""

    state: RunState
    step: int = 0


@dataclass(frozen=True, slots=True)
class Tried(Event):
    """What a trial run of a user's file has shown, or why it failed, with the line."""

    block: Custom
    shapes: tuple[Shape, ...]
    found: Facts | str


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


@dataclass(frozen=True, slots=True)
class Activation(Event):
    """What a node gives out for the watched sample: (C, H, W) image, (T, D) sequence or (D,)
    vector.
    """

    node: str
    step: int
    values: Floats

    def replaces(self) -> Hashable | None:
        """Only the latest of each node matters."""
        return (Activation, self.node)


@dataclass(frozen=True, slots=True)
class Kernels(Event):
    """The weights of a convolution: (out, in, kH, kW)."""

    node: str
    step: int
    weights: Floats
    bias: Floats | None

    def replaces(self) -> Hashable | None:
        """Only the latest of each node matters."""
        return (Kernels, self.node)


@dataclass(frozen=True, slots=True)
class Attention(Event):
    """Attention weights of the watched sample: (heads, T queries, T keys); each row sums to 1."""

    node: str
    step: int
    weights: Floats

    def replaces(self) -> Hashable | None:
        """Only the latest of each node matters."""
        return (Attention, self.node)


@dataclass(frozen=True, slots=True)
class Hidden(Event):
    """A recurrent layer over the watched sample's steps (top layer, forward direction).

    `hidden` is (T, H); `gates` holds (T, H) arrays by name: "input", "forget", "cell", "output"
    and "state" (c).
    """

    node: str
    step: int
    hidden: Floats
    gates: Mapping[str, Floats] = field(default_factory=dict)

    def replaces(self) -> Hashable | None:
        """Only the latest of each node matters."""
        return (Hidden, self.node)


@dataclass(frozen=True, slots=True)
class Thumbnails(Event):
    """A small 2-D picture (rows, columns) of every node's output for the watched sample, in the
    layer's own units.
    """

    step: int
    pictures: Mapping[str, Floats]

    def replaces(self) -> Hashable | None:
        """Only the latest matters."""
        return Thumbnails


@dataclass(frozen=True, slots=True)
class StepTimes(Event):
    """Seconds that each block takes of a training step of `batch` samples, forward and backward."""

    step: int
    batch: int
    seconds: Mapping[str, float]

    def replaces(self) -> Hashable | None:
        """Only the latest matters."""
        return StepTimes


@dataclass(frozen=True, slots=True)
class Watched(Event):
    """The watched sample itself: raw picture, its label (None for the user's own) and the network's
    probabilities.
    """

    picture: NDArray[np.uint8]
    label: int | None
    probabilities: Floats

    def replaces(self) -> Hashable | None:
        """Only the latest matters."""
        return Watched


@dataclass(frozen=True, slots=True)
class Prediction(Event):
    """The answer to a Predict: probabilities (classes,) after `step` training steps."""

    request: int
    step: int
    probabilities: Floats

    def replaces(self) -> Hashable | None:
        """Only the latest matters."""
        return Prediction


@dataclass(frozen=True, slots=True)
class ExportProgress(Event):
    """What an export is at."""

    request: int
    doing: str

    def replaces(self) -> Hashable | None:
        """Only the latest matters."""
        return (ExportProgress, self.request)


@dataclass(frozen=True, slots=True)
class Exported(Event):
    """Files were written and run against the live network on `samples` held-out samples."""

    request: int
    format: ExportFormat
    files: tuple[Path, ...]
    samples: int
    difference: float  # largest absolute difference of a logit
    passed: bool  # difference <= 1e-4


@dataclass(frozen=True, slots=True)
class WeightsSaved(Event):
    """Weights were written."""

    path: Path


@dataclass(frozen=True, slots=True)
class Cure:
    """What may help after a fault, as a button: training settings to change, and what then.

    "go on": with the run as it is held; "anew": a run from its initial weights; "resume": from the
    last checkpoint of the run.
    """

    label: str
    then: Literal["go on", "rewind", "anew", "resume"]
    settings: Mapping[str, Argument] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failed(Event):
    """A command could not be carried out, or the run stopped; the engine lives on."""

    doing: str  # "training", "export", "loading weights", ...
    message: str  # for people: the thing, the numbers, the next step
    details: str = ""  # traceback
    request: int = 0
    node: str = ""  # where it began
    cures: tuple[Cure, ...] = ()
