"""Sweeps: choose ranges, watch the trials, see which values did well."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSpinBox,
    QSplitter,
    QStackedWidget,
    QTabBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.graph.document import Document
from explorer.plan.plan import Plan
from explorer.plan.ranges import SweepError
from explorer.plan.sweep import MEASURES, METHODS, RISING, Measure, Method, Sweep, suggested
from explorer.plan.trials import Trial, best_of
from explorer.records import sweeps as recorded
from explorer.records.sweeps import SweepHead
from explorer.ui.guard import guarded
from explorer.ui.named import named
from explorer.ui.panels.panel import Desk, Panel
from explorer.ui.panels.parts.frame import Elided
from explorer.ui.panels.parts.parallel_axes import Thread, axis_of
from explorer.ui.panels.parts.parallel_plot import ParallelPlot
from explorer.ui.panels.parts.runs_table import local_time
from explorer.ui.panels.parts.sweep_ranges import ParameterBox, RangesTable, first_range
from explorer.ui.panels.parts.take_away import Numbers, TakeAway
from explorer.ui.panels.parts.trials_table import TITLES as SCORES
from explorer.ui.panels.parts.trials_table import TrialsTable
from explorer.ui.sweeps import described
from explorer.ui.timers import single_shot

SOON_MS = 120
TITLES: dict[Method, str] = {"random": "Random", "grid": "Grid", "tpe": "TPE"}
PAGES = ("Ranges", "Trials")
NEW = "New sweep"
NARROW = 620  # pixels: below, the ranges take the whole width
NOTHING = (
    "Choose what to vary and press Start.\nEach trial is a run of the document on the canvas, "
    "and will be a line here, across an axis for each parameter."
)
UNRECORDED = "Sweeps need recorded runs, which there are not here."
OPTIMISTIC = (
    "<p>What decides which trial is best, measured on the test samples after its last epoch. "
    "The best of many is a little too good to be true: it was chosen by these very samples.</p>"
)


class SweepPanel(Panel):
    """Ranges or trials on the left, parallel axes on the right."""

    name = "sweepPanel"
    title = "Sweep"
    order = 17

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.sweeps = desk.sweeps
        self.ranges = RangesTable(desk.theme, lambda: desk.store.document)
        self.parameter = ParameterBox(lambda: desk.store.document)
        self.table = TrialsTable(desk.theme)
        self.plot = ParallelPlot(desk.theme)
        self.status = Elided()
        self._heads: tuple[SweepHead, ...] = ()
        self._recorded: dict[str, tuple[Trial, ...]] = {}
        self._wanted_trials = 10
        self._soon = single_shot(self, SOON_MS)
        self._make_controls()
        self._build()
        self.ranges.add(first_range(desk.store.document))
        self._connect()
        self._check()
        self._show()

    # --- building

    def _make_controls(self) -> None:
        self.method = named(QComboBox(), "sweepMethod", "How values are searched")
        for method, words in METHODS.items():
            self.method.addItem(TITLES[method], method)
            place = self.method.count() - 1
            self.method.setItemData(place, words, Qt.ItemDataRole.ToolTipRole)
        self.trials = named(QSpinBox(), "sweepTrialCount", "Number of trials")
        self.trials.setRange(1, 1000)
        self.trials.setValue(self._wanted_trials)
        self.trials.setSuffix(" trials")
        self.epochs = named(QSpinBox(), "sweepEpochs", "Epochs of each trial")
        self.epochs.setRange(0, 1000)
        self.epochs.setSpecialValueText("epochs as set")
        self.epochs.setValue(1)
        self.epochs.setToolTip("Epochs of each trial; 0: as the document has it")
        for box, widest in ((self.trials, "1000 trials"), (self.epochs, "epochs as set")):
            box.setMaximumWidth(box.fontMetrics().horizontalAdvance(widest) + 30)
        self.measure = named(QComboBox(), "sweepMeasure", "What is best", OPTIMISTIC)
        for each in MEASURES:
            self.measure.addItem(each, each)
        self.start = self._button("sweepStart", "Start", self._start)
        self.stop = self._button("sweepStop", "Stop", self._stop)
        self.load = self._button("sweepLoad", "Load", self._load)
        self.remove = self._button("sweepRemove", "Remove", self.ranges.remove_selected)
        self.remove.setToolTip("Leave the selected parameter as it is (Del)")
        self.chooser = named(QComboBox(), "sweepChooser", "Which sweep is shown")
        self.chooser.setToolTip("Sweeps that were recorded, newest first")
        self.chooser.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.chooser.setMinimumContentsLength(8)
        self.chooser.addItem(NEW, "")
        self.save = TakeAway(self.plot, self._numbers)
        self.save.setObjectName("sweepSave")
        self.save.file_stem = "sweep"

    def _button(self, name: str, text: str, act: object) -> QToolButton:
        button = named(QToolButton(), name, f"{text} (sweep)")
        button.setText(text)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.clicked.connect(act)
        return button

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(4)
        for widget in (self.start, self.stop, self.method, self.trials, self.epochs, self.measure):
            head.addWidget(widget)
        head.addStretch(1)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self._left())
        splitter.addWidget(self._right())
        splitter.setStretchFactor(0, 2)
        splitter.setStretchFactor(1, 3)
        splitter.setSizes([420, 520])
        self.status.setProperty("role", "faint")
        whole = QVBoxLayout(self)
        whole.setContentsMargins(8, 4, 8, 2)
        whole.setSpacing(3)
        whole.addLayout(head)
        whole.addWidget(splitter, 1)
        whole.addWidget(self.status)

    def _left(self) -> QWidget:
        self.pages = named(QTabBar(), "sweepPages", "Ranges or trials")
        for page in PAGES:
            self.pages.addTab(page)
        self.pages.setExpanding(False)
        self.pages.setDrawBase(False)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.ranges)
        self.stack.addWidget(self.table)
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.pages)
        row.addStretch(1)
        for widget in (self.parameter, self.remove, self.load):
            row.addWidget(widget)
        return _column(row, self.stack)

    def _right(self) -> QWidget:
        self.empty = QLabel(NOTHING if self.sweeps is not None else UNRECORDED)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setWordWrap(True)
        self.empty.setProperty("role", "faint")
        self.right = QStackedWidget()
        self.right.addWidget(self.empty)
        self.right.addWidget(self.plot)
        self.readout = Elided()
        self.readout.setAccessibleName("The trial that is pointed at")
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.readout, 1)
        row.addWidget(self.chooser)
        row.addWidget(self.save)
        self.side = _column(row, self.right)
        return self.side

    def _connect(self) -> None:
        self.pages.currentChanged.connect(self._turn)
        self.parameter.wanted.connect(self._vary)
        self.ranges.edited.connect(self._check)
        for box in (self.method, self.measure):
            box.currentIndexChanged.connect(self._check)
        self.measure.currentIndexChanged.connect(self._show)
        self.trials.valueChanged.connect(self._check)
        self.epochs.valueChanged.connect(self._check)
        self.chooser.currentIndexChanged.connect(self._choose_sweep)
        self.table.selectionModel().selectionChanged.connect(self._selected)
        self.table.activated.connect(self._load)
        self.plot.picked.connect(self._pick)
        self.plot.activated.connect(self._activate)
        self.plot.pointed.connect(self._point)
        self.plot.brushed.connect(self._sift)
        self.desk.store.changed.connect(self._document_changed)
        self.desk.store.opened.connect(self.ranges.forget_missing)
        self._soon.timeout.connect(self._refresh)
        if self.sweeps is not None:
            self.sweeps.changed.connect(self._changed)
            self.sweeps.runs.recording.changed.connect(self._ask_heads)
        self._turn(0)

    # --- what is asked

    def sweep(self) -> Sweep:
        """As it is filled in; raises SweepError."""
        method: Method = self.method.currentData()
        return Sweep(
            self.ranges.ranges(),
            method,
            None if method == "grid" else self._wanted_trials,
            self._measure,
            self.epochs.value() or None,
        )

    @property
    def _measure(self) -> Measure:
        found: Measure = self.measure.currentData()
        return found

    def _vary(self, name: str) -> None:
        try:
            self.ranges.add(suggested(self.desk.store.document, name))
        except SweepError as error:
            self.status.setText(str(error))
        self.pages.setCurrentIndex(0)

    def _start(self) -> None:
        if self.sweeps is None:
            return
        try:
            self.sweeps.start(self.sweep())
        except SweepError as error:
            self.status.setText(str(error))
            self._say_error(str(error))
            return
        self.chooser.setCurrentIndex(0)
        self.pages.setCurrentIndex(1)

    def _say_error(self, why: str) -> None:
        self.readout.setText(why)

    def _stop(self) -> None:
        if self.sweeps is not None:
            self.sweeps.stop()

    def _load(self) -> None:
        trial = self.table.chosen
        if self.sweeps is not None and trial is not None and not self._no_load(trial):
            self.sweeps.look_at(trial.run or 0)

    def _activate(self, number: int) -> None:
        self._pick(number)
        self._load()

    def _no_load(self, trial: Trial | None) -> str:
        if trial is None:
            return "no trial is selected."
        if self.sweeps is not None and (self.sweeps.going or self.sweeps.busy):
            return "a run goes on; stop it first."
        return "" if trial.run is not None else "it has no run."

    # --- what can be done

    def _document_changed(self, before: Document, after: Document, plan: Plan) -> None:
        self._soon.start()

    def _check(self) -> None:
        """Say whether it could begin, and with what."""
        self.epochs.setSuffix(" epoch" if self.epochs.value() == 1 else " epochs")
        grid = self.method.currentData() == "grid"
        if not grid and self.trials.isEnabled():
            self._wanted_trials = self.trials.value()
        why = UNRECORDED if self.sweeps is None else ""
        words, sweep = "", None
        try:
            sweep = self.sweep()
        except SweepError as error:
            why = why or str(error)
        if not why and not self.desk.store.plan.ready:
            why = "The network on the canvas can't be trained yet; the Problems panel says why."
        self._show_count(sweep, grid)
        going = self.sweeps is not None and self.sweeps.going
        if sweep is not None and not why:
            words = f"{sweep.planned} trials of {self.epochs.text()}, "
            words += "the most accurate wins." if sweep.rising else "the smallest loss wins."
        self.start.setEnabled(not why and not going)
        self.start.setToolTip(
            f"Not now: {why}" if why else "It goes on already" if going else f"Train {words}"
        )
        self.stop.setEnabled(going)
        self.stop.setToolTip(
            "End the present trial and leave out what would follow" if going else "No sweep goes on"
        )
        self.remove.setEnabled(self.ranges.rowCount() > 0)
        if not going and self.chooser.currentIndex() == 0 and not self.shown_trials:
            self.status.setText(why or words)

    def _show_count(self, sweep: Sweep | None, grid: bool) -> None:
        """A grid has as many trials as it has points."""
        self.trials.blockSignals(True)
        self.trials.setEnabled(not grid)
        self.trials.setValue(sweep.planned if grid and sweep is not None else self._wanted_trials)
        self.trials.setToolTip(
            "Every combination of the points of all ranges" if grid else "How many are trained"
        )
        self.trials.blockSignals(False)

    # --- what is shown

    @property
    def shown_trials(self) -> tuple[Trial, ...]:
        """Those of the sweep that is looked at."""
        tag = str(self.chooser.currentData() or "")
        if tag:
            return self._recorded.get(tag, ())
        course = self.sweeps.course if self.sweeps is not None else None
        return tuple(course.trials.all) if course is not None else ()

    def _changed(self) -> None:
        self._soon.start()

    def _refresh(self) -> None:
        if not self.seen:
            return
        self.parameter.refresh()
        self._check()
        self._show()

    def _show(self) -> None:
        trials = self.shown_trials
        names = tuple(dict.fromkeys(name for each in trials for name in each.values))
        best = best_of(trials, self._measure)
        number = best.number if best is not None else None
        self.table.show_trials(names, trials, number)
        self._draw(names, trials, number)
        self.right.setCurrentWidget(self.plot if trials and names else self.empty)
        if trials:
            self._tell(trials, best)
        self._enable_load()

    def _draw(self, names: Sequence[str], trials: Sequence[Trial], best: int | None) -> None:
        measure = self._measure
        scores = [each.scores[measure] for each in trials if measure in each.scores]
        axes = [
            axis_of(name, [each.values[name] for each in trials if name in each.values])
            for name in names
        ]
        axes.append(axis_of(SCORES[measure], scores, percent=measure in RISING))
        threads = [
            Thread(
                each.number,
                (*(each.values.get(name) for name in names), each.scores.get(measure)),
                described(each, measure),
            )
            for each in trials
        ]
        self.plot.show_trials(axes, threads, best)

    def _tell(self, trials: Sequence[Trial], best: Trial | None) -> None:
        course = self.sweeps.course if self.sweeps is not None else None
        own = not self.chooser.currentData() and course is not None
        planned = course.trials.sweep.planned if own and course is not None else len(trials)
        running = any(each.state == "running" for each in trials)
        failed = sum(each.state == "failed" for each in trials)
        words = f"Trial {len(trials)} of {planned} runs" if running else f"{len(trials)} trials"
        if failed:
            words += f"  ·  {failed} failed"
        if best is not None:
            words += f"  ·  best {described(best, self._measure)}"
        self.status.setText(words)

    def _selected(self) -> None:
        chosen = self.table.chosen
        self.plot.choose(chosen.number if chosen is not None else None)
        self._point(None)
        self._enable_load()

    def _enable_load(self) -> None:
        why = self._no_load(self.table.chosen)
        self.load.setEnabled(not why)
        tip = "The trial's document on the canvas, with its weights (Enter)"
        self.load.setToolTip(tip + (f"\nNot now: {why}" if why else ""))

    def _pick(self, number: int) -> None:
        self.pages.setCurrentIndex(1)
        self.table.choose(number)

    def _point(self, number: int | None) -> None:
        """Read out the trial under the pointer, or else the selected one."""
        shown = {each.number: each for each in self.shown_trials}
        chosen = self.table.chosen
        trial = shown.get(number) if number is not None else chosen
        self.readout.setText(described(trial, self._measure) if trial is not None else "")

    def _sift(self) -> None:
        kept = frozenset(each.number for each in self.plot.threads if self.plot.passes(each))
        self.table.keep(kept if self.plot.brushes else None)
        if self.plot.brushes:
            self.readout.setText(
                f"{len(kept)} of {len(self.plot.threads)} trials pass; click the axis to clear"
            )
        else:
            self._point(None)

    def _turn(self, page: int) -> None:
        self.stack.setCurrentIndex(page)
        for widget in (self.parameter, self.remove):
            widget.setVisible(page == 0)
        self.load.setVisible(page == 1)
        self._fit()

    def _fit(self) -> None:
        """Where there is little room, the ranges have all of it."""
        self.side.setVisible(self.width() >= NARROW or self.stack.currentIndex() == 1)

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        """More room, or less."""
        super().resizeEvent(event)
        self._fit()

    # --- recorded sweeps

    def _ask_heads(self) -> None:
        if self.sweeps is not None and self.seen:
            self.sweeps.runs.recording.ask(recorded.heads, self._show_heads, self._no_store)

    def _no_store(self, why: str) -> None:
        """It was told of already."""

    def _show_heads(self, heads: tuple[SweepHead, ...]) -> None:
        course = self.sweeps.course if self.sweeps is not None else None
        own = course.tag if course is not None else ""
        heads = tuple(head for head in heads if head.tag != own)
        if heads == self._heads:
            return
        chosen = self.chooser.currentData()
        if not chosen and not self._heads and course is None:
            chosen = heads[0].tag  # the last one of an earlier session
        self._heads = heads
        self.chooser.blockSignals(True)
        self.chooser.clear()
        self.chooser.addItem(NEW, "")
        for head in heads:
            words = f"{local_time(head.started)}  {head.title}, {head.runs} runs"
            self.chooser.addItem(words, head.tag)
        self.chooser.setCurrentIndex(max(0, self.chooser.findData(chosen)))
        self.chooser.blockSignals(False)
        self.chooser.view().setMinimumWidth(self.chooser.view().sizeHintForColumn(0) + 24)
        if chosen:
            self._read_sweep()

    def _choose_sweep(self) -> None:
        if self.chooser.currentData():
            self.pages.setCurrentIndex(1)
        self._read_sweep()

    def _read_sweep(self) -> None:
        tag = str(self.chooser.currentData() or "")
        if not tag or self.sweeps is None:
            self._check()
            self._show()
            return

        def show(found: tuple[Trial, ...]) -> None:
            self._recorded[tag] = found
            self._show()

        self.sweeps.runs.recording.ask(
            lambda store: recorded.trials(store, tag), show, self._no_store
        )

    def catch_up(self) -> None:
        """What changed while nobody looked."""
        self._ask_heads()
        self._soon.start()

    # --- taken away

    def _numbers(self) -> Numbers | None:
        trials = self.shown_trials
        if not trials:
            return None
        names = dict.fromkeys(name for each in trials for name in each.values)
        columns = {"trial": np.array([each.number for each in trials])}
        columns |= {
            name: np.array([each.values.get(name, np.nan) for each in trials]) for name in names
        }
        columns |= {
            measure: np.array([each.scores.get(measure, np.nan) for each in trials])
            for measure in MEASURES
        }
        columns["run"] = np.array([-1 if each.run is None else each.run for each in trials])
        columns["state"] = np.array([each.state for each in trials])
        return Numbers((), columns)

    def sizeHint(self) -> QSize:
        """A low, wide dock."""
        return QSize(900, 230)


def _column(row: QHBoxLayout, content: QWidget) -> QWidget:
    whole = QWidget()
    column = QVBoxLayout(whole)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(2)
    column.addLayout(row)
    column.addWidget(content, 1)
    return whole
