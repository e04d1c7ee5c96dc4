"""Events as rows of the store's tables."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Callable, Iterable
from typing import Any

from explorer.protocol.events import (
    Checkpointed,
    Compiling,
    EpochDone,
    Event,
    HeldOut,
    Losses,
    SettingChanged,
)
from explorer.records.cells import mapping, path_cell
from explorer.records.read_rows import checked_losses, read_losses, sound


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
    for cells in sound(write, "losses", parent, "rowid", checked_losses, []):
        event = read_losses(run, [cells])
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
