"""Events and records as rows of the store's tables, and back."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, get_args

import numpy as np

from explorer.protocol.events import (
    Checkpointed,
    Compiling,
    EpochDone,
    Event,
    HeldOut,
    Losses,
    SettingChanged,
    Started,
)
from explorer.records.cells import Cells, Damaged, checked, mapping, moment, path_cell, path_of
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
    (SELECT path FROM checkpoints WHERE checkpoints.run = runs.id ORDER BY step DESC LIMIT 1)
        AS checkpoint
FROM runs
"""
STATES: Mapping[str | None, State | None] = {
    None: None,
    **{each: each for each in get_args(Outcome)},
}


# --- writing


def insert(write: sqlite3.Connection, run: int, event: Event) -> None:
    """Write an event that belongs in a record; the others are passed over."""
    found = _WRITERS.get(type(event))
    if found is not None:
        found(write, run, event)


def _losses(write: sqlite3.Connection, run: int, event: Losses) -> None:
    write.execute(
        "INSERT INTO losses VALUES (?, ?, ?, ?, ?)",
        (
            run,
            int(event.steps[-1]),
            event.steps.astype("<i8").tobytes(),
            event.losses.astype("<f4").tobytes(),
            event.accuracies.astype("<f4").tobytes(),
        ),
    )


def _held_out(write: sqlite3.Connection, run: int, event: HeldOut) -> None:
    write.execute(
        "INSERT INTO held_out VALUES (?, ?, ?, ?, ?)",
        (run, event.step, event.samples, _finite(event.loss), event.accuracy),
    )


def _epoch(write: sqlite3.Connection, run: int, event: EpochDone) -> None:
    write.execute(
        "INSERT INTO epochs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            run,
            event.epoch,
            event.step,
            _finite(event.train_loss),
            event.train_accuracy,
            _finite(event.test_loss),
            event.test_accuracy,
            event.seconds,
            len(event.confusion),
            event.confusion.astype("<i8").tobytes(),
        ),
    )


def _change(write: sqlite3.Connection, run: int, event: SettingChanged) -> None:
    write.execute(
        "INSERT INTO changes VALUES (?, ?, ?, ?)", (run, event.step, event.name, event.value)
    )
    if event.name == "epochs":
        write.execute(
            "UPDATE runs SET total_steps = steps_per_epoch * ? WHERE id = ?", (event.value, run)
        )


def _checkpoint(write: sqlite3.Connection, run: int, event: Checkpointed) -> None:
    gone = [(run, path_cell(path)) for path in (*event.removed, event.path)]
    write.executemany("DELETE FROM checkpoints WHERE run = ? AND path = ?", gone)
    write.execute(
        "INSERT INTO checkpoints VALUES (?, ?, ?, ?, ?, ?)",
        (run, event.step, event.epoch, path_cell(event.path), event.sha256, event.size),
    )


def _compiling(write: sqlite3.Connection, run: int, event: Compiling) -> None:
    """Whether the training step was compiled belongs to what its numbers depend on."""
    if event.stage == "begun":
        return
    reason = event.message.partition(": ")[2] or event.message
    told = "used" if event.stage == "done" else f"not used: {reason}"
    (known,) = write.execute("SELECT versions FROM runs WHERE id = ?", (run,)).fetchone()
    versions = json.dumps({**mapping("versions", known), "torch.compile": told})
    write.execute("UPDATE runs SET versions = ? WHERE id = ?", (versions, run))


_WRITERS: dict[type, Callable[[sqlite3.Connection, int, Any], None]] = {
    Losses: _losses,
    HeldOut: _held_out,
    EpochDone: _epoch,
    SettingChanged: _change,
    Checkpointed: _checkpoint,
    Compiling: _compiling,
}


def inherit(write: sqlite3.Connection, run: int, step: int) -> None:
    """Copy the parent's measurements up to `step`: a record tells the whole story by itself."""
    (parent,) = write.execute("SELECT parent FROM runs WHERE id = ?", (run,)).fetchone()
    if parent is None:
        return
    for part in ("held_out", "epochs", "changes"):
        columns = [
            row["name"]
            for row in write.execute(f"PRAGMA table_info({part})")
            if row["name"] != "run"
        ]
        listed = ", ".join(columns)
        write.execute(
            f"INSERT INTO {part} (run, {listed}) SELECT ?, {listed} FROM {part} "
            "WHERE run = ? AND step <= ?",
            (run, parent, step),
        )
    for cells in _sound(write, "losses", parent, "rowid", _checked_losses, []):
        event = _read_losses(run, [cells])
        kept = event.steps <= step
        if kept.any():
            _losses(
                write,
                run,
                Losses(run, event.steps[kept], event.losses[kept], event.accuracies[kept]),
            )


def joined(tags: Iterable[str]) -> str:
    """Tags as one text: no spaces within, none twice."""
    words = ["-".join(tag.split()) for tag in tags]
    return " ".join(dict.fromkeys(word for word in words if word))


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


# --- reading


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
        test_loss=_measured(row["test_loss"]),
        test_accuracy=_measured(row["test_accuracy"]),
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


def _measured(value: object) -> float | None:
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
        return _sound(read, name, of.id, f"{order}, rowid", check, left_out)

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
        _read_losses(of.id, table("losses", _checked_losses)),
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


def _sound(
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


def _checked_losses(cells: Cells) -> None:
    lengths = {len(cells["steps"]) / 8, len(cells["losses"]) / 4, len(cells["accuracies"]) / 4}
    if len(lengths) > 1 or not lengths.pop().is_integer():
        raise Damaged("steps, losses and accuracies are not equally many")


def _checked_epoch(cells: Cells) -> None:
    if cells["classes"] ** 2 * 8 != len(cells["confusion"]):
        raise Damaged(f"confusion has {len(cells['confusion']):,} bytes")


def _read_losses(run: int, parts: list[Cells]) -> Losses:
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
        for row in _sound(read, "checkpoints", run, "step DESC", check, [])
    ]
