"""Push the whole drawing: middle button, or Space and the left one."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt

from explorer.ui.canvas.gestures.gesture import Gesture
from explorer.ui.canvas.stage import Hand, Stage


class Pan(Gesture):
    """The scene sticks to the hand."""

    cursor = Qt.CursorShape.ClosedHandCursor

    def __init__(self, stage: Stage, hand: Hand) -> None:
        super().__init__(stage)
        self._last = QPoint(hand.spot)

    def move(self, hand: Hand) -> None:
        """Scroll by as much as the hand moved."""
        step = hand.spot - self._last
        self._last = QPoint(hand.spot)
        across, down = self.stage.view.horizontalScrollBar(), self.stage.view.verticalScrollBar()
        across.setValue(across.value() - step.x())
        down.setValue(down.value() - step.y())
