"""What one call of a run's `advance` was."""

from __future__ import annotations

from enum import Enum, auto


class Beat(Enum):
    """What was done since control was given back the last time."""

    STEP = auto()  # one training step
    EVALUATION = auto()  # a piece of an evaluation
    FAULT = auto()  # a Failed event went out; the run should be held
    WAITING = auto()  # a moment, for the compiler
