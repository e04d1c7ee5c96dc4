"""Notes as rows of a document's file: reading that trusts nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, replace

from explorer.graph import limits
from explorer.graph.document import Note
from explorer.graph.texts import plain, plain_line

LONGEST_ID = 64


class BadNote(ValueError):
    """A row that is no note, with its place and what is wrong."""


def note_record(note: Note) -> dict[str, object]:
    """A note as it is written."""
    return asdict(note)


def read_notes(rows: Sequence[object]) -> tuple[Note, ...]:
    """The notes of a file; an id that is there twice is replaced. Raises BadNote."""
    found: dict[str, Note] = {}
    for place, row in enumerate(rows):
        note = _read(row, f"notes[{place}]")
        if note.id in found or not note.id:
            note = replace(note, id=fresh_id(set(found)))
        found[note.id] = note
    return tuple(found.values())


def _read(row: object, where: str) -> Note:
    if not isinstance(row, dict):
        raise BadNote(f"{where} should be an object but is {_short(row)}.")
    default = Note("")
    words = {key: row.get(key, "") for key in ("id", "text")}
    for key, value in words.items():
        if not isinstance(value, str):
            raise BadNote(f'{where}: "{key}" should be text but is {_short(value)}.')
    numbers = {}
    for key, low, high in (
        ("x", -limits.FARTHEST, limits.FARTHEST),
        ("y", -limits.FARTHEST, limits.FARTHEST),
        ("width", limits.LEAST_SIDE, limits.MOST_SIDE),
        ("height", limits.LEAST_SIDE, limits.MOST_SIDE),
    ):
        numbers[key] = _number(row.get(key, getattr(default, key)), f'{where}: "{key}"', low, high)
    text = plain(words["text"], limits.LONGEST_NOTE)
    return Note(plain_line(words["id"], LONGEST_ID), text, **numbers)


def _number(value: object, where: str, low: float, high: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadNote(f"{where} should be a number but is {_short(value)}.")
    if not low <= value <= high:  # which NaN is not, nor an integer of a thousand digits
        raise BadNote(f"{where} is {_short(value)}; it lies within {low:g} and {high:g}.")
    return float(value)


def _short(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."


def fresh_id(taken: Collection[str]) -> str:
    """The first free id of note1, note2, ..."""
    number = 1
    while f"note{number}" in taken:
        number += 1
    return f"note{number}"
