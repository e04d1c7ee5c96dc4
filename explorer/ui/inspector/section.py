"""A part of a page that can be folded to one line, which then says what is set in it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from explorer.ui.kit.named import named

FLAT = (
    "QToolButton { border: none; padding: 2px 0; }QToolButton:focus { text-decoration: underline; }"
)


class Section(QWidget):
    """A heading that folds `content`; folded at first."""

    def __init__(self, name: str, title: str, content: QWidget) -> None:
        super().__init__()
        self._content = content
        self._said = ""
        self.head = named(QToolButton(), name, title, f"Show or hide {title.lower()}")
        self.head.setText(title)
        self.head.setStyleSheet(FLAT)
        self.head.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        font = self.head.font()
        font.setWeight(font.Weight.DemiBold)
        self.head.setFont(font)
        self._summary = QLabel()
        self._summary.setProperty("role", "faint")
        self._summary.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._summary.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.head)
        row.addWidget(self._summary, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 6, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(content)
        self.head.clicked.connect(lambda: self.unfold(not self.unfolded))
        self.unfold(False)

    def summarise(self, text: str) -> None:
        """What is set within, in a few words."""
        self._said = text
        self._summary.setText("" if self.unfolded else text)
        self._summary.setToolTip(text)
        self.head.setAccessibleDescription(text)

    @property
    def unfolded(self) -> bool:
        """Whether what is within is shown."""
        return not self._content.isHidden()

    def unfold(self, unfolded: bool = True) -> None:
        """Show what is within, or the one line alone."""
        self.head.setArrowType(Qt.ArrowType.DownArrow if unfolded else Qt.ArrowType.RightArrow)
        self._content.setVisible(unfolded)
        self._summary.setText("" if unfolded else self._said)
