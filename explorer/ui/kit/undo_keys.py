"""Undo and redo keys in a field whose every letter is an edit of the document: the document's."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit

from explorer.ui.kit.guard import guarded_with

KEYS = (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo)


class UndoKeys(QObject):
    """Keeps these keys from a line while `when` says so, and they go on to the window's actions."""

    def __init__(self, line: QLineEdit, when: Callable[[], bool] = lambda: True) -> None:
        super().__init__(line)
        self._when = when
        line.installEventFilter(self)

    @guarded_with(False)
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A line asks for a key by taking this event; it does not get it."""
        if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
            return False
        kept = any(event.matches(key) for key in KEYS) and self._when()
        if kept:
            event.ignore()
        return kept
