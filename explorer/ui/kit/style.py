"""Fusion, and what every widget of the program gets when it is first shown: the wheel's manners."""

from __future__ import annotations

import atexit

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import (
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QProxyStyle,
    QScrollBar,
    QStyleFactory,
    QTabBar,
    QWidget,
)
from shiboken6 import isValid

from explorer.ui.kit.guard import guarded_with

FIELDS = (QAbstractSpinBox, QComboBox, QAbstractSlider, QTabBar)


class Style(QProxyStyle):
    """The application's style. Qt hands it each widget once before it is painted, dialogs and
    editors of tables too: a filter of the whole application would be called for every event.
    """

    def __init__(self) -> None:
        super().__init__("Fusion")
        self._wheel = WheelFilter(self)  # lives as long: widgets are polished until the very end

    def polish(self, polished: object) -> object:  # type: ignore[override]  # one of three kinds
        """A field for a value lets the wheel pass until it has the focus."""
        if isinstance(polished, QWidget) and not isValid(polished):
            return None  # it is being deleted, and was moved out of its parent for that
        if isinstance(polished, FIELDS) and not isinstance(polished, QScrollBar):
            self._wheel.tame(polished)
        return super().polish(polished)  # type: ignore[call-overload]


def use_style(app: QApplication) -> None:
    """From now on; at the end of the process widgets are deleted after Python's own objects."""
    if not app.property("styled"):
        app.setProperty("styled", True)
        atexit.register(_leave_style)
    app.setStyle(Style())


def _leave_style() -> None:
    app = QApplication.instance()
    if isinstance(app, QApplication):
        app.setStyle(QStyleFactory.create("Fusion"))


class WheelFilter(QObject):
    """Passes a wheel over a field without the focus on to the area around it, which scrolls."""

    def tame(self, field: QWidget) -> None:
        """From now on; and the wheel does not give it the focus either."""
        if field.focusPolicy() == Qt.FocusPolicy.WheelFocus:
            field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        field.installEventFilter(self)

    @guarded_with(False)
    def eventFilter(self, field: QObject, event: QEvent) -> bool:
        """Whether the field shall not see it."""
        if event.type() != QEvent.Type.Wheel:
            return False
        if isinstance(field, QWidget) and field.hasFocus():
            return False
        event.ignore()
        return True
