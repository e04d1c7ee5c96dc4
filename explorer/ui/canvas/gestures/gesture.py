"""What every gesture is: it follows the hand, and then it is done or was never there."""

from __future__ import annotations

from PySide6.QtCore import Qt

from explorer.ui.canvas.stage import Hand, Stage


class Gesture:
    """From press to release. Until then nothing is edited, so that Esc leaves no trace."""

    cursor: Qt.CursorShape | None = None

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def move(self, hand: Hand) -> None:
        """The hand is here now."""

    def release(self, hand: Hand) -> None:
        """Done: make the edit."""

    def cancel(self) -> None:
        """Leave all as it was."""

    def key(self, key: int) -> bool | None:
        """A key was pressed: None where the gesture has no use for it, else whether it goes on."""
        if key != Qt.Key.Key_Escape:
            return None
        self.cancel()
        return False
