"""Curves of several runs over each other; runs that differ by their seed alone as mean and band."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QColor

from explorer.records.compare import Curve, band, by_seed, differences
from explorer.records.record import Band, RunCurves, RunRecord
from explorer.records.smoothing import smoothed
from explorer.ui.kit.plot import DASHES, Plot, line
from explorer.ui.kit.theme import Colours, Theme

LOSS, HELD_LOSS, HELD_ACCURACY, TEST_ACCURACY = (
    "Training loss",
    "Test loss, some samples",
    "Test accuracy, some samples",
    "Test accuracy",
)
METRICS: Mapping[str, str] = {
    LOSS: "loss",
    HELD_LOSS: "loss",
    HELD_ACCURACY: "accuracy (%)",
    TEST_ACCURACY: "accuracy (%)",
}
WINDOW = 20  # steps that the training loss is smoothed over
BAND_ALPHA = 0.2
UNTOLD = ("training.seed", "device")  # what differs and says nothing of the network
MOST_TOLD = 2  # settings that a legend has room for


@dataclass(frozen=True, slots=True)
class Drawn:
    """One line of the plot, with a band where it stands for several runs."""

    name: str
    steps: Any
    values: Any
    band: Band | None = None


class ComparePlot(Plot):
    """Draws what `lines_of` makes of some runs."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "step", METRICS[LOSS])
        self.drawn: list[Drawn] = []
        self._bands: list[Any] = []
        self.setAccessibleName("Curves of the selected runs")

    def show_lines(self, lines: Sequence[Drawn], metric: str) -> None:
        """These and no others."""
        for item in [*self.curves.values(), *self._bands]:
            self.removeItem(item)
        self.curves.clear()
        self._looks.clear()
        self.labels["left"] = METRICS[metric]
        self.drawn = list(lines)
        self._bands = []
        colours, styles = len(self.theme.colours.series), list(DASHES)
        for place, each in enumerate(lines):
            look = line(place % colours, 2, styles[place // colours % len(styles)])
            self.add_curve(each.name, look).setData(each.steps, each.values)
            if len(each.steps) == 1:  # one epoch is a point
                self.curves[each.name].setSymbol("o")
            if each.band is not None:
                self._add_band(each.band, place % colours)
        low = metric in (HELD_ACCURACY, TEST_ACCURACY)  # where accuracies leave room
        corner, y = ((1, 1), -40) if low else ((1, 0), 4)
        self.legend.anchor(corner, corner, (-8, y))
        self.dress()
        self.show_all()

    def _add_band(self, of: Band, series: int) -> None:
        edges = [pg.PlotDataItem(of.steps, values) for values in (of.low, of.high)]
        filling = pg.FillBetweenItem(*edges)
        filling.setZValue(-10)
        self.addItem(filling)
        self._bands.append(filling)

        def look(colours: Colours) -> dict[str, Any]:
            colour = QColor(colours.series[series])
            colour.setAlphaF(BAND_ALPHA)
            return {"Brush": pg.mkBrush(colour)}

        self._looks.append((filling, look))


def curve_of(curves: RunCurves, metric: str) -> Curve:
    """Steps and values of a metric; accuracies in per cent."""
    if metric == LOSS:
        told = curves.losses
        return told.steps, smoothed(told.losses, WINDOW).astype(np.float32)
    if metric == TEST_ACCURACY:
        found = [(each.step, 100 * each.test_accuracy) for each in curves.epochs]
    elif metric == HELD_ACCURACY:
        found = [(each.step, 100 * each.accuracy) for each in curves.held_out]
    else:
        found = [(each.step, each.loss) for each in curves.held_out]
    steps = np.array([step for step, _ in found], np.int64)
    return steps, np.array([value for _, value in found], np.float32)


def lines_of(
    records: Sequence[RunRecord], curves: Mapping[int, RunCurves], metric: str
) -> list[Drawn]:
    """A line for each run, named by what it does differently, or for all those whose documents
    differ by their seed alone, with mean and spread of their last value.
    """
    shown = [record for record in records if record.id in curves]
    names = told_apart(shown)
    lines = []
    for group in by_seed(shown):
        found = {each.id: curve_of(curves[each.id], metric) for each in group}
        if len(group) > 1:
            mean = band(found.values())
            numbers = ", ".join(str(each.id) for each in sorted(group, key=lambda r: r.id))
            words = f"{names[group[0].id]}, {len(group)} seeds (runs {numbers}){_spread(mean)}"
            lines.append(Drawn(words, mean.steps, mean.mean, mean))
        else:
            lines += [Drawn(f"{each.id} {names[each.id]}", *found[each.id]) for each in group]
    return lines


def told_apart(records: Sequence[RunRecord]) -> dict[int, str]:
    """A name for each run: "rate 0.07, batch 64" where settings differ, else its title."""
    differing = differences(records)
    told = {
        name.removeprefix("training.").replace("_", " ").replace(".", " "): values
        for name, values in differing.items()
        if name not in UNTOLD and name.count(".") <= 1
    }
    one_title = len({record.title for record in records}) == 1
    names = {}
    for place, record in enumerate(records):
        words = [f"{name} {told[name][place]}" for name in list(told)[:MOST_TOLD]]
        own = ", ".join(word for word in words if not word.endswith(" "))
        names[record.id] = own if own and one_title else f"{record.title} {own}".strip()
    return names


def _spread(of: Band) -> str:
    if not len(of.steps):
        return ""
    mean, low, high = (float(each[-1]) for each in (of.mean, of.low, of.high))
    return f": {mean:.4g} ({low:.4g} to {high:.4g})"
