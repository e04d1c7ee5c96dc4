"""The recorded runs as rows: what was trained, how far it came, how well it did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView

from explorer.datasets.catalogue import datasets
from explorer.plan.amounts import amount, percent
from explorer.records.record import RunRecord
from explorer.ui.kit.columns import Column, Rows, RowsTable, brush
from explorer.ui.kit.theme import Theme


@dataclass(frozen=True, slots=True)
class Row:
    """A run, and how much its checkpoints take of the disk."""

    record: RunRecord
    size: int  # bytes


def local_time(text: str) -> str:
    """A record's time as the user's clock had it; the year only where it is another."""
    then, now = datetime.fromisoformat(text).astimezone(), datetime.now().astimezone()
    return then.strftime("%m-%d %H:%M" if then.year == now.year else "%Y-%m-%d")


def _epochs(record: RunRecord) -> str:
    planned = record.total_steps // max(record.steps_per_epoch, 1)
    return f"{record.epochs} of {planned}" if planned else "-"


def _accuracy(record: RunRecord) -> str:
    return "-" if record.test_accuracy is None else percent(record.test_accuracy, 2)


def _dataset(record: RunRecord) -> str:
    found = datasets().get(record.dataset)
    return found.title if found is not None else record.dataset


COLUMNS: tuple[Column[Row], ...] = (
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


class RunRows(Rows[Row]):
    """A row for each run."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(COLUMNS)
        self.theme = theme

    def key(self, row: Row) -> object:
        """Its number."""
        return row.record.id

    def look(self, column: Column[Row], row: Row, role: int) -> object:
        """The outcome's colour; what was said of the run as a tip."""
        record = row.record
        if role == Qt.ItemDataRole.ForegroundRole and column.title == "Outcome":
            c = self.theme.colours
            known = {"running": c.good, "failed": c.error, "interrupted": c.warning}
            return brush(known.get(record.state))
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join(part for part in (record.message, record.note) if part) or None
        return None


def newest(rows: tuple[Row, ...]) -> int:
    """The highest number; 0 where there is no run."""
    return max((row.record.id for row in rows), default=0)


class RunsTable(RowsTable[Row]):
    """objectName `runsTable`. Sortable, newest first; several rows can be selected."""

    def __init__(self, theme: Theme) -> None:
        self.runs = RunRows(theme)
        super().__init__(self.runs, "runsTable", "Recorded runs")
        self.horizontalHeader().setMinimumSectionSize(40)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)

    def show_rows(self, rows: tuple[Row, ...]) -> bool:
        """Show these; those that were selected stay so, but after the newest comes one that is
        newer. Whether anything is new.
        """
        if rows == self.runs.rows:
            return False
        chosen, first = [each.id for each in self.chosen()], not self.runs.rows
        if chosen and chosen == [newest(self.runs.rows)] and newest(rows) > chosen[0]:
            chosen = [newest(rows)]
        if self.runs.show_rows(rows):
            self.choose(chosen)
            if first:
                self.resizeColumnsToContents()
        return True

    def records(self) -> list[RunRecord]:
        """All that are listed."""
        return [row.record for row in self.runs.rows]

    def chosen(self) -> list[RunRecord]:
        """The selected runs, as they are listed."""
        return [row.record for row in self.chosen_rows()]

    def choose(self, ids: Sequence[int]) -> None:
        """Select exactly the runs with these numbers, where they are listed."""
        picked, current = QItemSelection(), QModelIndex()
        for place, row in enumerate(self.runs.rows):
            if row.record.id in ids:
                index = self.index_of(place)
                picked.select(index, index)
                current = current if current.isValid() else index
        flags = QItemSelectionModel.SelectionFlag
        model = self.selectionModel()
        model.setCurrentIndex(current, flags.NoUpdate)
        model.select(picked, flags.ClearAndSelect | flags.Rows)
