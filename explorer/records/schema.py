"""The tables of the run store, and how its file is opened, checked and, if damaged, moved aside."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

VERSION = 1
BUSY_S = 5.0

TABLES = """
CREATE TABLE IF NOT EXISTS runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    started TEXT NOT NULL,
    ended TEXT,
    title TEXT NOT NULL,
    document TEXT NOT NULL,
    dataset TEXT NOT NULL,
    dataset_sha256 TEXT NOT NULL DEFAULT '',
    seed INTEGER NOT NULL,
    versions TEXT NOT NULL,
    device TEXT NOT NULL DEFAULT '',
    threads INTEGER NOT NULL DEFAULT 0,
    steps_per_epoch INTEGER NOT NULL DEFAULT 1,
    total_steps INTEGER NOT NULL DEFAULT 0,
    parent INTEGER,
    parent_step INTEGER,
    folder TEXT NOT NULL,
    owner TEXT NOT NULL,
    outcome TEXT,
    message TEXT NOT NULL DEFAULT '',
    tags TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT '',
    trashed TEXT
);
CREATE TABLE IF NOT EXISTS losses (
    run INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
    last_step INTEGER NOT NULL,
    steps BLOB NOT NULL,
    losses BLOB NOT NULL,
    accuracies BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS held_out (
    run INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
    step INTEGER NOT NULL,
    samples INTEGER NOT NULL,
    loss REAL,
    accuracy REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS epochs (
    run INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
    epoch INTEGER NOT NULL,
    step INTEGER NOT NULL,
    train_loss REAL,
    train_accuracy REAL NOT NULL,
    test_loss REAL,
    test_accuracy REAL NOT NULL,
    seconds REAL NOT NULL,
    classes INTEGER NOT NULL,
    confusion BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS changes (
    run INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
    step INTEGER NOT NULL,
    name TEXT NOT NULL,
    value REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS checkpoints (
    run INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
    step INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    path TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    bytes INTEGER NOT NULL
);
"""

PARTS = ("losses", "held_out", "epochs", "changes", "checkpoints")
# Of an ended run these alone may change.
FREE = frozenset({"tags", "note", "trashed"})


# Not the file's fault. https://www.sqlite.org/rescode.html
ELSEWHERE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_READONLY,
    }
)


class StoreError(Exception):
    """What the store can't do, in words for people: the thing, the reason, the next step."""


def connected(file: Path, busy_s: float = BUSY_S) -> tuple[sqlite3.Connection, tuple[str, ...]]:
    """An open and checked store, and what has to be said about it; raises StoreError."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(_no_folder(file.parent, error.strerror or str(error))) from error
    try:
        return _opened(file, busy_s), ()
    except sqlite3.OperationalError as error:
        if not _damaged(error):
            raise StoreError(in_words(error, file)) from error
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        # No database, or a malformed one, whose bad bytes SQLite may repeat in its error: below.
        pass
    aside = _move_aside(file)
    try:
        connection = _opened(file, busy_s)
    except sqlite3.Error as error:
        raise StoreError(in_words(error, file)) from error
    remark = (
        f"The store of runs was damaged. It was put aside as {aside.name}, and a new one was begun "
        f"in {file.parent}; checkpoints are still there."
    )
    return connection, (remark,)


def in_words(error: Exception, file: Path) -> str:
    """What went wrong with the store."""
    text = str(error)
    if "locked" in text or "busy" in text:
        return (
            f"The store of runs {file} is in use by another program that does not let go. "
            "Close the other window, or wait for its command to end."
        )
    if "full" in text:
        return f"The disk with {file.parent} is full. Make room: delete runs, or other files."
    return _no_folder(file.parent, text)


def _no_folder(folder: Path, reason: str) -> str:
    return (
        f"Runs can't be recorded in {folder}: {reason}. "
        "Make it writable, or set EXPLORER_DATA to another folder."
    )


def _opened(file: Path, busy_s: float) -> sqlite3.Connection:
    connection = sqlite3.connect(file, timeout=busy_s, isolation_level=None)
    try:
        connection.row_factory = sqlite3.Row
        # What a damaged store says of itself may be no text.
        connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA trusted_schema = OFF")
        (found,) = connection.execute("PRAGMA user_version").fetchone()
        if found > VERSION:
            raise StoreError(
                f"The store of runs {file} was written by a newer program. Update this one, or set "
                "EXPLORER_DATA to another folder."
            )
        (sound,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if sound != "ok":
            raise sqlite3.DatabaseError(sound)
        if found < VERSION:
            _create(connection)
        _try_all(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _create(connection: sqlite3.Connection) -> None:
    """The tables, and triggers that keep an ended run as it is."""
    statements = [text for text in TABLES.split(";") if text.strip()]
    statements += [f"CREATE INDEX IF NOT EXISTS {part}_run ON {part}(run)" for part in PARTS]
    for part in PARTS:
        for event in ("INSERT", "UPDATE"):
            statements.append(
                f"CREATE TRIGGER IF NOT EXISTS {part}_{event} BEFORE {event} ON {part} "
                "WHEN (SELECT outcome FROM runs WHERE id = NEW.run) IS NOT NULL "
                "BEGIN SELECT RAISE(ABORT, 'an ended run does not change'); END"
            )
    connection.execute("BEGIN IMMEDIATE")
    for statement in statements:
        connection.execute(statement)
    columns = [row["name"] for row in connection.execute("PRAGMA table_info(runs)")]
    fixed = ", ".join(name for name in columns if name not in FREE)
    connection.execute(
        f"CREATE TRIGGER IF NOT EXISTS runs_ended BEFORE UPDATE OF {fixed} ON runs "
        "WHEN OLD.outcome IS NOT NULL "
        "BEGIN SELECT RAISE(ABORT, 'an ended run does not change'); END"
    )
    connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.execute("COMMIT")


def _try_all(connection: sqlite3.Connection) -> None:
    """A sound database may still be another program's: compare the columns, read a row of each."""
    blank = sqlite3.connect(":memory:")
    blank.executescript(TABLES)
    for part in ("runs", *PARTS):
        ours, found = (
            [row[1] for row in each.execute(f"PRAGMA table_info({part})")]
            for each in (blank, connection)
        )
        if ours != found:
            raise sqlite3.DatabaseError(f"the table {part} is not ours")
        connection.execute(f"SELECT * FROM {part} LIMIT 1").fetchall()
    blank.close()


def _damaged(error: sqlite3.OperationalError) -> bool:
    """Whether the file is to blame, and not its folder, the disk or another program."""
    return error.sqlite_errorcode & 0xFF not in ELSEWHERE  # the lowest byte is the plain code


def _move_aside(file: Path) -> Path:
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
    aside = file.with_name(f"{file.stem}-damaged-{stamp}{file.suffix}")
    try:
        file.replace(aside)
        for ending in ("-wal", "-shm"):
            beside = file.with_name(f"{file.name}{ending}")
            if beside.exists():
                beside.replace(aside.with_name(f"{aside.name}{ending}"))
    except OSError as error:
        raise StoreError(_no_folder(file.parent, error.strerror or str(error))) from error
    return aside
