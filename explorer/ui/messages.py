"""One bar for all messages: it never blocks, details can be unfolded and copied."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.ui.named import named
from explorer.ui.theme import Theme

Level = Literal["good", "warning", "error"]
SIGNS = {"good": "✓", "warning": "!", "error": "✕"}
WORDS = {"good": "Done", "warning": "Note", "error": "Problem"}


class MessageBar(QFrame):
    """objectName `messageBar`. The latest message, until it is closed or replaced."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._level: Level = "good"
        self.setObjectName("messageBar")
        self.setAccessibleName("Message")
        self._sign = QLabel()
        self._text = named(QLabel(), "messageText")
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._buttons = QHBoxLayout()
        self._more = named(QToolButton(), "messageDetails")
        self._more.setText("Details")
        self._more.setCheckable(True)
        close = named(QToolButton(), "messageClose", "Close the message", "Close the message")
        close.setText("✕")
        close.setAutoRaise(True)
        self._details = QPlainTextEdit()
        self._details.setReadOnly(True)
        self._details.setMaximumHeight(140)
        self._details.setAccessibleName("Details of the message")
        row = QHBoxLayout()
        row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._text, 1)
        row.addLayout(self._buttons)
        row.addWidget(self._more)
        row.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 6, 8, 6)
        column.addLayout(row)
        column.addWidget(self._details)
        self._more.toggled.connect(self._details.setVisible)
        close.clicked.connect(self.hide)
        theme.changed.connect(self._recolour)
        self.hide()

    @property
    def text(self) -> str:
        """The message that is shown, or was."""
        return self._text.text()

    def tell(
        self,
        level: Level,
        text: str,
        details: str = "",
        actions: tuple[tuple[str, Callable[[], object]], ...] = (),
    ) -> None:
        """Show a message; each action is a button that also closes it."""
        self._level = level
        self._sign.setText(SIGNS[level])
        self._sign.setAccessibleName(WORDS[level])
        self._text.setText(text)
        self._details.setPlainText(details)
        self._more.setVisible(bool(details))
        self._more.setChecked(False)
        self._details.hide()
        while (item := self._buttons.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.deleteLater()
        for label, action in actions:
            self._buttons.addWidget(self._button(label, action))
        self._recolour()
        self.show()

    def _button(self, label: str, action: Callable[[], object]) -> QPushButton:
        button = QPushButton(label)

        def act() -> None:
            self.hide()
            action()

        button.clicked.connect(act)
        return button

    def _recolour(self) -> None:
        c = self._theme.colours
        line = {"good": c.good, "warning": c.warning, "error": c.error}[self._level]
        self.setStyleSheet(
            f"#messageBar {{ background: {c.raised}; border: 1px solid {line};"
            f" border-left: 5px solid {line}; border-radius: 4px; }}"
        )
        self._sign.setStyleSheet(f"color: {line}; font-weight: bold;")
