"""Every step of undo by its words; a click goes there."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem

from explorer.graph.history import Entry
from explorer.ui.kit.named import named
from explorer.ui.panels.panel import Desk, Panel


class HistoryPanel(Panel):
    """A row for each step, the present one marked; those ahead of it are faint."""

    name = "historyPanel"
    title = "History"
    group = "Network"
    order = 95

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.list = named(QListWidget(), "historyList", "Steps of undo")
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setUniformItemSizes(True)
        self.fill(self.list)
        self._shown: list[Entry] = []
        self.list.itemClicked.connect(self._go)
        self.list.itemActivated.connect(self._go)
        desk.store.changed.connect(self._changed)
        desk.theme.changed.connect(self._mark)

    def _changed(self) -> None:
        if self.seen:
            self.refresh()

    def refresh(self) -> None:
        """Show the store's history: rows that stay are left alone."""
        entries = list(self.desk.store.history.entries)
        kept = _common(self._shown, entries)
        while self.list.count() > kept:
            self.list.takeItem(self.list.count() - 1)
        for place in range(kept, len(entries)):
            self.list.addItem(QListWidgetItem(entries[place].label))
        self._shown = entries
        self.list.setCurrentRow(self.desk.store.history.place)
        self._mark()

    def _mark(self) -> None:
        c, place = self.desk.theme.colours, self.desk.store.history.place
        for row in range(self.list.count()):
            item = self.list.item(row)
            ahead = row > place
            item.setForeground(QBrush(QColor(c.faint if ahead else c.text)))
            font = item.font()
            if font.italic() != ahead:
                font.setItalic(ahead)
                item.setFont(font)
            item.setToolTip("Was undone; a click does it again" if ahead else "")
            spoken = f"{item.text()}, {'undone' if ahead else 'done'}"
            item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)

    def _go(self, item: QListWidgetItem) -> None:
        self.desk.store.jump(self.list.row(item))

    def catch_up(self) -> None:
        """What changed while nobody looked."""
        self.refresh()


def _common(one: list[Entry], other: list[Entry]) -> int:
    """How many entries both lists begin with."""
    place = 0
    while place < min(len(one), len(other)) and one[place] is other[place]:
        place += 1
    return place
