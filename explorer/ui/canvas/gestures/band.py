"""Select blocks by a frame drawn around them."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QGraphicsRectItem

from explorer.ui.canvas.gestures.gesture import Gesture
from explorer.ui.canvas.stage import Hand, Stage


class Band(Gesture):
    """All blocks that the frame touches; with Ctrl or Shift, those selected before as well."""

    def __init__(self, stage: Stage, hand: Hand) -> None:
        super().__init__(stage)
        self._from = hand.place
        self._before = stage.selection.ids if hand.adds else ()
        self._initial = stage.selection.ids
        self._frame = QGraphicsRectItem()
        accent = QColor(stage.colours.accent)
        pen = QPen(accent, 1.0)
        pen.setCosmetic(True)
        self._frame.setPen(pen)
        accent.setAlpha(36)
        self._frame.setBrush(accent)
        self._frame.setZValue(10)
        stage.scene.addItem(self._frame)
        stage.scene.select_wire(None)
        stage.scene.notes.choose(None)
        stage.selection.set(self._before)

    def move(self, hand: Hand) -> None:
        """Show frame and selection."""
        rect = QRectF(self._from, hand.place).normalized()
        self._frame.setRect(rect)
        inside = [
            name
            for drawn, item in self.stage.scene.nodes.items()
            if item.scene_body().intersects(rect)
            for name in self.stage.scene.drawing.ids(drawn)
            if name not in self._before
        ]
        self.stage.selection.set((*self._before, *inside))

    def release(self, hand: Hand) -> None:
        """Keep the selection."""
        self.stage.scene.removeItem(self._frame)

    def cancel(self) -> None:
        """Back to the selection from before."""
        self.stage.scene.removeItem(self._frame)
        self.stage.selection.set(self._initial)
