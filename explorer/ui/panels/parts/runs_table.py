"""The recorded runs as rows: what was trained, how far it came, how well it did."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)
from PySide6.QtGui import QBrush, QColor
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView

from explorer.datasets.catalogue import datasets
from explorer.records.record import RunRecord, State
from explorer.ui.theme import Theme

AnyIndex = QModelIndex | QPersistentModelIndex
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
UNITS = ("B", "kB", "MB", "GB", "TB")


@dataclass(frozen=True, slots=True)
class Row:
    """A run, and how much its checkpoints take of the disk."""

    record: RunRecord
    size: int  # bytes


@dataclass(frozen=True, slots=True)
class Column:
    """What one column shows and by what it is sorted."""

    title: str
    tip: str
    text: Callable[[Row], str]
    rank: Callable[[Row], float | str]
    right: bool = False


def amount(size: int) -> str:
    """Bytes as file managers tell them: 1.5 MB."""
    shown, unit = float(size), 0
    while shown >= 1000 and unit < len(UNITS) - 1:
        shown, unit = shown / 1000, unit + 1
    return f"{shown:.1f} {UNITS[unit]}" if unit else f"{size} B"


def local_time(text: str) -> str:
    """A record's time as the user's clock had it; the year only where it is another."""
    then, now = datetime.fromisoformat(text).astimezone(), datetime.now().astimezone()
    return then.strftime("%m-%d %H:%M" if then.year == now.year else "%Y-%m-%d")


def _epochs(record: RunRecord) -> str:
    planned = record.total_steps // max(record.steps_per_epoch, 1)
    return f"{record.epochs} of {planned}" if planned else "-"


def _accuracy(record: RunRecord) -> str:
    return "-" if record.test_accuracy is None else f"{100 * record.test_accuracy:.2f} %"


def _dataset(record: RunRecord) -> str:
    found = datasets().get(record.dataset)
    return found.title if found is not None else record.dataset


COLUMNS = (
    Column("Run", "Its number", lambda r: str(r.record.id), lambda r: r.record.id, True),
    Column("Title", "Of its document", lambda r: r.record.title, lambda r: r.record.title),
    Column(
        "Test acc.",
        "Accuracy on all test samples after the last whole epoch",
        lambda r: _accuracy(r.record),
        lambda r: -1.0 if r.record.test_accuracy is None else r.record.test_accuracy,
        True,
    ),
    Column(
        "Epochs",
        "Whole ones, of those it was to have",
        lambda r: _epochs(r.record),
        lambda r: r.record.epochs,
        True,
    ),
    Column(
        "Outcome",
        "Finished, stopped, failed, interrupted; or it is running",
        lambda r: r.record.state,
        lambda r: r.record.state,
    ),
    Column("Tags", "Yours", lambda r: " ".join(r.record.tags), lambda r: " ".join(r.record.tags)),
    Column(
        "Started",
        "When it began",
        lambda r: local_time(r.record.started),
        lambda r: r.record.started,
    ),
    Column(
        "Dataset",
        "What it learned from",
        lambda r: _dataset(r.record),
        lambda r: _dataset(r.record),
    ),
    Column(
        "Seed",
        "Where its random numbers started",
        lambda r: str(r.record.seed),
        lambda r: r.record.seed,
        True,
    ),
    Column(
        "Size", "Of its checkpoints on the disk", lambda r: amount(r.size), lambda r: r.size, True
    ),
)


class RunsModel(QAbstractTableModel):
    """A row for each run."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.rows: tuple[Row, ...] = ()

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008  Qt's signature
        """Runs."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008  Qt's signature
        """What is told of each."""
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text, or what to sort by."""
        column, row = COLUMNS[index.column()], self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(row)
        if role == Qt.ItemDataRole.UserRole:
            return column.rank(row)
        if role == Qt.ItemDataRole.TextAlignmentRole and column.right:
            return RIGHT
        if role == Qt.ItemDataRole.ForegroundRole and column.title == "Outcome":
            return self._colour(row.record.state)
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join(part for part in (row.record.message, row.record.note) if part) or None
        return None

    def _colour(self, state: State) -> QBrush | None:
        c = self.theme.colours
        known = {"running": c.good, "failed": c.error, "interrupted": c.warning}
        return QBrush(QColor(known[state])) if state in known else None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Titles and what they mean."""
        if orientation == Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return COLUMNS[section].title
            if role == Qt.ItemDataRole.ToolTipRole:
                return COLUMNS[section].tip
            if role == Qt.ItemDataRole.TextAlignmentRole and COLUMNS[section].right:
                return RIGHT
        return None


class RunsTable(QTableView):
    """objectName `runsTable`. Sortable; several rows can be selected."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("runsTable")
        self.setAccessibleName("Recorded runs")
        self.runs = RunsModel(theme)
        self._sorted = QSortFilterProxyModel(self)
        self._sorted.setSourceModel(self.runs)
        self._sorted.setSortRole(Qt.ItemDataRole.UserRole)
        self._sorted.setSortCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setModel(self._sorted)
        self._set_up()

    def _set_up(self) -> None:
        header = self.horizontalHeader()
        header.setSortIndicatorClearable(True)
        header.setHighlightSections(False)
        header.setMinimumSectionSize(40)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.setSortingEnabled(True)
        self.sortByColumn(-1, Qt.SortOrder.AscendingOrder)  # newest first
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 8)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)

    def show_rows(self, rows: tuple[Row, ...]) -> bool:
        """Show these; those that were selected stay so. Whether anything is new."""
        if rows == self.runs.rows:
            return False
        same = [row.record.id for row in rows] == [row.record.id for row in self.runs.rows]
        if same:
            self.runs.rows = rows
            last = self.runs.index(len(rows) - 1, len(COLUMNS) - 1)
            self.runs.dataChanged.emit(self.runs.index(0, 0), last)
            return True
        chosen, first = [each.id for each in self.chosen()], not self.runs.rows
        self.runs.beginResetModel()
        self.runs.rows = rows
        self.runs.endResetModel()
        self.choose(chosen)
        if first:
            self.resizeColumnsToContents()
        return True

    def chosen(self) -> list[RunRecord]:
        """The selected runs, as they are listed."""
        places = sorted(index.row() for index in self.selectionModel().selectedRows())
        found = [self._sorted.mapToSource(self._sorted.index(row, 0)).row() for row in places]
        return [self.runs.rows[row].record for row in found]

    def choose(self, ids: Sequence[int]) -> None:
        """Select exactly the runs with these numbers, where they are listed."""
        picked, current = QItemSelection(), QModelIndex()
        for place, row in enumerate(self.runs.rows):
            if row.record.id in ids:
                index = self._sorted.mapFromSource(self.runs.index(place, 0))
                picked.select(index, index)
                current = current if current.isValid() else index
        flags = QItemSelectionModel.SelectionFlag
        model = self.selectionModel()
        model.setCurrentIndex(current, flags.NoUpdate)
        model.select(picked, flags.ClearAndSelect | flags.Rows)
