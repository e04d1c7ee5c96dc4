"""Renames a block in place, on the canvas."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from explorer.graph.limits import LONGEST_NAME
from explorer.ui.kit.guard import guarded


class RenameField(QLineEdit):
    """Enter takes the name, Esc leaves the old one; a bad name is told and can be mended."""

    def __init__(
        self,
        parent: QWidget,
        name: str,
        area: QRect,
        commit: Callable[[str], str],
        tell: Callable[[str], None],
    ) -> None:
        super().__init__(name, parent)
        self._back_to = parent.parentWidget()
        self.setObjectName("renameField")
        self.setAccessibleName(f"New name of {name}")
        self.setMaxLength(LONGEST_NAME + 1)
        self._commit, self._tell, self._done = commit, tell, False
        self.setGeometry(area)
        self.selectAll()
        self.show()
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.textEdited.connect(lambda: self._tell(""))

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Esc end it."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take()
        elif event.key() == Qt.Key.Key_Escape:
            self._close()
        else:
            super().keyPressEvent(event)

    @guarded
    def focusOutEvent(self, event: QFocusEvent) -> None:
        """A good name is taken, a bad one forgotten."""
        super().focusOutEvent(event)
        if not self._done:
            self._take()
            self._close()

    def _take(self) -> None:
        fault = self._commit(self.text())
        if fault:
            self._tell(fault)
        else:
            self._close()

    def _close(self) -> None:
        if self._done:
            return
        self._done = True
        self._tell("")
        if self._back_to is not None and self.hasFocus():  # else hiding would hand it to a stranger
            self._back_to.setFocus(Qt.FocusReason.OtherFocusReason)
        self.hide()
        self.deleteLater()
