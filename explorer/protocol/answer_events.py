"""What the engine answers to a request: a prediction, files that were written."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path

from explorer.graph.document import Document
from explorer.plan.amounts import percent
from explorer.protocol.commands import ExportFormat
from explorer.protocol.event import Event, Floats


@dataclass(frozen=True, slots=True)
class Prediction(Event):
    """The answer to a Predict: probabilities (classes,) after `step` training steps, by a network
    that was built from `network`.
    """

    request: int
    step: int
    probabilities: Floats
    network: Document | None = None

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
    """Files were written and run against the live network on `samples` held-out samples.

    What was exported: the weights of run `run` (0: of none) after `step` steps (0: untrained), or
    of its `best_epoch`, with `accuracy` on all test samples (None: untrained).
    """

    request: int
    format: ExportFormat
    files: tuple[Path, ...]
    samples: int
    difference: float  # largest absolute difference of a logit
    passed: bool  # difference <= 1e-4
    step: int = 0
    accuracy: float | None = None
    best_epoch: int = 0  # 0: the weights are those of the last step

    @property
    def what(self) -> str:
        """Whose weights were written, and how good they are."""
        if not self.step:
            return "untrained weights"
        of = f"run {self.run}" if self.run else "weights from a file"
        when = f"epoch {self.best_epoch}, its best" if self.best_epoch else f"step {self.step:,}"
        known = "" if self.accuracy is None else f", test accuracy {percent(self.accuracy, 2)}"
        return f"{of}, {when}{known}"


@dataclass(frozen=True, slots=True)
class WeightsSaved(Event):
    """Weights were written."""

    path: Path
