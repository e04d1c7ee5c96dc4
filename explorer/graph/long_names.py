"""Names that are too long: earlier programs gave a copy of a long name one letter too many."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from explorer.graph.limits import LONGEST_NAME
from explorer.graph.names import fresh_name
from explorer.graph.row_fields import Json

LONGEST_MENDED = 2 * LONGEST_NAME  # what is longer nobody has named


def shortened(record: Json, remarks: list[str]) -> Json:
    """The record with such names of blocks and groups cut, wherever they stand, and a remark for
    each. What is no row is left to those who read it.
    """
    names = [*_names(record, "nodes", "id"), *_names(record, "groups", "name")]
    new: dict[str, str] = {}
    for name in names:
        if LONGEST_NAME < len(name) <= LONGEST_MENDED and name.isascii() and name.isidentifier():
            new[name] = fresh_name(name, {*names, *new.values()})
    if not new:
        return record
    remarks += [
        f"{old} is called {short} now: its name was too long." for old, short in new.items()
    ]
    return {
        **record,
        "nodes": _each(record, "nodes", lambda row: _renamed(row, new, "id")),
        "wires": _each(record, "wires", lambda row: _renamed(row, new, "from", "to")),
        "groups": _each(record, "groups", lambda row: _group(row, new)),
    }


def _rows(record: Json, key: str) -> list[object]:
    rows = record.get(key, [])
    return rows if isinstance(rows, list) else []


def _names(record: Json, key: str, field: str) -> list[str]:
    found = (row.get(field) for row in _rows(record, key) if isinstance(row, dict))
    return [name for name in found if isinstance(name, str)]


def _each(record: Json, key: str, change: Callable[[Json], Json]) -> object:
    rows = record.get(key, [])
    if not isinstance(rows, list):
        return rows
    return [change(row) if isinstance(row, dict) else row for row in rows]


def _renamed(row: Json, new: Mapping[str, str], *fields: str) -> Json:
    return {key: _new(value, new) if key in fields else value for key, value in row.items()}


def _group(row: Json, new: Mapping[str, str]) -> Json:
    inner: Json = {key: _deep(row[key], new) for key in ("members", "shared") if key in row}
    return _renamed({**row, **inner}, new, "name")


def _deep(value: object, new: Mapping[str, str]) -> object:
    return [_deep(each, new) for each in value] if isinstance(value, list) else _new(value, new)


def _new(value: object, new: Mapping[str, str]) -> object:
    return new.get(value, value) if isinstance(value, str) else value
