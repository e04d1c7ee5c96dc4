"""Notes on the canvas: what can be done to them."""

from __future__ import annotations

from dataclasses import replace

from explorer.graph.document import Document, Note
from explorer.graph.limits import LEAST_SIDE, LONGEST_NOTE, MOST_SIDE
from explorer.graph.note_rows import fresh_id
from explorer.graph.room import check_room, within
from explorer.graph.texts import plain


def note_of(document: Document, id: str) -> Note | None:  # noqa: A002  as the field is called
    """The note of this id, if there is one."""
    return next((note for note in document.notes if note.id == id), None)


def add_note(document: Document, text: str, x: float, y: float) -> tuple[Document, str]:
    """Put a note with its upper left corner here; returns the document and the note's id."""
    name = fresh_id({note.id for note in document.notes})
    note = Note(name, plain(text, LONGEST_NOTE), within(x), within(y))
    return check_room(replace(document, notes=(*document.notes, note))), name


def set_note(document: Document, changed: Note) -> Document:
    """Another text, place or size of the note of the same id, kept within limits."""
    kept = replace(
        changed,
        text=plain(changed.text, LONGEST_NOTE),
        x=within(changed.x),
        y=within(changed.y),
        width=min(max(within(changed.width), LEAST_SIDE), MOST_SIDE),
        height=min(max(within(changed.height), LEAST_SIDE), MOST_SIDE),
    )
    notes = tuple(kept if note.id == changed.id else note for note in document.notes)
    return check_room(replace(document, notes=notes))


def remove_note(document: Document, id: str) -> Document:  # noqa: A002  as the field is called
    """Take a note away."""
    return replace(document, notes=tuple(note for note in document.notes if note.id != id))
