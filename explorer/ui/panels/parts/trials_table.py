"""The trials of a sweep as rows: values, scores, state."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)
from PySide6.QtGui import QBrush, QColor, QFont
from PySide6.QtWidgets import QAbstractItemView, QFrame, QTableView

from explorer.plan.ranges import shown
from explorer.plan.sweep import MEASURES, Measure
from explorer.plan.trials import Trial, score_text
from explorer.ui.theme import Theme

AnyIndex = QModelIndex | QPersistentModelIndex
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
TITLES = {"test accuracy": "Test acc.", "test loss": "Test loss"}


@dataclass(frozen=True, slots=True)
class Column:
    """What one column shows and by what it is sorted."""

    title: str
    tip: str
    text: Callable[[Trial], str]
    rank: Callable[[Trial], float | str]
    right: bool = True


def columns_of(names: tuple[str, ...]) -> tuple[Column, ...]:
    """The number, the scores, the values of these parameters, how it went."""
    return (
        Column("Trial", "In the order in which they began", lambda t: str(t.number), _number),
        *(_score(measure) for measure in MEASURES),
        *(_value(name) for name in names),
        Column(
            "Run",
            "Its number in the runs panel",
            lambda t: "-" if t.run is None else str(t.run),
            lambda t: -1 if t.run is None else t.run,
        ),
        Column("State", "How it went", lambda t: t.state, lambda t: t.state, right=False),
    )


def _number(trial: Trial) -> float:
    return trial.number


def _value(name: str) -> Column:
    def text(trial: Trial) -> str:
        return shown(trial.values[name]) if name in trial.values else "-"

    def rank(trial: Trial) -> float | str:
        value = trial.values.get(name, "")
        return value if isinstance(value, str) else float(str(float(value or 0)))  # type: ignore[arg-type]

    return Column(name, name, text, rank)


def _score(measure: Measure) -> Column:
    def text(trial: Trial) -> str:
        return score_text(measure, trial.scores.get(measure)) or "-"

    tip = "On all test samples after the last epoch"
    return Column(TITLES[measure], tip, text, lambda t: t.scores.get(measure, -math.inf))


class TrialsModel(QAbstractTableModel):
    """A row for each trial."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.columns: tuple[Column, ...] = columns_of(())
        self.trials: tuple[Trial, ...] = ()
        self.best: int | None = None

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008  Qt's signature
        """Trials."""
        return 0 if parent.isValid() else len(self.trials)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008  Qt's signature
        """What is told of each."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text, or what to sort by."""
        column, trial = self.columns[index.column()], self.trials[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            star = " ★" if column.title == "Trial" and trial.number == self.best else ""
            return column.text(trial) + star
        if role == Qt.ItemDataRole.UserRole:
            return column.rank(trial)
        if role == Qt.ItemDataRole.TextAlignmentRole and column.right:
            return RIGHT
        if role == Qt.ItemDataRole.FontRole and trial.number == self.best:
            font = QFont()
            font.setBold(True)
            return font
        if role == Qt.ItemDataRole.ForegroundRole and column.title == "State":
            return self._colour(trial)
        if role == Qt.ItemDataRole.ToolTipRole:
            return trial.reason or ("The best" if trial.number == self.best else None)
        return None

    def _colour(self, trial: Trial) -> QBrush | None:
        c = self.theme.colours
        known = {"running": c.good, "failed": c.error, "stopped": c.warning}
        return QBrush(QColor(known[trial.state])) if trial.state in known else None

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


class Sieve(QSortFilterProxyModel):
    """Sorts, and shows only the trials that the plot's brushes let through."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: frozenset[int] | None = None  # by number; None: all

    def filterAcceptsRow(self, row: int, parent: AnyIndex) -> bool:
        """Whether it is kept."""
        model = self.sourceModel()
        if self.kept is None or not isinstance(model, TrialsModel):
            return True
        return model.trials[row].number in self.kept


class TrialsTable(QTableView):
    """objectName `sweepTrials`. Sortable; one row can be selected."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("sweepTrials")
        self.setAccessibleName("Trials of the sweep")
        self.source = TrialsModel(theme)
        self.sieve = Sieve()
        self.sieve.setSourceModel(self.source)
        self.sieve.setSortRole(Qt.ItemDataRole.UserRole)
        self.setModel(self.sieve)
        header = self.horizontalHeader()
        header.setSortIndicatorClearable(True)
        header.setHighlightSections(False)
        header.setMinimumSectionSize(36)
        self.setSortingEnabled(True)
        self.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 6)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)

    def show_trials(
        self, names: tuple[str, ...], trials: tuple[Trial, ...], best: int | None
    ) -> None:
        """Show these; the one that was selected stays so."""
        source, chosen = self.source, self.chosen
        known = [column.title for column in source.columns]
        columns = columns_of(names)
        same = [column.title for column in columns] == known
        if same and (trials, best) == (source.trials, source.best):
            return
        source.beginResetModel()
        source.columns, source.trials, source.best = columns, trials, best
        source.endResetModel()
        if chosen is not None:
            self.choose(chosen.number)
        self.resizeColumnsToContents()

    def keep(self, numbers: frozenset[int] | None) -> None:
        """Show only these; None: all."""
        self.sieve.kept = numbers
        self.sieve.invalidate()

    @property
    def chosen(self) -> Trial | None:
        """The selected one."""
        found = self.selectionModel().selectedRows()
        if not found:
            return None
        row = self.sieve.mapToSource(found[0]).row()
        return self.source.trials[row] if row < len(self.source.trials) else None

    def choose(self, number: int) -> None:
        """Select the trial with this number, where it is shown."""
        for row, trial in enumerate(self.source.trials):
            if trial.number == number:
                index = self.sieve.mapFromSource(self.source.index(row, 0))
                if index.isValid():
                    self.selectRow(index.row())
                    self.scrollTo(index)
