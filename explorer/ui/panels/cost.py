"""What each block costs: parameters, products, memory, receptive field; sortable."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QLabel,
    QTableView,
    QVBoxLayout,
)

from explorer.plan.costs import Cost, costs
from explorer.protocol.events import Event, Started, StepTimes
from explorer.ui.named import named
from explorer.ui.panels.panel import Desk, Panel

EMPTY = "The costs appear once there is a way from the Input to the Output."
AnyIndex = QModelIndex | QPersistentModelIndex
UNITS = ("B", "KiB", "MiB", "GiB", "TiB")


@dataclass(frozen=True, slots=True)
class Run:
    """What costs depend on besides the drawing: the batch, and what a run's steps took."""

    batch: int = 1
    seconds: Mapping[str, float] = field(default_factory=dict)

    def share(self, node: str) -> float | None:
        """Of a step's time, 0..1; None before it was measured."""
        whole = sum(self.seconds.values())
        return self.seconds[node] / whole if whole and node in self.seconds else None


@dataclass(frozen=True, slots=True)
class Column:
    """What one column shows and by what it is sorted."""

    title: str
    tip: str
    text: Callable[[Cost, Run], str]
    rank: Callable[[Cost, Run], float | str]


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f} %"


def amount(size: int) -> str:
    """Bytes in words: 1.5 MiB."""
    shown, unit = float(size), 0
    while shown >= 1024 and unit < len(UNITS) - 1:
        shown, unit = shown / 1024, unit + 1
    return f"{shown:.1f} {UNITS[unit]}" if unit else f"{size} B"


COLUMNS = (
    Column("Block", "In the order of computation", lambda c, _: c.node, lambda c, _: c.node),
    Column(
        "Parameters", "Trainable numbers", lambda c, _: f"{c.weights:,}", lambda c, _: c.weights
    ),
    Column(
        "MACs",
        "Multiply-accumulates of matrix products and convolutions, for one sample",
        lambda c, _: f"{c.macs:,}",
        lambda c, _: c.macs,
    ),
    Column(
        "Memory",
        "Of the block's output for a batch, in float32; kept until the backward pass",
        lambda c, run: amount(c.bytes(run.batch)),
        lambda c, run: c.bytes(run.batch),
    ),
    Column(
        "Step time",
        "Share of a training step, forward and backward, measured once the network has run",
        lambda c, run: _percent(run.share(c.node)),
        lambda c, run: run.share(c.node) or 0.0,
    ),
    Column(
        "Receptive field",
        "The part of the Input that one place of the output depends on",
        lambda c, _: str(c.field or "-"),
        lambda c, _: c.field.height * max(c.field.width, 1) if c.field else 0,
    ),
)


class CostTable(QAbstractTableModel):
    """A row for each block."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: tuple[Cost, ...] = ()
        self.run = Run()

    def show_costs(self, rows: tuple[Cost, ...], run: Run) -> None:
        """Other rows."""
        if [row.node for row in rows] == [row.node for row in self.rows] and rows:
            self.rows, self.run = rows, run
            last = self.index(len(rows) - 1, len(COLUMNS) - 1)
            self.dataChanged.emit(self.index(0, 0), last)
            return
        self.beginResetModel()
        self.rows, self.run = rows, run
        self.endResetModel()

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008  Qt's signature
        """Blocks."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008  Qt's signature
        """Kinds of cost."""
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text, or the number to sort by."""
        column = COLUMNS[index.column()]
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(row, self.run)
        if role == Qt.ItemDataRole.UserRole:
            # Of any size: Qt's own integers end at 2^63.
            rank = column.rank(row, self.run)
            return float(rank) if isinstance(rank, int) else rank
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column():
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        """Titles and what they mean."""
        if orientation == Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return COLUMNS[section].title
            if role == Qt.ItemDataRole.ToolTipRole:
                return COLUMNS[section].tip
        return None


class CostPanel(Panel):
    """The table, and the totals below it. A click on a row selects the block."""

    name = "costPanel"
    title = "Cost"
    order = 80
    events = (StepTimes, Started)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.table = CostTable()
        self._sorted = QSortFilterProxyModel()
        self._sorted.setSourceModel(self.table)
        self._sorted.setSortRole(Qt.ItemDataRole.UserRole)
        self.view = named(QTableView(), "costTable", "Costs by block")
        self.totals = named(QLabel(), "costTotals")
        self._set_up()
        self._stale = True
        self._seconds: Mapping[str, float] = {}
        desk.store.changed.connect(self._changed)
        desk.selection.changed.connect(self._show_selection)

    def _set_up(self) -> None:
        view = self.view
        view.setModel(self._sorted)
        view.setSortingEnabled(True)
        view.horizontalHeader().setSortIndicatorClearable(True)
        view.sortByColumn(-1, Qt.SortOrder.AscendingOrder)  # as computed
        view.verticalHeader().hide()
        view.verticalHeader().setDefaultSectionSize(view.fontMetrics().height() + 8)
        view.setShowGrid(False)
        view.setFrameShape(QFrame.Shape.NoFrame)
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setTabKeyNavigation(False)
        header = view.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setHighlightSections(False)
        view.selectionModel().currentRowChanged.connect(self._chosen)
        self.totals.setWordWrap(True)
        self.totals.setContentsMargins(8, 3, 8, 5)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(view, 1)
        layout.addWidget(self.totals)

    def take(self, event: Event) -> None:
        """What a step took; a run that begins has not been measured."""
        self._seconds = event.seconds if isinstance(event, StepTimes) else {}
        self._changed()

    def _changed(self) -> None:
        self._stale = True
        if self.seen:
            self._refresh()

    def _refresh(self) -> None:
        self._stale = False
        plan = self.desk.store.plan
        batch = plan.document.training.batch
        rows = costs(plan)
        self.table.show_costs(rows, Run(batch, self._seconds))
        memory = sum(row.bytes(batch) for row in rows)
        self.totals.setText(
            f"In total: {plan.weights:,} parameters ({amount(4 * plan.weights)}), "
            f"{plan.macs:,} MACs a sample, {amount(memory)} of activations at batch {batch}."
            if rows
            else EMPTY
        )
        self._show_selection(self.desk.selection.ids)

    def _chosen(self, current: QModelIndex, previous: QModelIndex) -> None:
        if current.isValid():
            node = self.table.rows[self._sorted.mapToSource(current).row()].node
            if self.desk.selection.one != node and node in self.desk.store.document.nodes:
                self.desk.selection.set((node,))

    def _show_selection(self, ids: tuple[str, ...]) -> None:
        """The selected block's row, where it has one."""
        if not self.seen:
            return
        rows = {row.node: place for place, row in enumerate(self.table.rows)}
        place = rows.get(ids[-1]) if ids else None
        model = self.view.selectionModel()
        if place is None:
            model.clear()
            return
        index = self._sorted.mapFromSource(self.table.index(place, 0))
        if index.row() != self.view.currentIndex().row():
            flags = QItemSelectionModel.SelectionFlag
            model.setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)

    def catch_up(self) -> None:
        """What changed while nobody looked."""
        if self._stale:
            self._refresh()
        else:
            self._show_selection(self.desk.selection.ids)
