"""Rows of the store's tables as records and events. What is damaged is left out, and told."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, get_args

import numpy as np

from explorer.datasets import catalogue
from explorer.protocol.events import EpochDone, HeldOut, Losses, SettingChanged, Started
from explorer.records.cells import Cells, Damaged, checked, mapping, moment, path_of
from explorer.records.record import CheckpointRow, Outcome, RunCurves, RunRecord, State

# What is damaged in a measurement does not cost the record.
SUMMARY = """
SELECT runs.*,
    max(coalesce((SELECT max(last_step) FROM losses
            WHERE losses.run = runs.id AND typeof(last_step) = 'integer'), 0),
        coalesce(parent_step, 0)) AS step,
    (SELECT max(epoch) FROM epochs
        WHERE epochs.run = runs.id AND typeof(epoch) = 'integer') AS whole_epochs,
    (SELECT test_loss FROM epochs WHERE epochs.run = runs.id ORDER BY epoch DESC LIMIT 1)
        AS test_loss,
    (SELECT test_accuracy FROM epochs WHERE epochs.run = runs.id ORDER BY epoch DESC LIMIT 1)
        AS test_accuracy,
    (SELECT max(step) FROM epochs WHERE epochs.run = runs.id AND typeof(step) = 'integer')
        AS epoch_step,
    held_out.step AS held_out_step, held_out.samples AS held_out_samples,
    held_out.loss AS held_out_loss, held_out.accuracy AS held_out_accuracy,
    (SELECT path FROM checkpoints WHERE checkpoints.run = runs.id ORDER BY step DESC LIMIT 1)
        AS checkpoint
FROM runs LEFT JOIN held_out ON held_out.rowid = (SELECT rowid FROM held_out AS last
    WHERE last.run = runs.id AND typeof(last.step) = 'integer'
    ORDER BY last.step DESC, last.rowid DESC LIMIT 1)
"""
STATES: Mapping[str | None, State | None] = {
    None: None,
    **{each: each for each in get_args(Outcome)},
}


def record(row: sqlite3.Row, alive: Callable[[str], bool]) -> RunRecord:
    """A row of SUMMARY; `alive` says of an owner whether it still writes. Raises Damaged."""
    cells = checked("runs", row)
    if cells["outcome"] not in STATES:
        raise Damaged(f"outcome is {cells['outcome']!r:.60}")
    if not cells["steps_per_epoch"]:
        raise Damaged("steps_per_epoch is 0")
    state = STATES[cells["outcome"]]
    if state is None:
        state = "running" if alive(cells["owner"]) else "interrupted"
    measured = _last_measured(cells["dataset"], row)
    return RunRecord(
        id=cells["id"],
        state=state,
        started=moment("started", cells["started"]),
        ended=None if cells["ended"] is None else moment("ended", cells["ended"]),
        title=cells["title"],
        document=cells["document"],
        dataset=cells["dataset"],
        dataset_sha256=cells["dataset_sha256"],
        seed=cells["seed"],
        versions=mapping("versions", cells["versions"]),
        device=cells["device"],
        threads=cells["threads"],
        steps_per_epoch=cells["steps_per_epoch"],
        total_steps=cells["total_steps"],
        step=row["step"],
        epochs=max(row["whole_epochs"] or 0, 0),
        test_loss=_number_or_none(row[f"{measured}_loss"]),
        test_accuracy=_number_or_none(row[f"{measured}_accuracy"]),
        parent=cells["parent"],
        parent_step=cells["parent_step"],
        folder=path_of(cells["folder"]),
        checkpoint=_path_or_none(row["checkpoint"]),
        message=cells["message"],
        tags=tuple(cells["tags"].split()),
        note=cells["note"],
    )


def _path_or_none(cell: object) -> Path | None:
    try:
        return path_of(cell) if isinstance(cell, str | bytes) else None
    except Damaged:
        return None


def _last_measured(dataset: str, row: sqlite3.Row) -> str:
    """What a run reached: of its last epoch, or of a later measurement on all test samples."""
    known = catalogue.datasets().get(dataset)
    step, samples = row["held_out_step"], row["held_out_samples"]
    whole = known is not None and isinstance(samples, int) and samples >= known.test_size
    return "held_out" if whole and step > (row["epoch_step"] or 0) else "test"


def _number_or_none(value: object) -> float | None:
    return value if isinstance(value, float) and math.isfinite(value) else None


def searched(record: RunRecord) -> str:
    """What a search looks through."""
    parts = (str(record.id), record.title, record.dataset, record.state, record.started)
    return " ".join([*parts, *record.tags, record.note, record.device]).casefold()


def curves(read: sqlite3.Connection, of: RunRecord) -> tuple[RunCurves, list[str]]:
    """All measurements of a run, and what had to be left out of them."""
    left_out: list[str] = []

    def table(name: str, check: Callable[[Cells], object] = lambda cells: None) -> list[Cells]:
        order = "last_step" if name == "losses" else "step"
        return sound(read, name, of.id, f"{order}, rowid", check, left_out)

    found = RunCurves(
        Started(
            of.id,
            of.steps_per_epoch,
            of.total_steps,
            of.threads,
            of.device,
            of.parent_step or 0,
            of.dataset_sha256,
        ),
        read_losses(of.id, table("losses", checked_losses)),
        tuple(
            HeldOut(of.id, row["step"], row["samples"], _number(row["loss"]), row["accuracy"])
            for row in table("held_out")
        ),
        tuple(_read_epoch(of.id, row) for row in table("epochs", _checked_epoch)),
        tuple(
            SettingChanged(of.id, row["step"], row["name"], row["value"])
            for row in table("changes")
        ),
    )
    return found, left_out


def sound(
    read: sqlite3.Connection,
    table: str,
    run: int,
    order: str,
    check: Callable[[Cells], object],
    left_out: list[str],
) -> list[Cells]:
    """The run's rows of a table; those that are damaged are named in `left_out`."""
    rows: list[Cells] = []
    for row in read.execute(f"SELECT * FROM {table} WHERE run = ? ORDER BY {order}", (run,)):
        try:
            cells = checked(table, row)
            check(cells)
        except Damaged as error:
            left_out.append(f"{table}: {error}")
        else:
            rows.append(cells)
    return rows


def checked_losses(cells: Cells) -> None:
    lengths = {len(cells["steps"]) / 8, len(cells["losses"]) / 4, len(cells["accuracies"]) / 4}
    if len(lengths) > 1 or not lengths.pop().is_integer():
        raise Damaged("steps, losses and accuracies are not equally many")


def _checked_epoch(cells: Cells) -> None:
    if cells["classes"] ** 2 * 8 != len(cells["confusion"]):
        raise Damaged(f"confusion has {len(cells['confusion']):,} bytes")


def read_losses(run: int, parts: list[Cells]) -> Losses:
    def column(name: str, kind: str) -> Any:
        return np.frombuffer(b"".join(row[name] for row in parts), kind)

    return Losses(
        run,
        column("steps", "<i8").astype(np.int64),
        column("losses", "<f4").astype(np.float32),
        column("accuracies", "<f4").astype(np.float32),
    )


def _read_epoch(run: int, row: Cells) -> EpochDone:
    classes = row["classes"]
    return EpochDone(
        run,
        row["epoch"],
        row["step"],
        _number(row["train_loss"]),
        row["train_accuracy"],
        _number(row["test_loss"]),
        row["test_accuracy"],
        row["seconds"],
        np.frombuffer(row["confusion"], "<i8").reshape(classes, classes).astype(np.int64),
    )


def _number(value: float | None) -> float:
    return math.nan if value is None else value


def checkpoints(read: sqlite3.Connection, run: int) -> list[CheckpointRow]:
    """The run's files, newest first; a row that is damaged names none."""

    def check(cells: Cells) -> None:
        cells["path"] = path_of(cells["path"])

    return [
        CheckpointRow(row["step"], row["epoch"], row["path"], row["sha256"], row["bytes"])
        for row in sound(read, "checkpoints", run, "step DESC", check, [])
    ]
