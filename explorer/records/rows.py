"""Events and records as rows of the store's tables, and back."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

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
from explorer.records.record import CheckpointRow, RunCurves, RunRecord, State

SUMMARY = """
SELECT runs.*,
    max(coalesce((SELECT max(last_step) FROM losses WHERE losses.run = runs.id), 0),
        coalesce(parent_step, 0)) AS step,
    (SELECT max(epoch) FROM epochs WHERE epochs.run = runs.id) AS whole_epochs,
    (SELECT test_loss FROM epochs WHERE epochs.run = runs.id ORDER BY epoch DESC LIMIT 1)
        AS test_loss,
    (SELECT test_accuracy FROM epochs WHERE epochs.run = runs.id ORDER BY epoch DESC LIMIT 1)
        AS test_accuracy,
    (SELECT path FROM checkpoints WHERE checkpoints.run = runs.id ORDER BY step DESC LIMIT 1)
        AS checkpoint
FROM runs
"""


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
    gone = [(run, str(path)) for path in (*event.removed, event.path)]
    write.executemany("DELETE FROM checkpoints WHERE run = ? AND path = ?", gone)
    write.execute(
        "INSERT INTO checkpoints VALUES (?, ?, ?, ?, ?, ?)",
        (run, event.step, event.epoch, str(event.path), event.sha256, event.size),
    )


def _compiling(write: sqlite3.Connection, run: int, event: Compiling) -> None:
    """Whether the training step was compiled belongs to what its numbers depend on."""
    if event.stage == "begun":
        return
    reason = event.message.partition(": ")[2] or event.message
    told = "used" if event.stage == "done" else f"not used: {reason}"
    (known,) = write.execute("SELECT versions FROM runs WHERE id = ?", (run,)).fetchone()
    versions = json.dumps({**json.loads(known), "torch.compile": told})
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
    for row in write.execute("SELECT * FROM losses WHERE run = ? ORDER BY rowid", (parent,)):
        event = _read_losses(run, [row])
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


def record(row: sqlite3.Row, alive: bool) -> RunRecord:
    """A row of SUMMARY."""
    state: State = row["outcome"] or ("running" if alive else "interrupted")
    checkpoint = row["checkpoint"]
    return RunRecord(
        id=row["id"],
        state=state,
        started=row["started"],
        ended=row["ended"],
        title=row["title"],
        document=row["document"],
        dataset=row["dataset"],
        dataset_sha256=row["dataset_sha256"],
        seed=row["seed"],
        versions=json.loads(row["versions"]),
        device=row["device"],
        threads=row["threads"],
        steps_per_epoch=row["steps_per_epoch"],
        total_steps=row["total_steps"],
        step=row["step"],
        epochs=row["whole_epochs"] or 0,
        test_loss=row["test_loss"],
        test_accuracy=row["test_accuracy"],
        parent=row["parent"],
        parent_step=row["parent_step"],
        folder=Path(row["folder"]),
        checkpoint=Path(checkpoint) if checkpoint is not None else None,
        message=row["message"],
        tags=tuple(row["tags"].split()),
        note=row["note"],
    )


def searched(record: RunRecord) -> str:
    """What a search looks through."""
    parts = (str(record.id), record.title, record.dataset, record.state, record.started)
    return " ".join([*parts, *record.tags, record.note, record.device]).casefold()


def curves(read: sqlite3.Connection, of: RunRecord) -> RunCurves:
    """All measurements of a run."""

    def table(name: str) -> list[sqlite3.Row]:
        order = "last_step" if name == "losses" else "step"
        return read.execute(
            f"SELECT * FROM {name} WHERE run = ? ORDER BY {order}, rowid", (of.id,)
        ).fetchall()

    return RunCurves(
        Started(
            of.id,
            of.steps_per_epoch,
            of.total_steps,
            of.threads,
            of.device,
            of.parent_step or 0,
            of.dataset_sha256,
        ),
        _read_losses(of.id, table("losses")),
        tuple(
            HeldOut(of.id, row["step"], row["samples"], _number(row["loss"]), row["accuracy"])
            for row in table("held_out")
        ),
        tuple(_read_epoch(of.id, row) for row in table("epochs")),
        tuple(
            SettingChanged(of.id, row["step"], row["name"], row["value"])
            for row in table("changes")
        ),
    )


def _read_losses(run: int, found: Iterable[sqlite3.Row]) -> Losses:
    parts = list(found)

    def column(name: str, kind: str) -> Any:
        return np.frombuffer(b"".join(row[name] for row in parts), kind)

    return Losses(
        run,
        column("steps", "<i8").astype(np.int64),
        column("losses", "<f4").astype(np.float32),
        column("accuracies", "<f4").astype(np.float32),
    )


def _read_epoch(run: int, row: sqlite3.Row) -> EpochDone:
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
    """The run's files, newest first."""
    found = read.execute("SELECT * FROM checkpoints WHERE run = ? ORDER BY step DESC", (run,))
    return [
        CheckpointRow(row["step"], row["epoch"], Path(row["path"]), row["sha256"], row["bytes"])
        for row in found
    ]
