"""What each block costs: parameters, products, memory, receptive field; sortable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QItemSelectionModel, QModelIndex
from PySide6.QtWidgets import QHeaderView, QLabel, QVBoxLayout

from explorer.plan.amounts import amount, percent
from explorer.plan.costs import Cost, costs
from explorer.plan.memory import memory_of
from explorer.protocol.events import Event, Started, StepTimes
from explorer.ui.kit.columns import Column, Rows, RowsTable
from explorer.ui.kit.named import named
from explorer.ui.panels.panel import Desk, Panel

EMPTY = "The costs appear once there is a way from the Input to the Output."


@dataclass(frozen=True, slots=True)
class Row:
    """What a block costs in the drawing, with this batch, and in the present run."""

    cost: Cost
    size: int  # bytes of its output for a batch
    share: float | None  # of a step's time, 0..1; None before it was measured


def rows_of(
    found: tuple[Cost, ...],
    batch: int,
    seconds: Mapping[str, float],
    still: frozenset[str],
) -> tuple[Row, ...]:
    """A row for each block; `seconds`: what a step of the run took in each of its blocks; `still`:
    those of the drawing that are what they were in it.
    """
    whole = sum(seconds.values())
    return tuple(
        Row(
            cost,
            cost.bytes(batch),
            seconds[cost.node] / whole if whole and cost.node in seconds.keys() & still else None,
        )
        for cost in found
    )


def _percent(share: float | None) -> str:
    return "-" if share is None else percent(share)


COLUMNS: tuple[Column[Row], ...] = (
    Column("Block", "In the order of computation", lambda r: r.cost.node, lambda r: r.cost.node),
    Column(
        "Parameters",
        "Trainable numbers",
        lambda r: f"{r.cost.weights:,}",
        lambda r: r.cost.weights,
        True,
    ),
    Column(
        "MACs",
        "Multiply-accumulates of matrix products and convolutions, for one sample",
        lambda r: f"{r.cost.macs:,}",
        lambda r: r.cost.macs,
        True,
    ),
    Column(
        "Memory",
        "Of the block's output for a batch, in float32; kept until the backward pass",
        lambda r: amount(r.size),
        lambda r: r.size,
        True,
    ),
    Column(
        "Step time",
        "Share of a training step, forward and backward, measured once the network has run",
        lambda r: _percent(r.share),
        lambda r: r.share or 0.0,
        True,
    ),
    Column(
        "Receptive field",
        "The part of the Input that one place of the output depends on",
        lambda r: str(r.cost.field or "-"),
        lambda r: r.cost.field.height * max(r.cost.field.width, 1) if r.cost.field else 0,
        True,
    ),
)


class CostRows(Rows[Row]):
    """A row for each block."""

    def key(self, row: Row) -> object:
        """Its name."""
        return row.cost.node


class CostPanel(Panel):
    """The table, and the totals below it. A click on a row selects the block."""

    name = "costPanel"
    title = "Cost"
    group = "Network"
    order = 80
    events = (StepTimes, Started)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.table = CostRows(COLUMNS)
        self.view = RowsTable(self.table, "costTable", "Costs by block")
        self.totals = named(QLabel(), "costTotals")
        self._set_up()
        self._stale = True
        self._times: StepTimes | None = None
        desk.store.changed.connect(self._changed)
        desk.selection.changed.connect(self._show_selection)

    def _set_up(self) -> None:
        self.view.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.view.selectionModel().currentRowChanged.connect(self._chosen)
        self.totals.setWordWrap(True)
        self.totals.setContentsMargins(8, 3, 8, 5)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.totals)

    def take(self, event: Event) -> None:
        """What a step took; a run that begins has not been measured."""
        self._times = event if isinstance(event, StepTimes) else None
        self._changed()

    def _changed(self) -> None:
        self._stale = True
        if self.seen:
            self._refresh()

    def _refresh(self) -> None:
        self._stale = False
        plan = self.desk.store.plan
        batch = plan.document.training.batch
        seconds: Mapping[str, float] = {}
        still: frozenset[str] = frozenset()
        if self._times is not None:
            seconds = self._times.seconds
            still = self.desk.store.still_drawn(self._times.network)
        rows = rows_of(costs(plan), batch, seconds, still)
        self.table.show_rows(rows)
        memory = sum(row.size for row in rows)
        self.totals.setText(
            f"In total: {plan.weights:,} parameters ({amount(4 * plan.weights)}), "
            f"{plan.macs:,} MACs a sample, {amount(memory)} of activations at batch {batch}. "
            f"A training takes about {amount(memory_of(plan).total)} of memory."
            if rows
            else EMPTY
        )
        self._show_selection(self.desk.selection.ids)

    def _chosen(self, current: QModelIndex, previous: QModelIndex) -> None:
        if current.isValid():
            node = self.view.row_at(current).cost.node
            if self.desk.selection.one != node and node in self.desk.store.document.nodes:
                self.desk.selection.set((node,))

    def _show_selection(self, ids: tuple[str, ...]) -> None:
        """The selected block's row, where it has one."""
        if not self.seen:
            return
        rows = {row.cost.node: place for place, row in enumerate(self.table.rows)}
        place = rows.get(ids[-1]) if ids else None
        model = self.view.selectionModel()
        if place is None:
            model.clear()
            return
        index = self.view.index_of(place)
        if index.row() != self.view.currentIndex().row():
            flags = QItemSelectionModel.SelectionFlag
            model.setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)

    def catch_up(self) -> None:
        """What changed while nobody looked."""
        if self._stale:
            self._refresh()
        else:
            self._show_selection(self.desk.selection.ids)
