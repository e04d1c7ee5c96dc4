"""A training's curves as a file of JSON lines, written while they come."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TextIO

from explorer.protocol.events import (
    Checkpointed,
    EpochDone,
    Event,
    HeldOut,
    Losses,
    SettingChanged,
    Started,
)

Row = dict[str, int | float | str | None]


def rows_of(events: Iterable[Event]) -> list[Row]:
    """The lines of a whole run, by step."""
    rows = [row for event in events for row in _rows_of(event)]
    return sorted(rows, key=lambda row: int(row["step"] or 0))


def _rows_of(event: Event) -> list[Row]:
    write = ROWS.get(type(event))
    return write(event) if write is not None else []


def line_of(row: Row) -> str:
    """As it stands in the file."""
    return json.dumps(row, allow_nan=False) + "\n"


class MetricsFile:
    """Takes a training's events; writes a line for each step, measurement, epoch and change.

    `live`: somebody reads while it is written; lines on the run itself come too.
    """

    def __init__(self, file: TextIO, live: bool = False) -> None:
        self._file = file
        self._live = live

    def __call__(self, event: Event) -> None:
        """Take an event in."""
        live = LIVE_ROWS.get(type(event)) if self._live else None
        for row in live(event) if live is not None else _rows_of(event):
            self.write(row)
        if isinstance(event, Checkpointed):
            self._file.flush()  # who resumes there finds what was told before it

    def write(self, row: Row) -> None:
        """One line more."""
        self._file.write(line_of(row))
        if self._live:
            self._file.flush()


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


def _change(event: SettingChanged) -> list[Row]:
    return [{"step": event.step, "changed": event.name, "value": event.value}]


def _started(event: Started) -> list[Row]:
    return [
        {
            "started": event.device_name,
            "threads": event.threads,
            "step": event.step,
            "steps_per_epoch": event.steps_per_epoch,
            "total_steps": event.total_steps,
            "dataset_sha256": event.dataset_sha256,
        }
    ]


def _checkpoint(event: Checkpointed) -> list[Row]:
    return [{"step": event.step, "checkpoint": str(event.path), "sha256": event.sha256}]


ROWS: Mapping[type, Callable[[Any], list[Row]]] = {
    Losses: _steps,
    HeldOut: _held_out,
    EpochDone: _epoch,
    SettingChanged: _change,
}
LIVE_ROWS: Mapping[type, Callable[[Any], list[Row]]] = {
    Started: _started,
    Checkpointed: _checkpoint,
}
