"""Settings of several runs side by side; what differs comes first and is marked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

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
from explorer.ui.kit.columns import MEASURED
from explorer.ui.kit.theme import Theme

MARK = "≠ "


class RunSettings(QTableWidget):
    """objectName `runSettings`. A row for each setting, a column for each run."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("runSettings")
        self.setAccessibleName("Settings of the selected runs")
        self._theme = theme
        self._records: Sequence[RunRecord] = ()
        self._content: object = None  # what is filled in
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 6)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setResizeContentsPrecision(MEASURED)
        theme.changed.connect(lambda: self.show_runs(self._records))

    def show_runs(self, records: Sequence[RunRecord]) -> None:
        """Side by side. Where none of their settings is another than before, nothing is filled in
        anew: a run that trains is told of every two seconds.
        """
        self._records = records
        self._show(tuple(record.id for record in records), compared(records))

    def _show(self, runs: tuple[int, ...], rows: Sequence[Setting]) -> None:
        content = (runs, tuple(rows), self._theme.colours)
        if content == self._content:
            return
        self._content = content
        header = self.horizontalHeader()
        # Measured by contents, whole columns would be measured at every item that is set.
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setColumnCount(len(runs) + 1)
        self.setHorizontalHeaderLabels(["Setting", *(f"Run {run}" for run in runs)])
        self.setRowCount(len(rows))
        for place, row in enumerate(rows):
            self._fill(place, row)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.resizeColumnsToContents()
        header.setStretchLastSection(True)

    def _fill(self, place: int, row: Setting) -> None:
        faint = QBrush(QColor(self._theme.colours.faint))
        bold = self.font()
        bold.setBold(True)
        for column, text in enumerate((MARK * row.differs + row.name, *row.values)):
            item = QTableWidgetItem(text)
            item.setToolTip(f"{row.name}: differs" if row.differs else text)
            if row.differs:
                item.setFont(bold)
            elif not column:
                item.setForeground(faint)
            self.setItem(place, column, item)


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting of several runs, a value for each."""

    name: str
    values: tuple[str, ...]

    @property
    def differs(self) -> bool:
        """Whether one of them has another."""
        return len(set(self.values)) > 1


def compared(records: Sequence[RunRecord]) -> list[Setting]:
    """All settings of these runs; those that differ come first."""
    found = [settings_of(record) for record in records]
    names = dict.fromkeys(name for each in found for name in each)
    rows = [Setting(name, tuple(each.get(name, "-") for each in found)) for name in names]
    return sorted(rows, key=lambda row: not row.differs)


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
