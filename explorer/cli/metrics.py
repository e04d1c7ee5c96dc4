"""A training's curves as a file of JSON lines, written while they come."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any, TextIO

from explorer.protocol.events import EpochDone, Event, HeldOut, Losses

Row = dict[str, int | float | None]


class MetricsFile:
    """Takes a training's events; writes a line for each step, measurement and epoch."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._rows: dict[type, Callable[[Any], list[Row]]] = {
            Losses: _steps,
            HeldOut: _held_out,
            EpochDone: _epoch,
        }

    def __call__(self, event: Event) -> None:
        """Take an event in."""
        rows = self._rows.get(type(event))
        for row in rows(event) if rows is not None else ():
            self._file.write(json.dumps(row, allow_nan=False) + "\n")


def _number(value: float) -> float | None:
    """JSON knows no NaN and no infinity."""
    return float(value) if math.isfinite(value) else None


def _steps(event: Losses) -> list[Row]:
    return [
        {"step": int(step), "loss": _number(loss), "accuracy": _number(accuracy)}
        for step, loss, accuracy in zip(event.steps, event.losses, event.accuracies, strict=True)
    ]


def _held_out(event: HeldOut) -> list[Row]:
    return [
        {
            "step": event.step,
            "held_out_samples": event.samples,
            "held_out_loss": _number(event.loss),
            "held_out_accuracy": _number(event.accuracy),
        }
    ]


def _epoch(event: EpochDone) -> list[Row]:
    return [
        {
            "epoch": event.epoch,
            "step": event.step,
            "train_loss": _number(event.train_loss),
            "train_accuracy": _number(event.train_accuracy),
            "test_loss": _number(event.test_loss),
            "test_accuracy": _number(event.test_accuracy),
            "seconds": _number(event.seconds),
        }
    ]
