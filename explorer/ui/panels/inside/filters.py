"""The kernels of a convolution, as they are learned."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel

from explorer.plan.amounts import at_step
from explorer.protocol.events import Event, Kernels
from explorer.ui.kit.atlas import Atlas
from explorer.ui.kit.colour_maps import Scale, extremes, number
from explorer.ui.kit.frame import Frame
from explorer.ui.kit.map_view import Cell
from explorer.ui.kit.numbers import Whole
from explorer.ui.kit.take_away import Numbers, TakeAway
from explorer.ui.panels.inside.node_panel import FOLLOWED, NodePanel
from explorer.ui.panels.panel import Desk


class FiltersPanel(NodePanel[Kernels]):
    """One kernel a map that goes out, for a chosen channel that comes in; one scale for all."""

    name = "filtersPanel"
    title = "Filters"
    order = 30
    events = (Kernels, *FOLLOWED)
    kinds = frozenset({"conv2d", "patch_embedding"})
    inside = frozenset({"conv1d", "conv_transpose2d", "depthwise_separable_conv2d"})
    what = "kernels"
    nothing = "This network has no convolution. The kernels of a Conv2d are shown here."

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.atlas = Atlas(desk.theme, "kernel")
        self.atlas.setAccessibleName(self.title)
        self.frame = Frame(self.atlas)
        self.channel_label = QLabel("Input &channel")
        self.channel = Whole()
        self.channel.setAccessibleName("Input channel")
        self.channel.setToolTip("Each kernel has a layer for every channel that comes in")
        self.channel_label.setBuddy(self.channel)
        self.channel.valueChanged.connect(self._show)
        self.take_away = TakeAway(self.atlas, self.numbers, self.frame.caption.text)
        for widget in (self.channel_label, self.channel, self.take_away):
            self.frame.controls.addWidget(widget)
        self.fill(self.frame)
        self.atlas.pointed.connect(self._tell)
        self.retarget()

    def take(self, event: Event) -> None:
        """Show the kernels of the node that is meant."""
        if not isinstance(event, Kernels):
            super().take(event)
        elif self.mine(event):
            self.shown = event
            self.channel.setRange(0, event.weights.shape[1] - 1)
            self._show()

    def numbers(self) -> Numbers | None:
        """All weights, of all channels."""
        if self.shown is None:
            return None
        return Numbers(("kernel", "channel", "row", "column"), {"weight": self.shown.weights})

    def _show(self) -> None:
        if self.shown is None:
            return
        weights = self.shown.weights
        kernels, channels, rows, columns = weights.shape
        self.atlas.show_values(weights[:, self.channel.value()], [Scale.of(weights, "signed")])
        for widget in (self.channel_label, self.channel):
            widget.setVisible(channels > 1)
        low, high = extremes(weights)
        each = f"{rows} x {columns}" if channels == 1 else f"{channels} x {rows} x {columns}"
        caption = f"{self.shown.node}  ·  {kernels} kernels of {each}"
        caption += f"  ·  min {number(low)}, max {number(high)}"
        self.frame.show_content(f"{caption}  ·  {at_step(self.shown.step)}")
        self.atlas.setAccessibleDescription(caption)
        self.take_away.file_stem = f"{self.shown.node}-kernels-step{self.shown.step}"

    def _tell(self, cell: Cell | None) -> None:
        if cell is None or self.shown is None:
            return self.frame.tell("")
        kernel, row, column = cell
        channel = f", channel {self.channel.value()}" if self.shown.weights.shape[1] > 1 else ""
        text = f"kernel {kernel}{channel}, row {row}, column {column}: "
        text += number(float(self.atlas.values[cell]))
        if self.shown.bias is not None:
            text += f"   (bias {number(float(self.shown.bias[kernel]))})"
        return self.frame.tell(text)
