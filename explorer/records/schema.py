"""How the run store's file is opened, checked, brought up to date and, if damaged, moved aside."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from explorer.records.migrations import PARTS, blank, column_names, migrate, version

BUSY_S = 5.0

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


@dataclass(frozen=True, slots=True)
class Opened:
    """A checked store. `remarks`: what has to be said of it; `why_read_only`: empty where it can be
    written.
    """

    connection: sqlite3.Connection
    remarks: tuple[str, ...] = ()
    why_read_only: str = ""


def connected(file: Path, busy_s: float = BUSY_S) -> Opened:
    """An open and checked store, made where there is none; raises StoreError."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(_no_folder(file.parent, error.strerror or str(error))) from error
    try:
        return _opened(file, busy_s)
    except sqlite3.OperationalError as error:
        if not _damaged(error):
            raise StoreError(in_words(error, file)) from error
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        # No database, or a malformed one, whose bad bytes SQLite may repeat in its error: below.
        pass
    aside = _move_aside(file)
    try:
        opened = _opened(file, busy_s)
    except sqlite3.Error as error:
        raise StoreError(in_words(error, file)) from error
    remark = (
        f"The store of runs was damaged. It was put aside as {aside.name}, and a new one was begun "
        f"in {file.parent}; checkpoints are still there."
    )
    return Opened(opened.connection, (remark,))


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


def _opened(file: Path, busy_s: float) -> Opened:
    connection = _connection(file, busy_s)
    try:
        (found,) = connection.execute("PRAGMA user_version").fetchone()
        if found > version():
            return _newer(connection, file)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        (sound,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if sound != "ok":
            raise sqlite3.DatabaseError(sound)
        if found < version():
            _update(connection, file, found)
        _try_all(connection)
    except BaseException:
        connection.close()
        raise
    return Opened(connection)


def _connection(file: Path, busy_s: float) -> sqlite3.Connection:
    connection = sqlite3.connect(file, timeout=busy_s, isolation_level=None)
    connection.row_factory = sqlite3.Row
    # What a damaged store says of itself may be no text.
    connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
    connection.execute("PRAGMA trusted_schema = OFF")
    return connection


def _update(connection: sqlite3.Connection, file: Path, found: int) -> None:
    """A store that an older program has written is never taken for a damaged one."""
    try:
        migrate(connection)
    except sqlite3.DatabaseError as error:
        if found == 0 or (isinstance(error, sqlite3.OperationalError) and not _damaged(error)):
            raise
        raise StoreError(
            f"The store of runs {file} is of an older program (version {found}) and could not be "
            f"brought up to this one: {error}. It is as it was; set EXPLORER_DATA to another "
            "folder."
        ) from error


def _newer(connection: sqlite3.Connection, file: Path) -> Opened:
    """A newer program's store is looked at, where it still has what this one knows."""
    connection.execute("PRAGMA query_only = ON")
    why = (
        f"The store of runs {file} was written by a newer program. Update this one, or set "
        "EXPLORER_DATA to another folder"
    )
    with closing(blank()) as ours:
        for table in ("runs", *PARTS):
            if not set(column_names(ours, table)) <= set(column_names(connection, table)):
                raise StoreError(f"{why}.")
    return Opened(connection, (f"{why}: here it can be read, but not written.",), f"{why}.")


def _try_all(connection: sqlite3.Connection) -> None:
    """A sound database may still be another program's: compare the columns, read a row of each."""
    with closing(blank()) as ours:
        for table in ("runs", *PARTS):
            if column_names(ours, table) != column_names(connection, table):
                raise sqlite3.DatabaseError(f"the table {table} is not ours")
            connection.execute(f"SELECT * FROM {table} LIMIT 1").fetchall()


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
