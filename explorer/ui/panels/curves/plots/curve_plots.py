"""Loss and accuracy of a run side by side under one legend; imported with the first plot."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from explorer.protocol.events import Event, Floats, SettingChanged
from explorer.protocol.run_log import RunLog
from explorer.records.smoothing import smoothed
from explorer.ui.kit import plot
from explorer.ui.kit.legend_row import Key, LegendRow
from explorer.ui.kit.plot import Plot, roomy
from explorer.ui.kit.theme import Theme

RAW, MEAN, HELD, EPOCH = (
    "training, each step",
    "training, smoothed",
    "some test samples",
    "all test samples",
)
KEYS = (
    Key(RAW, 0, 1, alpha=0.45),
    Key(MEAN, 0, 2.5),
    Key(HELD, 1, 1.6, Qt.PenStyle.DashLine, symbol="o"),
    Key(EPOCH, 2, 1.6, Qt.PenStyle.DotLine, symbol="d"),
)
NEAR_CHANGES = 40  # changes of one setting nearer than this part of the run are one
MOST_CHANGES = 12
FIRST_STEPS = 10  # of the axis, at the first step
SETTLED = 4  # the accuracy's axis, zoomed, shows what came after this part of the run


class CurvePlots(QWidget):
    """Raw curve thin and faint, its course thick, held-out values as dashed lines with points."""

    def __init__(self, theme: Theme, text_scale: float = 1.0, pen_scale: float = 1.0) -> None:
        super().__init__()
        self._pen_scale = pen_scale
        self.loss = Plot(theme, "step", "loss", text_scale=text_scale)
        self.accuracy = Plot(theme, "step", "accuracy (%)", text_scale=text_scale)
        self.legend = LegendRow(theme, KEYS)
        self.pointed: Callable[[float | None], None] = lambda x: None
        self._points: tuple[Event, ...] = ()
        self._zoomed = self._first = False
        self.row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.legend)
        column.addLayout(self.row, 1)
        for each in self.both:
            self._furnish(each)
        self.accuracy.setXLink(self.loss)
        self.loss.getPlotItem().vb.setLimits(xMin=-1e4, xMax=1e9)

    @property
    def both(self) -> tuple[Plot, Plot]:
        """Loss, accuracy."""
        return self.loss, self.accuracy

    def _furnish(self, each: Plot) -> None:
        each.legend.setVisible(False)  # one row above serves both
        wide = self._pen_scale
        raw = each.add_curve(RAW, plot.line(0, wide, alpha=0.35))
        raw.setDownsampling(auto=True, method="peak")
        mean = each.add_curve(MEAN, plot.line(0, 2.5 * wide))
        mean.setDownsampling(auto=True, method="subsample")
        each.add_curve(HELD, plot.points(1, "o", 6 * wide, "dash", 1.6 * wide))
        each.add_curve(EPOCH, plot.points(2, "d", 9 * wide, "dot", 1.6 * wide))
        each.pointed = lambda x: self.pointed(x)
        self.row.addWidget(each, 1)

    def stack(self, stacked: bool) -> None:
        """One above the other, or side by side."""
        direction = QBoxLayout.Direction
        self.row.setDirection(direction.TopToBottom if stacked else direction.LeftToRight)

    def point(self, x: float | None) -> None:
        """The vertical line, in both."""
        for each in self.both:
            each.point(x)

    def use_log(self, on: bool) -> None:
        """The loss on a logarithmic axis."""
        self.loss.setLogMode(y=on)
        self.loss.show_all()

    def use_zoom(self, on: bool) -> None:
        """The accuracy's axis from what it had reached after a quarter of the run."""
        self._zoomed = on
        self.accuracy.show_all()

    # --- showing

    def show_log(self, log: RunLog, window: int) -> None:
        """All that the log holds."""
        steps, losses, accuracies = log.training()
        last = int(steps[-1]) if len(steps) else 0
        for each, values in ((self.loss, losses), (self.accuracy, 100 * accuracies)):
            each.curves[RAW].setData(steps, values)
            each.curves[MEAN].setData(steps, smoothed(values, window))
            each.mark(epoch_marks(log, last, each is self.loss), changes(log, last))
        self._show_points(log)
        self._begin(losses)
        for each in self.both:
            each.settle()
        if self._zoomed:
            self._zoom(last)

    def _begin(self, losses: Floats) -> None:
        """Before the second step there is nothing that an axis could follow."""
        first = len(losses) == 1 and bool(np.isfinite(losses[0]))
        if first:
            self.loss.setXRange(0, FIRST_STEPS, padding=0)
            self.loss.setYRange(0, 2 * max(float(losses[0]), 0.01), padding=0)
            self.accuracy.setYRange(0, 100, padding=0)
        elif self._first:
            self.loss.show_all()
            self.accuracy.show_all()
        self._first = first

    def _show_points(self, log: RunLog) -> None:
        """What was measured on other samples, where that has changed: it seldom does."""
        held, epochs = log.held_out, log.epochs
        last = (*held[-1:], *epochs[-1:])  # the log appends, or begins anew
        if held and _same(last, self._points):
            return
        self._points = last
        at = [event.step for event in held]
        self.loss.curves[HELD].setData(at, [event.loss for event in held])
        self.accuracy.curves[HELD].setData(at, [100 * event.accuracy for event in held])
        at = [event.step for event in epochs]
        self.loss.curves[EPOCH].setData(at, [event.test_loss for event in epochs])
        self.accuracy.curves[EPOCH].setData(at, [100 * event.test_accuracy for event in epochs])

    def _zoom(self, last: int) -> None:
        late = []
        for name in (MEAN, HELD, EPOCH):
            x, y = self.accuracy.curves[name].getOriginalDataset()
            if x is not None and len(x):
                values = np.asarray(y, float)[np.asarray(x) >= last / SETTLED]
                late.append(values[np.isfinite(values)])
        found = np.concatenate(late) if late else np.empty(0)
        if len(found):
            low, high = roomy(float(found.min()), float(found.max()))
            self.accuracy.setYRange(max(low, 0.0), min(high, 100.0), padding=0.02)


def epoch_marks(log: RunLog, last: int, named: bool) -> list[tuple[float, str]]:
    """Where epochs ended, at most ten."""
    per_epoch = max(log.steps_per_epoch, 1)
    done = last // per_epoch
    every = max(1, math.ceil(done / 10))
    return [
        (float(k * per_epoch), f"epoch {k}" if named else "") for k in range(every, done + 1, every)
    ]


def changes(log: RunLog, last: int) -> list[tuple[float, str]]:
    """Settings that were changed; of a slider's way only where it came to rest."""
    told: list[SettingChanged] = []
    for change in log.changes:
        before = told[-1] if told else None
        near = before is not None and change.step - before.step <= last / NEAR_CHANGES
        if near and before is not None and before.name == change.name:
            told.pop()
        told.append(change)
    return [(float(each.step), _words_of(each)) for each in told[-MOST_CHANGES:]]


def _words_of(change: SettingChanged) -> str:
    return f"{change.name.replace('_', ' ').replace('.', ' ')} {change.value:g}"


def _same(one: Sequence[Event], other: Sequence[Event]) -> bool:
    return len(one) == len(other) and all(a is b for a, b in zip(one, other, strict=True))
