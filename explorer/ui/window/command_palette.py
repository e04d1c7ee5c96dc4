"""Type a few letters of what should happen or where to go; arrow keys choose, Enter does it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from explorer.ui.kit.guard import guarded_with
from explorer.ui.kit.named import named

MOST = 200  # rows that are listed; whoever sees so many types another letter
WALKING = frozenset(
    {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}
)  # keys of the list, while the search has the focus
ROW = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: what it is ("Edit", "Panel", "Block"), what it is called, and what Enter does."""

    kind: str
    title: str
    do: Callable[[], object]
    keys: str = ""
    tip: str = ""
    at_once: bool = True  # listed before anything is typed

    @property
    def label(self) -> str:
        """As it is listed."""
        return f"{self.kind}: {self.title}"


class CommandPalette(QDialog):
    """objectName `commandPalette`, or `shortcutSheet`, which lists what has keys of its own."""

    def __init__(self, parent: QWidget, entries: Sequence[Entry], all_entries: bool) -> None:
        super().__init__(parent)
        self._entries = [each for each in entries if all_entries or each.keys]
        self._shown: list[Entry] = []
        self.setObjectName("commandPalette" if all_entries else "shortcutSheet")
        self.setWindowTitle("Commands" if all_entries else "Keyboard shortcuts")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(40 * self.fontMetrics().averageCharWidth() + 300, 520)
        self._search = named(QLineEdit(), "commandSearch", "Search commands")
        self._search.setPlaceholderText(
            "Search commands, panels, examples, datasets, blocks, settings"
            if all_entries
            else "Search shortcuts"
        )
        self._search.setClearButtonEnabled(True)
        self._list = named(QListWidget(), "commandList", "Commands")
        layout = QVBoxLayout(self)
        layout.addWidget(self._search)
        layout.addWidget(self._list)
        self._search.installEventFilter(self)
        self._search.textChanged.connect(self._fill)
        self._search.returnPressed.connect(self._run)
        self._list.itemActivated.connect(self._run)
        self._fill("")

    @guarded_with(False)
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow keys walk through the list while letters go on into the search."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        if event.key() not in WALKING or event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            return False
        QApplication.sendEvent(self._list, event)
        return True

    def _fill(self, text: str) -> None:
        self._shown = found(self._entries, text)[:MOST]
        self._list.clear()
        for row, entry in enumerate(self._shown):
            keys = entry.keys.replace(" | ", ", ")
            item = QListWidgetItem(f"{entry.label}    {keys}" if keys else entry.label)
            item.setData(ROW, row)
            item.setToolTip(entry.tip)
            self._list.addItem(item)
        if not self._shown:
            nothing = QListWidgetItem(f"Nothing is called '{text.strip()}'.")
            nothing.setFlags(Qt.ItemFlag.NoItemFlags)
            self._list.addItem(nothing)
        self._list.setCurrentRow(0)

    def _run(self) -> None:
        item = self._list.currentItem()
        if item is None or item.data(ROW) is None:
            return
        entry = self._shown[item.data(ROW)]
        self.accept()
        entry.do()


def found(entries: Sequence[Entry], text: str) -> list[Entry]:
    """Those that have all words of the text, titles that begin with it first; without a text those
    that are listed at once.
    """
    words = text.casefold().split()
    if not words:
        return [each for each in entries if each.at_once]
    hits = [(_rank(each, words), each) for each in entries]
    return [each for rank, each in sorted(hits, key=lambda hit: hit[0]) if rank < MISSED]


MISSED = 4


def _rank(entry: Entry, words: Sequence[str]) -> int:
    title, label = entry.title.casefold(), entry.label.casefold()
    if all(word in label for word in words):
        text = " ".join(words)
        return 0 if title.startswith(text) else 1 if any(w in title for w in words) else 2
    return 3 if all(word in f"{label} {entry.tip.casefold()}" for word in words) else MISSED
