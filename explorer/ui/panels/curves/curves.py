"""Loss and accuracy of the present run, for training and test samples."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QFont, QResizeEvent
from PySide6.QtWidgets import QCheckBox, QLabel, QSlider, QVBoxLayout, QWidget

from explorer.plan.amounts import percent
from explorer.protocol.events import (
    EpochDone,
    Event,
    HeldOut,
    Losses,
    SettingChanged,
    Started,
    Status,
)
from explorer.records.smoothing import smoothed
from explorer.ui.kit.colour_maps import number
from explorer.ui.kit.frame import Frame
from explorer.ui.kit.guard import guarded
from explorer.ui.kit.take_away import Numbers, TakeAway
from explorer.ui.panels.panel import Desk, Panel

if TYPE_CHECKING:
    from explorer.ui.kit.plot import Plot
    from explorer.ui.panels.curves.plots.curve_plots import CurvePlots

INTERVAL_MS = 400  # between two repaints while a run goes on: each takes the engine some 20 ms
LONGEST_MS = 500
SHARE = 20  # of the time, one part in so many goes into preparing curves
BUILD_AFTER_MS = 150  # after the first paint: importing pyqtgraph takes 300 ms
WINDOWS = (1, 2, 5, 10, 20, 50, 100, 200, 500)  # steps that are averaged
NARROW = 620  # below this width the plots stand on top of each other
LOOKS = (
    "Thin: training, each step. Thick: its course. Dashed with circles: some of the test samples. "
    "Dotted with diamonds: all test samples."
)
EMPTY = "No run yet. Press Train (or Space): loss and accuracy appear here, step by step."
# Of the picture that is taken away: it fills a slide, and can be read from the last row.
SLIDE, SLIDE_TEXT, SLIDE_PEN = QSize(1280, 640), 1.5, 2.0


class CurvesPanel(Panel):
    """Curves of the present run, their smoothing and axes, and what they say under the pointer."""

    name = "curvesPanel"
    title = "Curves"
    group = "Train"
    order = 10
    events = (Started, Losses, HeldOut, EpochDone, SettingChanged, Status)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.plots: CurvePlots | None = None
        self.body = QWidget()
        self.body.setMinimumSize(200, 90)
        self.frame = Frame(self.body)
        self.smoothing = QSlider(Qt.Orientation.Horizontal)
        self.smoothing_label = QLabel()
        self.log_loss = QCheckBox("Log &loss")
        self.zoom = QCheckBox("&Zoom accuracy")
        self.take_away = TakeAway(self.body, self.numbers, self.frame.caption.text, self.slide)
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
        self.smoothing.setFixedWidth(90)
        self.smoothing.setAccessibleName("Smoothing: steps that are averaged")
        self.smoothing.setToolTip(
            "The thick curve is a straight line through so many steps around each place"
        )
        self.smoothing.valueChanged.connect(self.refresh)
        self.log_loss.setToolTip("Equal distances are equal ratios: small losses can be told apart")
        self.log_loss.toggled.connect(self._set_log)
        self.zoom.setToolTip("The axis begins at what was reached after a quarter of the run")
        self.zoom.toggled.connect(self._set_zoom)
        controls = (self.smoothing_label, self.smoothing, self.log_loss, self.zoom, self.take_away)
        for widget in controls:
            self.frame.controls.addWidget(widget)
        self.desk.theme.changed.connect(self._fit_label)
        self._fit_label()

    def _fit_label(self) -> None:
        """Its words change with the slider: nothing beside it shall move."""
        width = self.smoothing_label.fontMetrics().horizontalAdvance("Smoothing: 500 steps")
        self.smoothing_label.setMinimumWidth(width)

    @property
    def window_steps(self) -> int:
        """How many steps the thick curve averages."""
        return WINDOWS[self.smoothing.value()]

    def take(self, event: Event) -> None:
        """The log has it already; show it soon, ten times a second at most."""
        if self.seen and not self._timer.isActive():
            self._timer.start()

    @property
    def loss(self) -> Plot | None:
        """None until somebody looks."""
        return self.plots.loss if self.plots is not None else None

    @property
    def accuracy(self) -> Plot | None:
        """None until somebody looks."""
        return self.plots.accuracy if self.plots is not None else None

    def build(self) -> None:
        """Make the plots, once."""
        if self.plots is not None:
            return
        from explorer.ui.panels.curves.plots.curve_plots import CurvePlots

        self.plots = CurvePlots(self.desk.theme)
        self.plots.pointed = self._tell
        for each in self.plots.both:
            each.setToolTip(f"{LOOKS}\n{each.toolTip()}")
        layout = QVBoxLayout(self.body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.plots)
        self._set_axes(self.plots)
        self._fold()

    def slide(self) -> QWidget:
        """The same as it is taken away: of a slide's size and letters, whatever the panel's is."""
        from explorer.ui.panels.curves.plots.curve_plots import CurvePlots

        plots = CurvePlots(self.desk.theme, SLIDE_TEXT, SLIDE_PEN)
        plots.setFont(_larger(self.font(), SLIDE_TEXT))
        plots.resize(SLIDE)
        self._set_axes(plots)
        plots.ensurePolished()
        plots.grab()  # lays it out, as showing it would
        plots.show_log(self.desk.log, self.window_steps)
        return plots

    def _set_axes(self, plots: CurvePlots) -> None:
        plots.use_log(self.log_loss.isChecked())
        plots.use_zoom(self.zoom.isChecked())

    # --- showing -----------------------------------------------------------------------------

    def refresh(self) -> None:
        """Show what the log holds now; where that takes long, less often."""
        began, first = time.perf_counter(), self.loss is None
        self._show()
        taken_ms = 0.0 if first else 1000 * (time.perf_counter() - began)
        self._timer.setInterval(min(max(INTERVAL_MS, round(SHARE * taken_ms)), LONGEST_MS))

    def _show(self) -> None:
        log, window = self.desk.log, self.window_steps
        words = "Each step" if window == 1 else f"Smoothing: {window} steps"
        self.smoothing_label.setText(words)
        if not len(log.training()[0]) and not log.held_out:
            self.frame.say(EMPTY)
            return
        self.build()
        if self.plots is None:
            return
        self.plots.show_log(log, window)
        self.frame.show_content(self._caption())
        self.take_away.file_stem = f"curves-run{log.run}"

    def _caption(self) -> str:
        log = self.desk.log
        text = f"Run {log.run}"
        if log.epochs:
            last = log.epochs[-1]
            text += f"  ·  {percent(last.test_accuracy, 2)} test  ·  epoch {last.epoch}"
        elif log.held_out:
            last_held = log.held_out[-1]
            text += f"  ·  {percent(last_held.accuracy)} on {last_held.samples:,} test samples"
            text += f" (step {last_held.step:,})"
        return text

    def _set_log(self, on: bool) -> None:
        if self.plots is not None:
            self.plots.use_log(on)

    def _set_zoom(self, on: bool) -> None:
        if self.plots is not None:
            self.plots.use_zoom(on)
            self.refresh()

    # --- reading and taking away -------------------------------------------------------------

    def _tell(self, x: float | None) -> None:
        if self.plots is not None:
            self.plots.point(x)
        self.frame.tell("" if x is None else self.text_at(x))

    def text_at(self, x: float) -> str:
        """What the curves say at the step next to x."""
        log = self.desk.log
        steps, losses, accuracies = log.training()
        if not len(steps):
            return ""
        k = int(np.argmin(np.abs(steps - x)))
        near = slice(max(0, k - self.window_steps), k + self.window_steps + 1)
        mean = smoothed(losses[near], self.window_steps)[k - near.start]
        text = f"step {steps[k]:,}: loss {number(float(losses[k]))}"
        text += f" (smoothed {number(float(mean))}), accuracy {percent(float(accuracies[k]))}"
        before = [event for event in log.held_out if event.step <= steps[k]]
        if before:
            last = before[-1]
            text += f"; test, step {last.step:,}: {number(last.loss)}, {percent(last.accuracy)}"
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
        self._fold()

    def _fold(self) -> None:
        if self.plots is not None:
            self.plots.stack(self.width() < NARROW and self.height() > 260)


def _larger(font: QFont, times: float) -> QFont:
    made = QFont(font)
    made.setPointSizeF(font.pointSizeF() * times)
    return made
