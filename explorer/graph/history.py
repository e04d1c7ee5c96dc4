"""Undo and redo: a list of documents with labels."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.graph.document import Document


@dataclass(frozen=True, slots=True)
class Entry:
    """A document and the words for the edit that led to it. Equal merge keys in a row make one
    step.
    """

    document: Document
    label: str
    merge: str = ""


class History:
    """Where one is in the list of documents, and the ways back and forth. Unlimited; documents
    share their nodes.
    """

    def __init__(self, document: Document) -> None:
        self._entries = [Entry(document, "Open")]
        self._place = 0

    @property
    def document(self) -> Document:
        """The present document."""
        return self._entries[self._place].document

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All steps, those ahead included."""
        return tuple(self._entries)

    @property
    def place(self) -> int:
        """Index of the present step in `entries`."""
        return self._place

    @property
    def undo_label(self) -> str:
        """The edit that undo takes back, or nothing."""
        return self._entries[self._place].label if self._place else ""

    @property
    def redo_label(self) -> str:
        """The edit that redo does again, or nothing."""
        ahead = self._place + 1
        return self._entries[ahead].label if ahead < len(self._entries) else ""

    def push(self, document: Document, label: str, merge: str = "") -> None:
        """Add a step; the steps ahead go. A step whose merge key equals the present one's replaces
        it; where that leads back to where the step began, none is left.
        """
        present = self._entries[self._place]
        del self._entries[self._place + 1 :]
        if merge and present.merge == merge and self._place:
            del self._entries[self._place]
            self._place -= 1
        if merge and present.merge == merge and document == self.document:
            return
        self._entries.append(Entry(document, label, merge))
        self._place += 1

    def undo(self) -> None:
        """One step back, if there is one."""
        self.jump(self._place - 1)

    def redo(self) -> None:
        """One step forth, if there is one."""
        self.jump(self._place + 1)

    def jump(self, place: int) -> None:
        """To any step of the list; out of range: as far as it goes."""
        self._place = min(max(place, 0), len(self._entries) - 1)
