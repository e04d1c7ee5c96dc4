"""A line of words that gives way where there is no room for it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy

from explorer.ui.kit.guard import guarded


class Elided(QLabel):
    """One line that is shortened with … where it has no room; the tooltip has the whole."""

    def __init__(self, text: str = "", least: str = "") -> None:
        super().__init__(text)
        self._least = least  # words that always have room
        self._tip = ""
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def setToolTip(self, tip: str) -> None:
        """Told below the whole text, where that is shortened."""
        self._tip = tip
        super().setToolTip(tip)

    def minimumSizeHint(self) -> QSize:
        """Narrow: it can be shortened."""
        least = self.fontMetrics().horizontalAdvance(self._least) if self._least else 24
        return QSize(least, super().minimumSizeHint().height())

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        """The text, shortened to the width."""
        painter = QPainter(self)
        shown = self.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, self.width()
        )
        whole = self.text() if shown != self.text() else ""
        super().setToolTip("\n".join(filter(None, (whole, self._tip))))
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), int(self.alignment()), shown)
