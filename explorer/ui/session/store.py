"""Holds the current document and its plan; every change of either goes through here."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, Signal

from explorer.graph.document import Document
from explorer.graph.edits import EditError
from explorer.graph.history import History
from explorer.graph.names import BadName
from explorer.plan.alike import alike
from explorer.plan.plan import Plan, plan

Kept = tuple[History, Document]  # and what of it is on disk


class Store(QObject):
    """The present document, its plan, and undo. Emits one signal after each change."""

    changed = Signal(object, object, object)  # before: Document, after: Document, plan: Plan
    opened = Signal()  # another document took the place of the present one (after `changed`)
    restored = Signal()  # another document is a step of the present one's history
    refused = Signal(str)  # an edit that could not be done, in words for people

    def __init__(self, document: Document | None = None) -> None:
        super().__init__()
        self._history = History(document or Document())
        self._plan = plan(self._history.document)
        self._saved = self._history.document
        self._still: tuple[Document, Document, frozenset[str]] | None = None  # asked last

    @property
    def document(self) -> Document:
        """The present document."""
        return self._history.document

    @property
    def plan(self) -> Plan:
        """The plan of the present document."""
        return self._plan

    def still_drawn(self, network: Document | None) -> frozenset[str]:
        """Blocks of the drawing that compute what they do in a network that was built from this
        document: what it shows of its inside is theirs. None: of no known one, so all.
        """
        now = self.document
        if network is None:
            return frozenset(now.nodes)
        if self._still is None or self._still[0] is not network or self._still[1] is not now:
            self._still = network, now, alike(network, now)
        return self._still[2]

    @property
    def history(self) -> History:
        """The steps so far and those that were undone."""
        return self._history

    @property
    def modified(self) -> bool:
        """Whether the document differs from what was last opened or saved."""
        return self.document is not self._saved

    def edit(self, label: str, change: Callable[[Document], Document], merge: str = "") -> bool:
        """Do an edit and say whether it was done; if not, `refused` tells why."""
        before = self.document
        try:
            after = change(before)
        except (EditError, BadName) as error:
            self.refused.emit(str(error))
            return False
        if after is not before and after != before:
            self._history.push(after, label, merge)
            self._announce(before)
        return True

    def undo(self) -> None:
        """Take the last edit back."""
        self.jump(self._history.place - 1)

    def redo(self) -> None:
        """Do the next edit again."""
        self.jump(self._history.place + 1)

    def jump(self, place: int) -> None:
        """To any step of the history."""
        before = self.document
        self._history.jump(place)
        if self.document is not before:
            self._announce(before)

    def open(self, document: Document, saved: bool = True) -> None:
        """Put another document in the present one's place; its history begins anew."""
        self.bring_back((History(document), document if saved else Document()))

    @property
    def kept(self) -> Kept:
        """All that `bring_back` needs."""
        return self._history, self._saved

    def bring_back(self, kept: Kept) -> None:
        """Put an earlier document in the present one's place, with its history."""
        before = self.document
        self._history, self._saved = kept
        self._announce(before)
        self.opened.emit()

    def restore(self, document: Document) -> None:
        """Another document as the next step of the present history: undo leads back."""
        before = self.document
        self._history.push(document, f"Restore {document.title}")
        self._announce(before)
        self.restored.emit()

    def refresh(self) -> None:
        """Plan the document anew: more is known about its blocks."""
        self._announce(self.document)

    def mark_saved(self, document: Document) -> None:
        """This document is now on disk."""
        self._saved = document

    def _announce(self, before: Document) -> None:
        self._plan = plan(self.document)
        self.changed.emit(before, self.document, self._plan)


class Selection(QObject):
    """The ids of the selected nodes, in order of selection; canvas and keyboard set it."""

    changed = Signal(tuple)

    def __init__(self) -> None:
        super().__init__()
        self._ids: tuple[str, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """The selected nodes."""
        return self._ids

    @property
    def one(self) -> str | None:
        """The node that was selected last: what inspector and views show."""
        return self._ids[-1] if self._ids else None

    def set(self, ids: Iterable[str]) -> None:
        """Select exactly these."""
        chosen = tuple(ids)
        if chosen != self._ids:
            self._ids = chosen
            self.changed.emit(chosen)
