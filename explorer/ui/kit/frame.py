"""The frame of a panel: caption, read-out, controls, and a message where there is nothing."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedLayout, QVBoxLayout, QWidget

from explorer.ui.kit.elided import Elided

MARGIN, GAP = 8, 14  # pixels


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
