"""The tables of the run store, version by version. A store of an older program is brought up to
this one when it is opened; a step that was released is never changed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence

Migration = Callable[[sqlite3.Connection], object]

FIRST = """
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


def _script(statements: str) -> Migration:
    """Each by itself: `executescript` would end the transaction."""
    texts = [text for text in statements.split(";") if text.strip()]
    return lambda connection: [connection.execute(text) for text in texts]


# MIGRATIONS[n] leads from version n to n + 1; 0 is an empty file.
MIGRATIONS: Sequence[Migration] = (_script(FIRST),)


def version() -> int:
    """Of the stores that this program writes."""
    return len(MIGRATIONS)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the tables up to this version, all steps or none; raises sqlite3.Error."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        (found,) = connection.execute("PRAGMA user_version").fetchone()
        _unguard(connection)
        for step in MIGRATIONS[found:]:
            step(connection)
        _guard(connection)
        connection.execute(f"PRAGMA user_version = {max(found, version())}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def blank() -> sqlite3.Connection:
    """An empty store of this version, in memory."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate(connection)
    return connection


def column_names(connection: sqlite3.Connection, table: str) -> list[str]:
    """Of a table, in their order; empty where there is none of the name."""
    return [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]


def _unguard(connection: sqlite3.Connection) -> None:
    """A step may change ended runs."""
    names = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%ended run%'"
    for (name,) in connection.execute(names).fetchall():
        connection.execute(f'DROP TRIGGER "{name}"')


def _guard(connection: sqlite3.Connection) -> None:
    """Indexes, and triggers that keep an ended run as it is."""
    for part in PARTS:
        connection.execute(f"CREATE INDEX IF NOT EXISTS {part}_run ON {part}(run)")
        for event in ("INSERT", "UPDATE"):
            connection.execute(
                f"CREATE TRIGGER {part}_{event} BEFORE {event} ON {part} "
                "WHEN (SELECT outcome FROM runs WHERE id = NEW.run) IS NOT NULL "
                "BEGIN SELECT RAISE(ABORT, 'an ended run does not change'); END"
            )
    fixed = ", ".join(name for name in column_names(connection, "runs") if name not in FREE)
    connection.execute(
        f"CREATE TRIGGER runs_ended BEFORE UPDATE OF {fixed} ON runs "
        "WHEN OLD.outcome IS NOT NULL "
        "BEGIN SELECT RAISE(ABORT, 'an ended run does not change'); END"
    )
