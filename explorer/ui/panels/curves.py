"""Loss and accuracy of the present run, for training and held-out samples."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QCheckBox, QLabel, QSlider, QWidget

from explorer.plan.amounts import percent
from explorer.protocol.events import EpochDone, Event, HeldOut, Losses, SettingChanged, Started
from explorer.records.smoothing import running_mean
from explorer.ui.colour_maps import number
from explorer.ui.guard import guarded
from explorer.ui.panels.panel import Desk, Panel
from explorer.ui.panels.parts.frame import Frame
from explorer.ui.panels.parts.take_away import Numbers, TakeAway

if TYPE_CHECKING:
    from explorer.ui.panels.parts.plot import Plot

INTERVAL_MS = 400  # between two repaints while a run goes on: each takes the engine some 20 ms
LONGEST_MS = 500
SHARE = 20  # of the time, one part in so many goes into preparing curves
BUILD_AFTER_MS = 150  # after the first paint: importing pyqtgraph takes 300 ms
WINDOWS = (1, 2, 5, 10, 20, 50, 100, 200, 500)  # steps that are averaged
LEGEND_FROM = 200  # height of the panel
NARROW = 620  # below this width the plots stand on top of each other
LOOKS = (
    "Thin: training, each step. Thick: its mean. Dashed with circles: held-out samples. "
    "Dotted with diamonds: all test samples."
)
EMPTY = "No run yet. Press Train (or Space): loss and accuracy appear here, step by step."
RAW, MEAN, HELD, EPOCH = "training, each step", "training, mean", "held-out", "all test samples"

NEAR_CHANGES = 40  # changes of one setting nearer than this part of the run are one
MOST_CHANGES = 12


class CurvesPanel(Panel):
    """Raw curve thin and faint, its mean thick, held-out values as dashed lines with points."""

    name = "curvesPanel"
    title = "Curves"
    group = "Train"
    order = 10
    events = (Started, Losses, HeldOut, EpochDone, SettingChanged)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.loss: Plot | None = None
        self.accuracy: Plot | None = None
        self._pointed: tuple[Event, ...] = ()
        self.body = QWidget()
        self.body.setMinimumSize(200, 90)
        self.plots = QBoxLayout(QBoxLayout.Direction.LeftToRight, self.body)
        self.plots.setContentsMargins(0, 0, 0, 0)
        self.frame = Frame(self.body)
        self.smoothing = QSlider(Qt.Orientation.Horizontal)
        self.smoothing_label = QLabel()
        self.log_loss = QCheckBox("Log &loss")
        self.take_away = TakeAway(self.body, self.numbers)
        self._add_controls()
        self.fill(self.frame)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self.refresh)
        self.frame.say(EMPTY)

    def _add_controls(self) -> None:
        self.smoothing.setRange(0, len(WINDOWS) - 1)
        self.smoothing.setValue(WINDOWS.index(20))
        self.smoothing.setMaximumWidth(110)
        self.smoothing.setAccessibleName("Smoothing: steps that are averaged")
        self.smoothing.setToolTip("The thick curve is the mean of so many steps")
        self.smoothing.valueChanged.connect(self.refresh)
        self.log_loss.setToolTip("Equal distances are equal ratios: small losses can be told apart")
        self.log_loss.toggled.connect(self._set_log)
        for widget in (self.smoothing_label, self.smoothing, self.log_loss, self.take_away):
            self.frame.controls.addWidget(widget)
        width = self.fontMetrics().horizontalAdvance("Mean of 500 steps")
        self.smoothing_label.setMinimumWidth(width)

    @property
    def window_steps(self) -> int:
        """How many steps the thick curve averages."""
        return WINDOWS[self.smoothing.value()]

    def take(self, event: Event) -> None:
        """The log has it already; show it soon, ten times a second at most."""
        if self.seen and not self._timer.isActive():
            self._timer.start()

    def build(self) -> None:
        """Make the plots, once."""
        if self.loss is not None:
            return
        from explorer.ui.panels.parts import plot

        self.loss = plot.Plot(self.desk.theme, "step", "loss (nats)")
        self.accuracy = plot.Plot(self.desk.theme, "step", "accuracy (%)", legend_y=-6)
        for each in (self.loss, self.accuracy):
            each.add_curve(RAW, plot.line(0, 1, alpha=0.35)).setDownsampling(
                auto=True, method="peak"
            )
            each.add_curve(MEAN, plot.line(0, 2.5)).setDownsampling(auto=True, method="subsample")
            each.add_curve(HELD, plot.points(1, "o", 6, "dash"))
            each.add_curve(EPOCH, plot.points(2, "d", 9, "dot"))
            each.pointed = self._tell
            each.setToolTip(f"{LOOKS}\n{each.toolTip()}")
            self.plots.addWidget(each, 1)
        self.accuracy.setXLink(self.loss)
        self.loss.legend.setVisible(False)  # the same as beside it, where there is room
        self.loss.getPlotItem().vb.setLimits(xMin=-1e4, xMax=1e9)
        self._set_log(self.log_loss.isChecked())
        self._show_legend()

    # --- showing -----------------------------------------------------------------------------

    def refresh(self) -> None:
        """Show what the log holds now; where that takes long, less often."""
        began, first = time.perf_counter(), self.loss is None
        self._show()
        taken_ms = 0.0 if first else 1000 * (time.perf_counter() - began)
        self._timer.setInterval(min(max(INTERVAL_MS, round(SHARE * taken_ms)), LONGEST_MS))

    def _show(self) -> None:
        log, window = self.desk.log, self.window_steps
        self.smoothing_label.setText("Each step" if window == 1 else f"Mean of {window} steps")
        steps, losses, accuracies = log.training()
        if not len(steps) and not log.held_out:
            self.frame.say(EMPTY)
            return
        self.build()
        if self.loss is None or self.accuracy is None:
            return
        for plot, values in ((self.loss, losses), (self.accuracy, 100 * accuracies)):
            plot.curves[RAW].setData(steps, values)
            plot.curves[MEAN].setData(steps, running_mean(values, window))
            last = int(steps[-1]) if len(steps) else 0
            plot.mark(self._epoch_marks(last, plot is self.loss), self._changes(last))
        self._show_points(self.loss, self.accuracy)
        self.loss.settle()
        self.accuracy.settle()
        self.frame.show_content(self._caption())
        self.take_away.file_stem = f"curves-run{log.run}"

    def _show_points(self, loss: Plot, accuracy: Plot) -> None:
        """What was measured on other samples, where that has changed: it seldom does."""
        held, epochs = self.desk.log.held_out, self.desk.log.epochs
        last = (*held[-1:], *epochs[-1:])  # the log appends, or begins anew
        if held and _same(last, self._pointed):
            return
        self._pointed = last
        at = [event.step for event in held]
        loss.curves[HELD].setData(at, [event.loss for event in held])
        accuracy.curves[HELD].setData(at, [100 * event.accuracy for event in held])
        at = [event.step for event in epochs]
        loss.curves[EPOCH].setData(at, [event.test_loss for event in epochs])
        accuracy.curves[EPOCH].setData(at, [100 * event.test_accuracy for event in epochs])

    def _epoch_marks(self, last: int, named: bool) -> list[tuple[float, str]]:
        per_epoch = max(self.desk.log.steps_per_epoch, 1)
        done = last // per_epoch
        every = max(1, math.ceil(done / 10))
        return [
            (float(k * per_epoch), f"epoch {k}" if named else "")
            for k in range(every, done + 1, every)
        ]

    def _changes(self, last: int) -> list[tuple[float, str]]:
        """Settings that were changed; of a slider's way only where it came to rest."""
        told: list[SettingChanged] = []
        for change in self.desk.log.changes:
            before = told[-1] if told else None
            near = before is not None and change.step - before.step <= last / NEAR_CHANGES
            if near and before is not None and before.name == change.name:
                told.pop()
            told.append(change)
        return [(float(each.step), _words_of(each)) for each in told[-MOST_CHANGES:]]

    def _caption(self) -> str:
        log = self.desk.log
        text = f"Run {log.run}"
        if log.epochs:
            last = log.epochs[-1]
            text += f"  ·  after epoch {last.epoch}: test accuracy {percent(last.test_accuracy, 2)}"
        elif log.held_out:
            last_held = log.held_out[-1]
            text += f"  ·  held-out accuracy {percent(last_held.accuracy)}"
            text += f" (step {last_held.step:,})"
        return text

    def _set_log(self, on: bool) -> None:
        if self.loss is not None:
            self.loss.setLogMode(y=on)
            self.loss.show_all()

    # --- reading and taking away -------------------------------------------------------------

    def _tell(self, x: float | None) -> None:
        for plot in (self.loss, self.accuracy):
            if plot is not None:
                plot.point(x)
        self.frame.tell("" if x is None else self.text_at(x))

    def text_at(self, x: float) -> str:
        """What the curves say at the step next to x."""
        log = self.desk.log
        steps, losses, accuracies = log.training()
        if not len(steps):
            return ""
        k = int(np.argmin(np.abs(steps - x)))
        mean = running_mean(losses[: k + 1], self.window_steps)[-1]
        text = f"step {steps[k]:,}: loss {number(float(losses[k]))}"
        text += f" (mean {number(float(mean))}), accuracy {percent(float(accuracies[k]))}"
        before = [event for event in log.held_out if event.step <= steps[k]]
        if before:
            last = before[-1]
            text += f"; held-out, step {last.step:,}: {number(last.loss)}, {percent(last.accuracy)}"
        return text

    def numbers(self) -> Numbers | None:
        """All steps, each with its own values; empty where nothing was measured."""
        log = self.desk.log
        steps, losses, accuracies = log.training()
        all_steps = np.union1d(
            steps, [*(e.step for e in log.held_out), *(e.step for e in log.epochs)]
        ).astype(int)
        if not len(all_steps):
            return None

        def spread(at: object, values: object) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
            column = np.full(len(all_steps), np.nan)
            column[np.searchsorted(all_steps, np.asarray(at, int))] = values
            return column

        held, held_at = log.held_out, [e.step for e in log.held_out]
        epochs, epochs_at = log.epochs, [e.step for e in log.epochs]
        return Numbers(
            (),
            {
                "step": all_steps,
                "training_loss": spread(steps, losses),
                "training_accuracy": spread(steps, accuracies),
                "held_out_loss": spread(held_at, [e.loss for e in held]),
                "held_out_accuracy": spread(held_at, [e.accuracy for e in held]),
                "test_loss": spread(epochs_at, [e.test_loss for e in epochs]),
                "test_accuracy": spread(epochs_at, [e.test_accuracy for e in epochs]),
            },
        )

    def sizeHint(self) -> QSize:
        """A low, wide dock."""
        return QSize(900, 230)

    def catch_up(self) -> None:
        """Show what was not seen; make the plots soon after the first paint."""
        QTimer.singleShot(BUILD_AFTER_MS, self, self.build)
        self.refresh()

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Side by side, or one above the other where it is narrow and high."""
        super().resizeEvent(event)
        stacked = self.width() < NARROW and self.height() > 260
        self.plots.setDirection(
            QBoxLayout.Direction.TopToBottom if stacked else QBoxLayout.Direction.LeftToRight
        )
        self._show_legend()

    def _show_legend(self) -> None:
        """Where it would cover the curves, the tooltip has to do."""
        if self.accuracy is not None:
            self.accuracy.legend.setVisible(self.height() >= LEGEND_FROM)


def _same(one: tuple[Event, ...], other: tuple[Event, ...]) -> bool:
    return len(one) == len(other) and all(a is b for a, b in zip(one, other, strict=True))


def _words_of(change: SettingChanged) -> str:
    return f"{change.name.replace('_', ' ').replace('.', ' ')} {change.value:g}"
