"""Select a note by pressing it, move it by dragging, resize it by its corner."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from explorer.graph.document import Note
from explorer.graph.limits import LEAST_SIDE
from explorer.ui.canvas.geometry import snapped
from explorer.ui.canvas.gestures.gesture import Gesture
from explorer.ui.canvas.note_item import NoteItem
from explorer.ui.canvas.stage import Hand, Stage


class HoldNote(Gesture):
    """Snaps to the grid (Ctrl: it doesn't)."""

    def __init__(self, stage: Stage, hand: Hand, item: NoteItem) -> None:
        super().__init__(stage)
        self._item, self._note, self._start = item, item.note, hand
        self._sizing = item.grip().contains(hand.place)
        self._moved = False
        self.cursor = Qt.CursorShape.SizeFDiagCursor if self._sizing else None
        stage.scene.select_wire(None)
        stage.scene.notes.choose(item.note.id)

    def _changed(self, hand: Hand) -> Note:
        shift = hand.place - self._start.place
        note = self._note
        free = bool(hand.modifiers & Qt.KeyboardModifier.ControlModifier)
        if self._sizing:
            right, bottom = note.x + note.width + shift.x(), note.y + note.height + shift.y()
            right, bottom = (right, bottom) if free else snapped(right, bottom)
            wide, high = max(right - note.x, LEAST_SIDE), max(bottom - note.y, LEAST_SIDE)
            return replace(note, width=wide, height=high)
        x, y = note.x + shift.x(), note.y + shift.y()
        x, y = (x, y) if free else snapped(x, y)
        return replace(note, x=x, y=y)

    def move(self, hand: Hand) -> None:
        """Show it as it would be."""
        way = (hand.spot - self._start.spot).manhattanLength()
        if self._moved or way >= QApplication.startDragDistance():
            self._moved = True
            self._item.show_note(self._changed(hand))

    def release(self, hand: Hand) -> None:
        """One edit; a press without a drag selects."""
        if self._moved:
            changed = self._changed(hand)
            self.cancel()
            self.stage.scene.notes.put(changed)

    def cancel(self) -> None:
        """As the document has it."""
        if self._item.scene() is not None:
            self._item.show_note(self._note)
