"""What is done with the kind of block that was chosen for a place, a wire or another's stead."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF

from explorer.blocks.catalogue import block_of
from explorer.graph.document import Document, Wire
from explorer.graph.drawn_edits import splice_drawn
from explorer.graph.replacing import replaced
from explorer.ui.canvas.editing import Editing
from explorer.ui.canvas.placing import make_room
from explorer.ui.session.store import Selection, Store

Made = Callable[[Document], tuple[Document, str]]  # the document, and the new node in it


class ChosenBlock:
    """One edit for each answer; what is new is selected."""

    def __init__(self, editing: Editing, store: Store, selection: Selection) -> None:
        self._editing, self._store, self._selection = editing, store, selection

    def instead(self, name: str, kind: str) -> None:
        """In the place of this node's block."""
        if (block_class := block_of(kind)) is not None:
            block = block_class()
            self._edit(f"Replace {name} by {block.title}", lambda d: replaced(d, name, block))

    def into(self, wire: Wire, place: QPointF, kind: str) -> None:
        """Into this wire; it gets room."""
        block_class = block_of(kind)
        if block_class is None:
            return
        block = block_class()

        def spliced(document: Document) -> tuple[Document, str]:
            document, name = splice_drawn(document, wire, block, place.x(), place.y())
            return make_room(document, name), name

        self._edit(f"Insert {block.title} into {wire}", spliced)

    def here(self, place: QPointF, kind: str) -> None:
        """At this place, wired to nothing."""
        self._selection.set(())
        self._editing.insert(kind, place)

    def _edit(self, label: str, change: Made) -> None:
        made: list[str] = []

        def edit(document: Document) -> Document:
            document, name = change(document)
            made.append(name)
            return document

        if self._store.edit(label, edit):
            self._selection.set(made)
            self._editing.revealed.emit(self._selection.ids)
