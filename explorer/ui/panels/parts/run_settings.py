"""Settings of several runs side by side; what differs comes first and is marked."""

from __future__ import annotations

import json
from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
)

from explorer.records.compare import recorded_document
from explorer.records.record import RunRecord
from explorer.ui.theme import Theme

MARK = "≠ "


class RunSettings(QTableWidget):
    """objectName `runSettings`. A row for each setting, a column for each run."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("runSettings")
        self.setAccessibleName("Settings of the selected runs")
        self._theme = theme
        self._records: Sequence[RunRecord] = ()
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 6)
        self.horizontalHeader().setHighlightSections(False)
        theme.changed.connect(lambda: self.show_runs(self._records))

    def show_runs(self, records: Sequence[RunRecord]) -> None:
        """Side by side."""
        self._records = records
        found = [settings_of(record) for record in records]
        names = list(dict.fromkeys(name for each in found for name in each))
        rows = [(name, [each.get(name, "-") for each in found]) for name in names]
        rows.sort(key=lambda row: len(set(row[1])) == 1)  # stable: what differs comes first
        self.setColumnCount(len(records) + 1)
        self.setHorizontalHeaderLabels(["Setting", *(f"Run {each.id}" for each in records)])
        self.setRowCount(len(rows))
        for place, (name, values) in enumerate(rows):
            self._fill(place, name, values)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(len(records), QHeaderView.ResizeMode.Stretch)

    def _fill(self, row: int, name: str, values: list[str]) -> None:
        differs = len(set(values)) > 1
        colours = self._theme.colours
        for column, text in enumerate([MARK * differs + name, *values]):
            item = QTableWidgetItem(text)
            item.setToolTip(f"{name}: differs" if differs else text)
            font = item.font()
            font.setBold(differs)
            item.setFont(font)
            if not differs:
                item.setForeground(QBrush(QColor(colours.text if column else colours.faint)))
            item.setTextAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            self.setItem(row, column, item)


def settings_of(record: RunRecord) -> dict[str, str]:
    """All that a run was made with, by name: training, data, machine, blocks."""
    document = recorded_document(record)
    flat = {name.replace("_", " "): _text(value) for name, value in document["training"].items()}
    flat |= {"dataset": record.dataset, "samples (sha256)": record.dataset_sha256[:12] or "-"}
    flat |= {"device": record.device or "-", "threads": str(record.threads)}
    flat |= {f"{name} version": text for name, text in record.versions.items()}
    for node in document["nodes"]:
        flat[node["id"]] = node["kind"]
        for name, value in node["parameters"].items():
            flat[f"{node['id']}.{name}"] = _text(value)
    return flat


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
