"""Names for tests, scripts and screen readers, in one call."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

Q = TypeVar("Q", bound=QObject)


def named(thing: Q, name: str, words: str = "", tip: str = "") -> Q:
    """Give it an objectName and, to a widget, its accessible name and tooltip; returns it."""
    thing.setObjectName(name)
    if isinstance(thing, QWidget):
        if words:
            thing.setAccessibleName(words)
        if tip:
            thing.setToolTip(tip)
    return thing
