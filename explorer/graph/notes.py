"""Notes on the canvas: what can be done to them, and how a file holds them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace

from explorer.graph.document import Document, Note
from explorer.graph.edits import EditError

MOST_NOTES = 500
LONGEST_TEXT = 5_000
LEAST_SIDE, MOST_SIDE = 48.0, 4_000.0  # scene units
FARTHEST = 1e6


def note_of(document: Document, id: str) -> Note | None:  # noqa: A002  as the field is called
    """The note of this id, if there is one."""
    return next((note for note in document.notes if note.id == id), None)


def add_note(document: Document, text: str, x: float, y: float) -> tuple[Document, str]:
    """Put a note with its upper left corner here; returns the document and the note's id."""
    if len(document.notes) >= MOST_NOTES:
        raise EditError(f"There are {MOST_NOTES} notes already, which is the most.")
    name = _fresh({note.id for note in document.notes})
    note = Note(name, text[:LONGEST_TEXT], float(x), float(y))
    return replace(document, notes=(*document.notes, note)), name


def set_note(document: Document, changed: Note) -> Document:
    """Another text, place or size of the note of the same id; sizes are kept within limits."""
    sized = replace(
        changed,
        text=changed.text[:LONGEST_TEXT],
        width=min(max(changed.width, LEAST_SIDE), MOST_SIDE),
        height=min(max(changed.height, LEAST_SIDE), MOST_SIDE),
    )
    notes = tuple(sized if note.id == changed.id else note for note in document.notes)
    return replace(document, notes=notes)


def remove_note(document: Document, id: str) -> Document:  # noqa: A002  as the field is called
    """Take a note away."""
    return replace(document, notes=tuple(note for note in document.notes if note.id != id))


def _fresh(taken: set[str]) -> str:
    number = 1
    while f"note{number}" in taken:
        number += 1
    return f"note{number}"


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
            note = replace(note, id=_fresh(set(found)))
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
        ("x", -FARTHEST, FARTHEST),
        ("y", -FARTHEST, FARTHEST),
        ("width", LEAST_SIDE, MOST_SIDE),
        ("height", LEAST_SIDE, MOST_SIDE),
    ):
        numbers[key] = _number(row.get(key, getattr(default, key)), f'{where}: "{key}"', low, high)
    return Note(words["id"][:64], words["text"][:LONGEST_TEXT], **numbers)


def _number(value: object, where: str, low: float, high: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadNote(f"{where} should be a number but is {_short(value)}.")
    if not low <= value <= high:  # which NaN is not, nor an integer of a thousand digits
        raise BadNote(f"{where} is {_short(value)}; it lies within {low:g} and {high:g}.")
    return float(value)


def _short(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."
