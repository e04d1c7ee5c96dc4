"""Documents and events to record."""

from pathlib import Path

import numpy as np

from explorer.graph.document import Document, Training
from explorer.protocol.events import (
    Checkpointed,
    EpochDone,
    Event,
    HeldOut,
    Losses,
    SettingChanged,
    Started,
)

VERSIONS = {"torch": "2.13.0"}


def drawing(title: str = "Small", seed: int = 0) -> Document:
    return Document(title=title, dataset="digits-8x8", training=Training(seed=seed))


def started(run: int = 1, step: int = 0) -> Started:
    return Started(run, 10, 40, 2, "CPU, 2 threads", step, "ab" * 32)


def losses(first: int, last: int, run: int = 1) -> Losses:
    steps = np.arange(first, last + 1, dtype=np.int64)
    return Losses(run, steps, (1.0 / steps).astype(np.float32), np.float32(0.5) * (steps > 0))


def epoch(number: int, run: int = 1, test_loss: float = 0.5) -> EpochDone:
    confusion = np.arange(100, dtype=np.int64).reshape(10, 10)
    return EpochDone(run, number, number * 10, 0.4, 0.8, test_loss, 0.75, 1.5, confusion)


def checkpointed(path: Path, step: int, run: int = 1, removed: tuple = ()) -> Checkpointed:
    return Checkpointed(run, step, step // 10, path, "cd" * 32, 1000, removed)


def an_epoch(number: int, run: int = 1) -> list[Event]:
    """What an epoch of ten steps tells."""
    first = 10 * number - 9
    return [
        losses(first, first + 4, run),
        HeldOut(run, first + 4, 500, 0.6, 0.7),
        SettingChanged(run, first + 4, "rate", 0.01 * number),
        losses(first + 5, first + 9, run),
        epoch(number, run),
    ]
