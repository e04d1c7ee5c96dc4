"""A run's curves as a table for spreadsheets: a line for each step at which something was told."""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from collections.abc import Mapping
from typing import TextIO

from explorer.records.record import RunCurves

COLUMNS = (
    "step",
    "loss",
    "accuracy",
    "held_out_loss",
    "held_out_accuracy",
    "epoch",
    "train_loss",
    "train_accuracy",
    "test_loss",
    "test_accuracy",
    "seconds",
    "changed",
)


def write_csv(curves: RunCurves, file: TextIO) -> None:
    """Losses in nats, accuracies from 0 to 1; an empty cell where nothing was measured."""
    writer = csv.DictWriter(file, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(_rows(curves))


def write_table(runs: Mapping[int, RunCurves], file: TextIO) -> None:
    """The same of several runs, one below the other; the first column is the run's number."""
    writer = csv.DictWriter(file, ("run", *COLUMNS), restval="", lineterminator="\n")
    writer.writeheader()
    for run, curves in runs.items():
        writer.writerows({"run": run, **row} for row in _rows(curves))


def _rows(curves: RunCurves) -> list[dict[str, str | int]]:
    table: dict[int, dict[str, str]] = defaultdict(dict)
    told = curves.losses
    for step, loss, accuracy in zip(told.steps, told.losses, told.accuracies, strict=True):
        table[int(step)] = {"loss": _text(float(loss)), "accuracy": _text(float(accuracy))}
    for held in curves.held_out:
        table[held.step] |= {
            "held_out_loss": _text(held.loss),
            "held_out_accuracy": _text(held.accuracy),
        }
    for epoch in curves.epochs:
        table[epoch.step] |= {
            "epoch": str(epoch.epoch),
            "train_loss": _text(epoch.train_loss),
            "train_accuracy": _text(epoch.train_accuracy),
            "test_loss": _text(epoch.test_loss),
            "test_accuracy": _text(epoch.test_accuracy),
            "seconds": f"{epoch.seconds:.3f}",
        }
    for change in curves.changes:
        before = table[change.step].get("changed", "")
        table[change.step]["changed"] = f"{before} {change.name}={change.value:g}".strip()
    return [{"step": step, **table[step]} for step in sorted(table)]


def _text(value: float) -> str:
    return f"{value:.7g}" if math.isfinite(value) else ""
