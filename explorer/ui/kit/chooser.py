"""A combo box that tells a choice from its open list from a walk with the arrow keys."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox

from explorer.ui.kit.guard import guarded


class Chooser(QComboBox):
    """`chosen` after `activated`, where an entry of the open list was clicked or Enter was pressed.
    (With the list closed each arrow key chooses, and whoever walks so wants to go on walking.)
    """

    chosen = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._walking = False
        self.activated.connect(self._tell)

    def _tell(self) -> None:
        if not self._walking:
            # After all that hears of `activated`, and after the list has given back the focus.
            QTimer.singleShot(0, self, self.chosen.emit)

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys come here while the list is closed; those of the open list go to the list."""
        self._walking = True
        super().keyPressEvent(event)
        self._walking = False
