"""Takes what is dragged in from the palette: from the edge of the canvas to where it is let go."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent

from explorer.ui.canvas.additions import addition_in
from explorer.ui.canvas.gestures.drop import Drop
from explorer.ui.canvas.stage import Hand, Stage


class Drops:
    """At most one thing hovers; Qt's events are accepted here, or ignored."""

    def __init__(self, stage: Stage, tell: Callable[[str], None]) -> None:
        self._stage, self._tell = stage, tell
        self._drop: Drop | None = None

    def enter(self, event: QDragEnterEvent) -> None:
        """Something comes in: it may be for us."""
        self.forget()
        try:
            addition = addition_in(event.mimeData())
        except ValueError as error:
            self._tell(str(error))
            addition = None
        if addition is None:
            event.ignore()
            return
        self._drop = Drop(self._stage, addition)
        event.acceptProposedAction()

    def move(self, event: QDragMoveEvent, hand: Hand) -> None:
        """It is here now."""
        if self._drop is None:
            event.ignore()
            return
        self._drop.move(hand)
        event.acceptProposedAction()

    def release(self, event: QDropEvent, hand: Hand) -> bool:
        """Place it; says whether there was anything."""
        drop, self._drop = self._drop, None
        if drop is None:
            event.ignore()
            return False
        drop.release(hand)
        event.acceptProposedAction()
        return True

    def forget(self) -> None:
        """It was not meant for us."""
        if self._drop is not None:
            self._drop.cancel()
            self._drop = None
