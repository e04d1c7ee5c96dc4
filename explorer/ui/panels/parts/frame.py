"""The frame of a panel: caption, read-out, controls, and a message where there is nothing."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from explorer.ui.guard import guarded

MARGIN, GAP = 8, 14  # pixels


class Elided(QLabel):
    """One line that is shortened with … where it has no room; the tooltip has the whole."""

    def __init__(self, text: str = "") -> None:
        super().__init__(text)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        """Narrow: it can be shortened."""
        return QSize(24, super().minimumSizeHint().height())

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        """The text, shortened to the width."""
        painter = QPainter(self)
        shown = self.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, self.width()
        )
        self.setToolTip(self.text() if shown != self.text() else "")
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), int(self.alignment()), shown)


class Frame(QWidget):
    """Caption and controls in one row, below it either the content or a message."""

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self.caption = Elided()
        self.readout = Elided()
        self.readout.setProperty("role", "faint")
        self.readout.setAccessibleName("Value under the pointer")
        self.controls = QHBoxLayout()
        self.controls.setSpacing(8)
        self.message = QLabel()
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.message.setWordWrap(True)
        self.message.setProperty("role", "faint")
        self._content = content
        self._head = QWidget()
        self._stack = QStackedLayout()
        self._lay_out()
        self.say("")

    def _lay_out(self) -> None:
        head = QHBoxLayout(self._head)
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(GAP)
        head.addWidget(self.caption, 0)
        head.addWidget(self.readout, 1)
        head.addLayout(self.controls, 0)
        self._stack.addWidget(self.message)
        self._stack.addWidget(self._content)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(MARGIN, 4, MARGIN, 4)
        whole.setSpacing(4)
        whole.addWidget(self._head)
        whole.addLayout(self._stack, 1)

    def say(self, message: str) -> None:
        """Show words instead of the content."""
        self.message.setText(message)
        self.tell("")
        self._stack.setCurrentWidget(self.message)
        self._head.setVisible(False)

    def tell(self, text: str) -> None:
        """Read out a value; where both have no room, the caption gives way."""
        self.readout.setText(text)
        room = self._head.width() - self.controls.sizeHint().width() - 2 * GAP
        wanted = self.caption.sizeHint().width() + self.readout.sizeHint().width()
        self.caption.setVisible(not text or wanted <= room)

    def show_content(self, caption: str) -> None:
        """Show the content under this caption."""
        if self.caption.text() != caption:
            self.caption.setText(caption)
        if self._stack.currentWidget() is not self._content:
            self._stack.setCurrentWidget(self._content)
            self._head.setVisible(True)

    @property
    def empty(self) -> bool:
        """Whether there are only words."""
        return self._stack.currentWidget() is self.message

    @property
    def says(self) -> str:
        """The message, or nothing while the content is shown."""
        return self.message.text() if self.empty else ""
