"""What an LSTM remembers and forgets: states and gates over the steps of the present sample."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QSplitter, QVBoxLayout, QWidget

from explorer.plan.amounts import at_step
from explorer.protocol.events import Event, Floats, Hidden
from explorer.ui.kit.colour_maps import Scale, extremes, number
from explorer.ui.kit.frame import Frame
from explorer.ui.kit.heatmap import Heatmap
from explorer.ui.kit.map_view import Cell
from explorer.ui.kit.take_away import Numbers, TakeAway
from explorer.ui.panels.inside.node_panel import FOLLOWED, NodePanel
from explorer.ui.panels.panel import Desk

if TYPE_CHECKING:
    from explorer.ui.kit.plot import Plot

GATES = {"input": "input gate i", "forget": "forget gate f", "output": "output gate o"}
WORDS = {"hidden": "hidden state h", "state": "cell state c", **GATES, "cell": "candidate g"}
STYLES = {"input": (2, "solid"), "forget": (1, "dash"), "output": (3, "dot")}


class GatesPanel(NodePanel[Hidden]):
    """One array as units over steps, chosen from a list; the mean of each gate beside it."""

    name = "gatesPanel"
    title = "Gates"
    order = 50
    events = (Hidden, *FOLLOWED)
    kinds = frozenset({"lstm", "gru", "rnn"})
    what = "states"
    nothing = "This network has no recurrent layer. States and gates of an LSTM are shown here."

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.means: Plot | None = None
        self.map = Heatmap(desk.theme, "unit", "step")
        self.map.setAccessibleName(self.title)
        self.beside = QWidget()
        QVBoxLayout(self.beside).setContentsMargins(0, 0, 0, 0)
        self.beside.setMinimumWidth(220)
        self.split = QSplitter(Qt.Orientation.Horizontal)
        for widget, share in ((self.map, 3), (self.beside, 2)):
            self.split.addWidget(widget)
            self.split.setStretchFactor(self.split.count() - 1, share)
            self.split.setCollapsible(self.split.count() - 1, False)
        self.split.setSizes([600, 400])
        self.frame = Frame(self.split)
        self.chooser = QComboBox()
        self.chooser.setAccessibleName("What to show")
        self.chooser.currentIndexChanged.connect(self._show)
        label = QLabel("S&how")
        label.setBuddy(self.chooser)
        self.take_away = TakeAway(self.split, self.numbers, self.frame.caption.text)
        for widget in (label, self.chooser, self.take_away):
            self.frame.controls.addWidget(widget)
        self.fill(self.frame)
        self.map.pointed.connect(self._tell)
        self.retarget()

    def catch_up(self) -> None:
        """The plot of the means is made when somebody looks."""
        self._show()

    def take(self, event: Event) -> None:
        """Show the states of the node that is meant."""
        if not isinstance(event, Hidden):
            super().take(event)
        elif self.mine(event):
            self.shown = event
            self._offer()
            self._show()

    def arrays(self) -> dict[str, Floats]:
        """What can be shown, by the event's names, each (T, H)."""
        if self.shown is None:
            return {}
        found = {"hidden": self.shown.hidden, **self.shown.gates}
        return {name: found[name] for name in (*WORDS, *found) if name in found}

    def numbers(self) -> Numbers | None:
        """States and gates side by side."""
        found = self.arrays()
        return Numbers(("step", "unit"), found) if found else None

    def _offer(self) -> None:
        names = list(self.arrays())
        if [self.chooser.itemData(k) for k in range(self.chooser.count())] == names:
            return
        chosen = self.chooser.currentData()
        self.chooser.blockSignals(True)  # filling a list is not choosing from it
        self.chooser.clear()
        for name in names:
            self.chooser.addItem(WORDS.get(name, name), name)
        self.chooser.setCurrentIndex(max(self.chooser.findData(chosen), 0))
        self.chooser.blockSignals(False)

    def _show(self) -> None:
        name = self.chooser.currentData()
        if self.shown is None or name not in self.arrays():
            return
        values = self.arrays()[name]
        scale = Scale(0.0, 1.0, "amount") if name in GATES else Scale.of(values, "signed")
        self.map.show_map(np.ascontiguousarray(values.T), scale)
        low, high = extremes(values)
        caption = f"{self.shown.node}  ·  {WORDS.get(name, name)}: {values.shape[0]} steps \u00d7 "
        caption += f"{values.shape[1]} units  ·  min {number(low)}, max {number(high)}"
        self.frame.show_content(f"{caption}  ·  {at_step(self.shown.step)}")
        self.map.setAccessibleDescription(caption)
        self.take_away.file_stem = f"{self.shown.node}-states-step{self.shown.step}"
        self._show_means()

    def _show_means(self) -> None:
        found = self.arrays()
        gates = {name: found[name].mean(axis=1) for name in GATES if name in found}
        self.beside.setVisible(bool(gates))
        if not gates or not self.seen:
            return
        if self.means is None:
            self.means = self._make_plot()
        for name, curve in zip(GATES, self.means.curves.values(), strict=True):
            mean = gates.get(name, np.empty(0))
            curve.setData(np.arange(len(mean)), mean)

    def _make_plot(self) -> Plot:
        from explorer.ui.kit import plot

        made = plot.Plot(self.desk.theme, "step of the sequence", "mean over units")
        for name, (series, style) in STYLES.items():
            made.add_curve(WORDS[name].replace(" gate", ""), plot.line(series, 2, style))
        made.legend.setColumnCount(len(STYLES))
        made.setYRange(0, 1.2)  # the legend stands above 1
        made.pointed = self._tell_means
        layout = self.beside.layout()
        if layout is not None:
            layout.addWidget(made)
        return made

    def _tell(self, cell: Cell | None) -> None:
        if cell is None:
            return self.frame.tell("")
        _, unit, step = cell
        told = [
            f"{WORDS.get(name, name).split()[-1]} {float(values[step, unit]):.3f}"
            for name, values in self.arrays().items()
        ]
        return self.frame.tell(f"step {step}, unit {unit}: {',  '.join(told)}")

    def _tell_means(self, x: float | None) -> None:
        found = self.arrays()
        if x is None or not found:
            return self.frame.tell("")
        step = int(np.clip(round(x), 0, len(found["hidden"]) - 1))
        told = [f"{WORDS[n]} {found[n][step].mean():.3f}" for n in GATES if n in found]
        return self.frame.tell(f"step {step}, mean of all units: {',  '.join(told)}")
