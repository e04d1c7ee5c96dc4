"""How the two wide panels are laid out: rows, a row above its content, two sides, pages."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLayout,
    QSplitter,
    QTabBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.ui.kit.named import named


def row_of(*widgets: QWidget | None) -> QHBoxLayout:
    """Side by side; None: the room that is left."""
    row = QHBoxLayout()
    row.setSpacing(4)
    for widget in widgets:
        if widget is None:
            row.addStretch(1)
        else:
            row.addWidget(widget)
    return row


def under(head: QLayout, content: QWidget) -> QWidget:
    """A row, and what it belongs to below it."""
    whole = QWidget()
    column = QVBoxLayout(whole)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(2)
    column.addLayout(head)
    column.addWidget(content, 1)
    return whole


def two_sides(
    left: QWidget, right: QWidget, sizes: tuple[int, int], shares: tuple[int, int]
) -> QSplitter:
    """Both stay in sight, of these sizes at first; of more room each gets its share."""
    splitter = QSplitter(Qt.Orientation.Horizontal)
    splitter.setChildrenCollapsible(False)
    for place, (side, share) in enumerate(zip((left, right), shares, strict=True)):
        splitter.addWidget(side)
        splitter.setStretchFactor(place, share)
    splitter.setSizes(sizes)
    return splitter


def fill_wide(panel: QWidget, head: QLayout, content: QWidget, foot: QLabel) -> None:
    """Let these be all that the panel holds: buttons, the content, a faint line of words."""
    foot.setProperty("role", "faint")
    whole = QVBoxLayout(panel)
    whole.setContentsMargins(8, 4, 8, 2)
    whole.setSpacing(3)
    whole.addLayout(head)
    whole.addWidget(content, 1)
    whole.addWidget(foot)


def page_tabs(name: str, words: str, pages: Sequence[str]) -> QTabBar:
    """Tabs for the pages of one side."""
    tabs = named(QTabBar(), name, words)
    for page in pages:
        tabs.addTab(page)
    tabs.setExpanding(False)
    tabs.setDrawBase(False)
    for arrow in tabs.findChildren(QToolButton):  # shown where the tabs have no room
        arrow.setAccessibleName("Scroll the tabs")
    return tabs


def faint_words(text: str = "") -> QLabel:
    """What stands where there is nothing else to show."""
    label = QLabel(text)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    label.setWordWrap(True)
    label.setProperty("role", "faint")
    return label
