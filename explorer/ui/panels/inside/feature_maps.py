"""What the selected block gives out for the present sample: maps, a sequence, or a vector."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QStackedWidget

from explorer.plan.amounts import at_step
from explorer.plan.plan import Plan
from explorer.protocol.events import Activation, Event
from explorer.ui.kit.atlas import Atlas
from explorer.ui.kit.bars import Columns, NamedBars
from explorer.ui.kit.colour_maps import Array, Quantity, Scale, extremes, number
from explorer.ui.kit.frame import Frame
from explorer.ui.kit.heatmap import Heatmap
from explorer.ui.kit.map_view import Cell
from explorer.ui.kit.take_away import Numbers, TakeAway
from explorer.ui.panels.inside.node_panel import FOLLOWED, NodePanel
from explorer.ui.panels.panel import Desk

MOST_MAPS = 1024
AXES = {3: ("map", "row", "column"), 2: ("step", "feature"), 1: ("feature",)}


class FeatureMapsPanel(NodePanel[Activation]):
    """All maps as one atlas; a sequence as steps x features; logits by class name."""

    name = "featureMapsPanel"
    title = "Feature maps"
    order = 20
    events = (Activation, *FOLLOWED)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.atlas = Atlas(desk.theme)
        self.sequence = Heatmap(desk.theme, "step", "feature")
        self.columns = Columns(desk.theme)
        self.bars = NamedBars(desk.theme)
        self.views = QStackedWidget()
        for view in (self.atlas, self.sequence, self.columns, self.bars):
            self.views.addWidget(view)
            view.setAccessibleName(self.title)
        self.frame = Frame(self.views)
        self.frame.setParent(self)
        self.own_scales = QCheckBox("Scale each map by itself")
        self.own_scales.setToolTip(
            "On: each map uses all colours, and faint maps can be seen.\n"
            "Off: equal colours are equal numbers in all maps."
        )
        self.own_scales.toggled.connect(self._show)
        self.take_away = TakeAway(self.views, self.numbers, self.frame.caption.text)
        self.frame.controls.addWidget(self.own_scales)
        self.frame.controls.addWidget(self.take_away)
        self.fill(self.frame)
        self.atlas.pointed.connect(self._tell_pixel)
        self.sequence.pointed.connect(self._tell_step)
        self.columns.pointed.connect(self._tell_feature)
        self.retarget()

    def choose(self, plan: Plan) -> tuple[str | None, str]:
        """The selected block; for the Output, the block whose logits it takes."""
        selected = self.desk.selection.one
        if selected is None or selected not in plan.document.nodes:
            return None, "Select a block on the canvas to see what it gives out."
        role = plan.document.nodes[selected].block.role
        node = plan.result[0] if role == "output" and plan.result else selected
        return node, self.waiting_for(node, plan)

    def take(self, event: Event) -> None:
        """Show the activation of the node that is meant."""
        if not isinstance(event, Activation):
            super().take(event)
        elif self.mine(event):
            self.shown = event
            self._show()

    def numbers(self) -> Numbers | None:
        """The activation as it came."""
        if self.shown is None:
            return None
        return Numbers(AXES[self.shown.values.ndim], {"value": self.shown.values})

    # --- showing -----------------------------------------------------------------------------

    def _show(self) -> None:
        if self.shown is None:
            return
        values = self.shown.values
        show = {3: self._show_maps, 2: self._show_sequence, 1: self._show_vector}[values.ndim]
        what = show(values)
        low, high = extremes(values)
        caption = f"{self.shown.node}  ·  {what}  ·  min {number(low)}, max {number(high)}"
        self.frame.show_content(f"{caption}  ·  {at_step(self.shown.step)}")
        self.own_scales.setVisible(values.ndim == 3)
        self.take_away.file_stem = f"{self.shown.node}-step{self.shown.step}"
        self.views.setAccessibleDescription(caption)

    def _show_maps(self, values: Array) -> str:
        self.views.setCurrentWidget(self.atlas)
        maps, rows, columns = values.shape
        shown = values[:MOST_MAPS]
        own = self.own_scales.isChecked()
        scales = [Scale.of(each, self._quantity()) for each in (shown if own else [values])]
        self.atlas.show_values(shown, scales)
        count = f"first {MOST_MAPS:,} of {maps:,}" if maps > MOST_MAPS else f"{maps:,}"
        return f"{count} map{'s' * (maps > 1)} of {rows} x {columns}"

    def _show_sequence(self, values: Array) -> str:
        self.views.setCurrentWidget(self.sequence)
        self.sequence.show_map(values, Scale.of(values, self._quantity()))
        return f"{values.shape[0]:,} steps of {values.shape[1]:,} features"

    def _show_vector(self, values: Array) -> str:
        classes = self._class_names(len(values))
        if classes is None:
            self.views.setCurrentWidget(self.columns)
            self.columns.show_values(values)
            return f"{len(values):,} features"
        self.views.setCurrentWidget(self.bars)
        self.bars.show_values(classes, values)
        return f"{len(values):,} logits"

    def _quantity(self) -> Quantity:
        """What the network is given is grey; what it makes of it is signed, as on the canvas."""
        node = self.desk.store.document.nodes.get(self.node or "")
        return "given" if node is not None and node.block.role == "input" else "signed"

    def _class_names(self, count: int) -> tuple[str, ...] | None:
        plan = self.desk.store.plan
        if plan.result is None or plan.dataset is None or self.node != plan.result[0]:
            return None
        return plan.dataset.classes if len(plan.dataset.classes) == count else None

    # --- read-outs ---------------------------------------------------------------------------

    def _tell(self, where: str, value: float) -> None:
        self.frame.tell(f"{where}: {number(value)}")

    def _tell_pixel(self, cell: Cell | None) -> None:
        if cell is None:
            return self.frame.tell("")
        value = float(self.atlas.values[cell])
        return self._tell(f"map {cell[0]}, row {cell[1]}, column {cell[2]}", value)

    def _tell_step(self, cell: Cell | None) -> None:
        if cell is None:
            return self.frame.tell("")
        value = float(self.sequence.values[cell])
        return self._tell(f"step {cell[1]}, feature {cell[2]}", value)

    def _tell_feature(self, index: int | None) -> None:
        if index is None:
            return self.frame.tell("")
        return self._tell(f"feature {index}", float(self.columns.values[index]))
