"""The notes on the canvas: mirrors the document's, and knows which one is selected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QObject, QPointF, QRectF
from PySide6.QtWidgets import QGraphicsScene

from explorer.graph.document import Document, Note
from explorer.graph.notes import add_note, note_of, remove_note, set_note
from explorer.ui.canvas.geometry import snapped
from explorer.ui.canvas.note_item import NoteItem
from explorer.ui.kit.theme import Theme
from explorer.ui.session.store import Selection, Store


class Notes(QObject):
    """Items by the notes' ids. Selecting a note deselects all else, and the other way round."""

    def __init__(
        self, scene: QGraphicsScene, store: Store, selection: Selection, theme: Theme
    ) -> None:
        super().__init__(scene)
        self._scene, self._store, self._selection, self._theme = scene, store, selection, theme
        self.items: dict[str, NoteItem] = {}
        self.chosen: str | None = None
        store.changed.connect(self._mirror)
        theme.changed.connect(self._recolour)
        selection.changed.connect(lambda ids: self.choose(None) if ids else None)
        self._mirror()

    def at(self, place: QPointF) -> NoteItem | None:
        """The note at this place of the scene; of several the one that was added last."""
        found = [item for item in self.items.values() if item.body().contains(place)]
        return found[-1] if found else None

    def choose(self, name: str | None) -> None:
        """Select one, or none."""
        if name is not None:
            self._selection.set(())
        self.chosen = name
        for key, item in self.items.items():
            item.set_selected(key == name)

    def extent(self) -> QRectF:
        """The rectangle around all of them."""
        around = QRectF()
        for item in self.items.values():
            around = around.united(item.body())
        return around

    # What can be done to them

    def add(self, place: QPointF) -> str | None:
        """An empty note here; its id, or None where it could not be added."""
        made: list[str] = []
        x, y = snapped(place.x(), place.y())

        def edit(document: Document) -> Document:
            document, name = add_note(document, "", x, y)
            made.append(name)
            return document

        if not self._store.edit("Add a note", edit):
            return None
        self.choose(made[0])
        return made[0]

    def write(self, name: str, text: str) -> None:
        """Another text."""
        note = note_of(self._store.document, name)
        if note is not None and text != note.text:
            self._store.edit("Edit a note", lambda d: set_note(d, replace(note, text=text)))

    def put(self, note: Note) -> None:
        """Another place or size."""
        before = note_of(self._store.document, note.id)
        if before is None:
            return
        verb = "Move" if (note.x, note.y) != (before.x, before.y) else "Resize"
        self._store.edit(f"{verb} a note", lambda d: set_note(d, note))

    def delete(self, name: str) -> None:
        """Take it away."""
        self._store.edit("Delete a note", lambda d: remove_note(d, name))

    def _mirror(self) -> None:
        notes: Mapping[str, Note] = {note.id: note for note in self._store.document.notes}
        for name in [name for name in self.items if name not in notes]:
            self._scene.removeItem(self.items.pop(name))
        if self.chosen not in notes:
            self.chosen = None
        for name, note in notes.items():
            item = self.items.get(name)
            if item is None:
                self.items[name] = item = NoteItem(note, self._theme.colours)
                self._scene.addItem(item)
            elif item.note is not note:
                item.show_note(note)

    def _recolour(self) -> None:
        for item in self.items.values():
            item.set_colours(self._theme.colours)
