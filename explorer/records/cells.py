"""Cells of the store, checked against the schema when they are read: readers can trust them.

SQLite takes any value into any column, and a value can be damaged where the file is sound.
"""

from __future__ import annotations

import json
import math
import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from explorer.records.migrations import blank

TYPES: Mapping[str, tuple[type, ...]] = {
    "INTEGER": (int,),
    "REAL": (float, int),
    "TEXT": (str,),
    "BLOB": (bytes,),
}
PATHS = frozenset({"folder", "path"})  # bytes where they are no UTF-8
Cells = dict[str, Any]


class Damaged(ValueError):
    """A row that can't be what was written; the column and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Column:
    """As the schema has it."""

    name: str
    types: tuple[type, ...]
    optional: bool


@cache
def columns(table: str) -> tuple[Column, ...]:
    """Of a table of the schema."""
    with closing(blank()) as ours:
        found = ours.execute(f"PRAGMA table_info({table})").fetchall()
    return tuple(
        Column(name, (str, bytes) if name in PATHS else TYPES[kind], not (needed or key))
        for _, name, kind, needed, _, key in found
    )


def checked(table: str, row: sqlite3.Row) -> Cells:
    """The table's own cells of a row; raises Damaged unless all are what the schema says, numbers
    finite and whole ones not below 0.
    """
    cells = {column.name: row[column.name] for column in columns(table)}
    for column in columns(table):
        _check(column, cells[column.name])
    return cells


def _check(column: Column, value: object) -> None:
    if value is None and column.optional:
        return
    if not isinstance(value, column.types):
        raise Damaged(f"{column.name} is {_short(value)}")
    if isinstance(value, float) and not math.isfinite(value):
        raise Damaged(f"{column.name} is {value}")
    if isinstance(value, int) and value < 0:
        raise Damaged(f"{column.name} is {value}")


def moment(name: str, text: str) -> str:
    """A time in ISO form, as it is; raises Damaged."""
    try:
        datetime.fromisoformat(text)
    except ValueError as error:
        raise Damaged(f"{name} is {_short(text)}, which is no time") from error
    return text


def mapping(name: str, text: str) -> dict[str, str]:
    """JSON text that holds texts by name; raises Damaged."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Damaged(f"{name} is {_short(text)}, which is no JSON") from error
    if not isinstance(found, dict) or not all(isinstance(each, str) for each in found.values()):
        raise Damaged(f"{name} is {_short(text)}, not texts by name")
    return found


def path_cell(path: Path) -> str | bytes:
    """A path as it is stored: text, or the system's bytes where these are no UTF-8."""
    raw = os.fsencode(path)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw


def path_of(cell: str | bytes) -> Path:
    """The path in a cell; raises Damaged where the system can have none of that name."""
    if (b"\0" if isinstance(cell, bytes) else "\0") in cell:  # type: ignore[operator]  # both alike
        raise Damaged(f"{_short(cell)} is no path")
    return Path(os.fsdecode(cell))


def _short(value: object) -> str:
    shown = repr(value[:60] if isinstance(value, str | bytes) else value)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."
