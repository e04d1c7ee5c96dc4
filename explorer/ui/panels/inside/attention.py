"""Who looks at whom: the attention weights of every head, and of one query in detail."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter

from explorer.plan.amounts import at_step
from explorer.protocol.events import Attention, Event, Watched
from explorer.ui.kit.atlas import Atlas
from explorer.ui.kit.colour_maps import Scale
from explorer.ui.kit.frame import Frame
from explorer.ui.kit.heatmap import Heatmap
from explorer.ui.kit.map_view import Cell
from explorer.ui.kit.take_away import Numbers, TakeAway
from explorer.ui.panels.inside.node_panel import FOLLOWED, NodePanel
from explorer.ui.panels.inside.row_weights import RowWeights
from explorer.ui.panels.panel import Desk


class AttentionPanel(NodePanel[Attention]):
    """All heads small, the chosen head large, the chosen query's weights as bars."""

    name = "attentionPanel"
    title = "Attention"
    order = 40
    events = (Attention, *FOLLOWED)
    kinds = frozenset({"self_attention", "cross_attention"})
    inside = frozenset(
        {"transformer_encoder_layer", "transformer_decoder_layer", "scaled_dot_product_attention"}
    )
    what = "attention weights"
    nothing = (
        "No block of this network has attention. Add a Self-attention to see here where it looks."
    )

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.head, self.query = 0, -1
        self.heads = Atlas(desk.theme, "head")
        self.heads.setAccessibleName("All heads: click one to see it large")
        self.heads.legend = False  # the large map beside it has the same
        self.heads.setToolTip("Click a head to see it large")
        self.map = Heatmap(desk.theme, "query step", "key step", square=True)
        self.map.setAccessibleName("Attention weights of the chosen head")
        self.row = RowWeights(desk.theme)
        self.split = QSplitter(Qt.Orientation.Horizontal)
        for widget, share in ((self.heads, 5), (self.map, 4), (self.row, 4)):
            self.split.addWidget(widget)
            self.split.setStretchFactor(self.split.count() - 1, share)
            self.split.setCollapsible(self.split.count() - 1, False)
        self.frame = Frame(self.split)
        self.take_away = TakeAway(self.split, self.numbers, self.frame.caption.text)
        self.frame.controls.addWidget(self.take_away)
        self.fill(self.frame)
        self.heads.pressed.connect(self._choose_head)
        self.heads.pointed.connect(self._tell_head)
        self.map.pointed.connect(self._tell_weight)
        self.retarget()

    def take(self, event: Event) -> None:
        """Show the weights of the node that is meant, and the sample beside them."""
        dataset = self.desk.store.plan.dataset
        if isinstance(event, Watched) and dataset is not None:
            self.row.show_picture(event.picture, dataset.scale)
        if not isinstance(event, Attention):
            super().take(event)
        elif self.mine(event):
            self.shown = event
            self._show()

    def numbers(self) -> Numbers | None:
        """The weights of all heads."""
        if self.shown is None:
            return None
        return Numbers(("head", "query", "key"), {"weight": self.shown.weights})

    def _show(self) -> None:
        if self.shown is None:
            return
        weights = self.shown.weights
        heads, queries, keys = weights.shape
        self.head = min(self.head, heads - 1)
        if not 0 <= self.query < queries:
            self.query = queries // 2
        scale = Scale.of(weights, "amount")
        self.heads.chosen = self.head
        self.heads.show_values(weights, [scale])
        self.map.show_map(weights[self.head], scale)
        self.row.show_row(self.query, weights[self.head, self.query], self.head)
        caption = (
            f"{self.shown.node}  ·  {heads} heads of {queries} x {keys}, head {self.head} large"
        )
        self.frame.show_content(f"{caption}  ·  {at_step(self.shown.step)}")
        self.map.setAccessibleDescription(caption)
        self.take_away.file_stem = f"{self.shown.node}-attention-step{self.shown.step}"

    def _choose_head(self, cell: Cell) -> None:
        self.head = cell[0]
        self._show()

    def _tell_head(self, cell: Cell | None) -> None:
        self._tell(cell)

    def _tell_weight(self, cell: Cell | None) -> None:
        self._tell(None if cell is None else (self.head, cell[1], cell[2]))

    def _tell(self, cell: Cell | None) -> None:
        if cell is None or self.shown is None:
            return self.frame.tell("")
        head, query, key = cell
        row = self.shown.weights[head, query]
        if head == self.head:
            self.query = query
            self.row.show_row(query, row, self.head)
        return self.frame.tell(
            f"head {head}, query {query}, key {key}: {row[key]:.4f}   "
            f"(the row sums to {float(np.sum(row, dtype=np.float64)):.3f})"
        )
