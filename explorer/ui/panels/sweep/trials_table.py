"""The trials of a sweep as rows: values, scores, state."""

from __future__ import annotations

import math

from PySide6.QtCore import QSortFilterProxyModel, Qt
from PySide6.QtGui import QFont

from explorer.plan.ranges import shown
from explorer.plan.sweep import MEASURES, Measure
from explorer.plan.trials import Trial, score_text
from explorer.ui.kit.columns import AnyIndex, Column, Rows, RowsTable, brush
from explorer.ui.kit.theme import Theme

TITLES = {"test accuracy": "Test acc.", "test loss": "Test loss"}


def columns_of(names: tuple[str, ...]) -> tuple[Column[Trial], ...]:
    """The number, the scores, the values of these parameters, how it went."""
    return (
        Column(
            "Trial",
            "In the order in which they began",
            lambda t: str(t.number),
            lambda t: t.number,
            True,
        ),
        *(_score(measure) for measure in MEASURES),
        *(_value(name) for name in names),
        Column(
            "Run",
            "Its number in the runs panel",
            lambda t: "-" if t.run is None else str(t.run),
            lambda t: -1 if t.run is None else t.run,
            True,
        ),
        Column("State", "How it went", lambda t: t.state, lambda t: t.state),
    )


def _value(name: str) -> Column[Trial]:
    def text(trial: Trial) -> str:
        return shown(trial.values[name]) if name in trial.values else "-"

    def rank(trial: Trial) -> float | str:
        value = trial.values.get(name, "")
        if isinstance(value, str):
            return value
        # Ranges have numbers and words only.
        return float(value) if isinstance(value, int | float) else 0.0

    return Column(name, name, text, rank, True)


def _score(measure: Measure) -> Column[Trial]:
    def text(trial: Trial) -> str:
        return score_text(measure, trial.scores.get(measure)) or "-"

    tip = "On all test samples after the last epoch"
    return Column(TITLES[measure], tip, text, lambda t: t.scores.get(measure, -math.inf), True)


class TrialRows(Rows[Trial]):
    """A row for each trial."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(columns_of(()))
        self.theme = theme
        self.best: int | None = None

    def key(self, row: Trial) -> object:
        """Its number."""
        return row.number

    def text(self, column: Column[Trial], row: Trial) -> str:
        """The best one has a star."""
        star = " ★" if column.title == "Trial" and row.number == self.best else ""
        return column.text(row) + star

    def look(self, column: Column[Trial], row: Trial, role: int) -> object:
        """The best one is bold; a state has its colour, and a reason as a tip."""
        best = row.number == self.best
        if role == Qt.ItemDataRole.FontRole and best:
            font = QFont()
            font.setBold(True)
            return font
        if role == Qt.ItemDataRole.ForegroundRole and column.title == "State":
            c = self.theme.colours
            known = {"running": c.good, "failed": c.error, "stopped": c.warning}
            return brush(known.get(row.state))
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.reason or ("The best" if best else None)
        return None


class Sieve(QSortFilterProxyModel):
    """Sorts, and shows only the trials that the plot's brushes let through."""

    def __init__(self, trials: TrialRows) -> None:
        super().__init__()
        self._trials = trials
        self.kept: frozenset[int] | None = None  # by number; None: all

    def filterAcceptsRow(self, row: int, parent: AnyIndex) -> bool:
        """Whether it is kept."""
        return self.kept is None or self._trials.rows[row].number in self.kept


class TrialsTable(RowsTable[Trial]):
    """objectName `sweepTrials`. Sortable, in the order in which they began; one can be selected."""

    def __init__(self, theme: Theme) -> None:
        self.trials = TrialRows(theme)
        self._sifted = Sieve(self.trials)
        super().__init__(self.trials, "sweepTrials", "Trials of the sweep", self._sifted)
        self.horizontalHeader().setMinimumSectionSize(36)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 6)

    def show_trials(
        self, names: tuple[str, ...], trials: tuple[Trial, ...], best: int | None
    ) -> None:
        """Show these; the one that was selected stays so."""
        shown, chosen = self.trials, self.chosen
        columns = columns_of(names)
        same = [column.title for column in columns] == [column.title for column in shown.columns]
        if same and (trials, best) == (shown.rows, shown.best):
            return
        shown.best = best
        if shown.show_rows(trials, columns) and chosen is not None:
            self.choose(chosen.number)
        self.resizeColumnsToContents()

    def keep(self, numbers: frozenset[int] | None) -> None:
        """Show only these; None: all."""
        self._sifted.kept = numbers
        self._sifted.invalidate()

    @property
    def chosen(self) -> Trial | None:
        """The selected one."""
        return next(iter(self.chosen_rows()), None)

    def choose(self, number: int) -> None:
        """Select the trial with this number, where it is shown."""
        for place, trial in enumerate(self.trials.rows):
            index = self.index_of(place)
            if trial.number == number and index.isValid():
                self.selectRow(index.row())
                self.scrollTo(index)
