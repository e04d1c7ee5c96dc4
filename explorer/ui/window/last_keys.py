"""Space and "." train and step, but only where nothing that has the focus has a use for them."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget

from explorer.ui.kit.guard import guarded_with


class LastKeys(QObject):
    """A key press that no widget takes climbs up to its window; there it has the action done.

    As a shortcut of the action it would come first, and no check box or button would ever see it.
    """

    def __init__(self, window: QWidget, actions: Mapping[str, QAction]) -> None:
        super().__init__(window)
        window.installEventFilter(self)
        self._actions = {QKeySequence(keys): action for keys, action in actions.items()}

    def of(self, action: QAction) -> QKeySequence:
        """The key that has this action done; raises StopIteration where none does."""
        return next(keys for keys, other in self._actions.items() if other is action)

    @guarded_with(False)
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Have the action of a key done that came so far."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        action = self._actions.get(QKeySequence(event.keyCombination()))
        if action is None or event.isAutoRepeat():
            return False
        action.trigger()
        return True
