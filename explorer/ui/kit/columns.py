"""Tables of one row for each thing: columns that say what is told of it, sortable, whole rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)
from PySide6.QtGui import QBrush, QColor
from PySide6.QtWidgets import QAbstractItemView, QFrame, QTableView

from explorer.ui.kit.named import named

R = TypeVar("R")  # what a row stands for
AnyIndex = QModelIndex | QPersistentModelIndex
MEASURED = 60  # rows that a column's width is measured by
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class Column(Generic[R]):
    """What one column shows and by what it is sorted."""

    title: str
    tip: str
    text: Callable[[R], str]
    rank: Callable[[R], float | str]
    right: bool = False


class Rows(QAbstractTableModel, Generic[R]):
    """A row for each thing. A subclass says what else than text is told of it."""

    def __init__(self, columns: tuple[Column[R], ...]) -> None:
        super().__init__()
        self.columns = columns
        self.rows: tuple[R, ...] = ()

    def key(self, row: R) -> object:
        """What makes it the same thing as another, though figures may have changed."""
        return row

    def text(self, column: Column[R], row: R) -> str:
        """What is read in a cell."""
        return column.text(row)

    def look(self, column: Column[R], row: R, role: int) -> object:
        """A cell's colour, font or tip."""
        return None

    def show_rows(self, rows: tuple[R, ...], columns: tuple[Column[R], ...] | None = None) -> bool:
        """Show these. True where they are other things than before: a selection is gone then."""
        columns = self.columns if columns is None else columns
        titles = [column.title for column in columns]
        same = titles == [column.title for column in self.columns]
        if same and rows and [*map(self.key, rows)] == [*map(self.key, self.rows)]:
            self.rows = rows
            last = self.index(len(rows) - 1, len(columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)
            return False
        self.beginResetModel()
        self.columns, self.rows = columns, rows
        self.endResetModel()
        return True

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008  Qt's signature
        """Things."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008  Qt's signature
        """What is told of each."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text, or what to sort by."""
        column, row = self.columns[index.column()], self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(column, row)
        if role == Qt.ItemDataRole.UserRole:
            # Of any size: Qt's own integers end at 2^63.
            rank = column.rank(row)
            return float(rank) if isinstance(rank, int) else rank
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if column.right else None
        return self.look(column, row, role)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Titles and what they mean."""
        if orientation == Qt.Orientation.Horizontal and section < len(self.columns):
            column = self.columns[section]
            if role == Qt.ItemDataRole.DisplayRole:
                return column.title
            if role == Qt.ItemDataRole.ToolTipRole:
                return column.tip
            if role == Qt.ItemDataRole.TextAlignmentRole and column.right:
                return RIGHT
        return None


class RowsTable(QTableView, Generic[R]):
    """Sorted by a click on a title, in the order of the rows at first; whole rows are selected."""

    def __init__(
        self, rows: Rows[R], name: str, words: str, sieve: QSortFilterProxyModel | None = None
    ) -> None:
        super().__init__()
        named(self, name, words)
        self.source = rows
        self.sieve = sieve or QSortFilterProxyModel()
        self.sieve.setSourceModel(rows)
        self.sieve.setSortRole(Qt.ItemDataRole.UserRole)
        self.sieve.setSortCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setModel(self.sieve)
        self._set_up()

    def _set_up(self) -> None:
        self.horizontalHeader().setSortIndicatorClearable(True)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setResizeContentsPrecision(MEASURED)
        self.setSortingEnabled(True)
        self.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 8)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)

    def row_at(self, index: QModelIndex) -> R:
        """What a cell of the table tells of."""
        return self.source.rows[self.sieve.mapToSource(index).row()]

    def index_of(self, place: int) -> QModelIndex:
        """The first cell of a row, where it stands now; not valid: it is sifted out."""
        return self.sieve.mapFromSource(self.source.index(place, 0))

    def chosen_rows(self) -> list[R]:
        """The selected ones, from the top."""
        found = sorted(self.selectionModel().selectedRows(), key=lambda index: index.row())
        return [self.row_at(index) for index in found]


def brush(colour: str | None) -> QBrush | None:
    """What a coloured cell is written with; None: as all others."""
    return QBrush(QColor(colour)) if colour is not None else None
