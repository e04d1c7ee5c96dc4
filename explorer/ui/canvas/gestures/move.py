"""Select a block by pressing it, and move all selected ones by dragging."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from explorer.graph.edits import move
from explorer.ui.canvas.geometry import snapped
from explorer.ui.canvas.gestures.gesture import Gesture
from explorer.ui.canvas.stage import Hand, Stage


class Move(Gesture):
    """The pressed block snaps to the grid (Ctrl: it doesn't), the others keep their distance."""

    def __init__(self, stage: Stage, hand: Hand, name: str) -> None:
        super().__init__(stage)
        self._name, self._start = name, hand
        self._was_selected = name in stage.selection.ids
        self._moved = False
        ids = stage.selection.ids
        if not self._was_selected:
            stage.selection.set((*ids, name) if hand.adds else (name,))
        nodes = stage.store.document.nodes
        self._from = {key: (nodes[key].x, nodes[key].y) for key in stage.selection.ids}

    def _places(self, hand: Hand) -> dict[str, tuple[float, float]]:
        x, y = self._from[self._name]
        shift = hand.place - self._start.place
        to_x, to_y = x + shift.x(), y + shift.y()
        if not hand.modifiers & Qt.KeyboardModifier.ControlModifier:
            to_x, to_y = snapped(to_x, to_y)
        return {
            key: (old_x + to_x - x, old_y + to_y - y) for key, (old_x, old_y) in self._from.items()
        }

    def move(self, hand: Hand) -> None:
        """Show the blocks where they would be."""
        way = (hand.spot - self._start.spot).manhattanLength()
        if self._moved or way >= QApplication.startDragDistance():
            self._moved = True
            self.stage.scene.preview(self._places(hand))

    def release(self, hand: Hand) -> None:
        """One edit; a press without a drag selects."""
        if not self._moved:
            self._click()
            return
        places = self._places(hand)
        if places == self._from:
            self.stage.scene.preview(self._from)
            return
        label = f"Move {self._name}" if len(places) == 1 else f"Move {len(places)} blocks"
        self.stage.store.edit(label, lambda d: move(d, places))

    def _click(self) -> None:
        ids = self.stage.selection.ids
        if not self._was_selected:
            return
        if self._start.adds:
            self.stage.selection.set(name for name in ids if name != self._name)
        else:
            self.stage.selection.set((self._name,))

    def cancel(self) -> None:
        """Back to their places, as the document has them."""
        nodes = self.stage.store.document.nodes
        self.stage.scene.preview({n: (nodes[n].x, nodes[n].y) for n in self._from if n in nodes})
