"""Sweeps: choose ranges, watch the trials, see which values did well."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QToolButton, QWidget

from explorer.plan.ranges import SweepError
from explorer.plan.sweep import Sweep, suggested
from explorer.plan.trials import Trial
from explorer.ui.kit.elided import Elided
from explorer.ui.kit.guard import guarded
from explorer.ui.kit.layouts import (
    faint_words,
    fill_wide,
    page_tabs,
    row_of,
    two_sides,
    under,
)
from explorer.ui.kit.named import named
from explorer.ui.kit.timers import single_shot
from explorer.ui.panels.panel import Desk, Panel
from explorer.ui.panels.sweep.sweep_chooser import SweepChooser
from explorer.ui.panels.sweep.sweep_form import SweepForm
from explorer.ui.panels.sweep.sweep_ranges import ParameterBox, RangesTable
from explorer.ui.panels.sweep.trials_view import TrialsView
from explorer.ui.session.sweeps import progress_of

SOON_MS = 120
PAGES = ("Ranges", "Trials")
NARROW = 620  # pixels: below, the ranges take the whole width
FIRST = "rate"  # what a new sweep varies, so that it can be started at once
NOTHING = (
    "Choose what to vary and press Start.\nEach trial is a run of the document on the canvas, "
    "and will be a line here, across an axis for each parameter."
)
UNRECORDED = "Sweeps need recorded runs, which there are not here."
UNREADY = "The network on the canvas can't be trained yet; the Problems panel says why."


class SweepPanel(Panel):
    """Ranges or trials on the left, parallel axes on the right."""

    name = "sweepPanel"
    title = "Sweep"
    group = "Train"
    order = 17

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.sweeps = desk.sweeps
        self.ranges = RangesTable(desk.theme, lambda: desk.store.document)
        self.parameter = ParameterBox(lambda: desk.store.document)
        self.view = TrialsView(desk.theme)
        self.form, self.chooser, self.status = SweepForm(), SweepChooser(desk.sweeps), Elided()
        self._soon = single_shot(self, SOON_MS)
        self._make_buttons()
        self._build()
        self._order()
        self.ranges.add(suggested(desk.store.document, FIRST))
        self._connect()
        self._check()
        self._show()

    # --- building

    def _make_buttons(self) -> None:
        self.start = self._button("sweepStart", "Start", self._start)
        self.stop = self._button("sweepStop", "Stop", self._stop)
        self.load = self._button("sweepLoad", "Load", self._load)
        self.remove = self._button("sweepRemove", "Remove", self.ranges.remove_selected)
        self.remove.setToolTip("Leave the selected parameter as it is (Del)")

    def _button(self, name: str, text: str, act: Callable[[], object]) -> QToolButton:
        button = named(QToolButton(), name, f"{text} (sweep)")
        button.setText(text)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.clicked.connect(act)
        return button

    def _build(self) -> None:
        sides = two_sides(self._left(), self._right(), (420, 520), (2, 3))
        fill_wide(self, row_of(self.start, self.stop, self.form, None), sides, self.status)

    def _order(self) -> None:
        """Of the keyboard: as they stand, by lines."""
        form, view = self.form, self.view
        making = (self.pages, self.parameter, self.remove, self.load, self.ranges)
        head = (self.start, self.stop, form.method, form.trials, form.epochs, form.measure)
        looking = (view.table, self.chooser, view.save, view.plot)
        chain: tuple[QWidget, ...] = (*head, *making, *looking)
        for one, other in pairwise(chain):
            QWidget.setTabOrder(one, other)
        self.setFocusProxy(self.ranges)

    def _left(self) -> QWidget:
        self.pages = page_tabs("sweepPages", "Ranges or trials", PAGES)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.ranges)
        self.stack.addWidget(self.view.table)
        head = row_of(self.pages, None, self.parameter, self.remove, self.load)
        return under(head, self.stack)

    def _right(self) -> QWidget:
        self.empty = faint_words(NOTHING if self.sweeps is not None else UNRECORDED)
        self.right = QStackedWidget()
        self.right.addWidget(self.empty)
        self.right.addWidget(self.view.plot)
        head = row_of(self.view.readout, self.chooser, self.view.save)
        head.setStretch(0, 1)
        self.side = under(head, self.right)
        return self.side

    def _connect(self) -> None:
        self.pages.currentChanged.connect(self._turn)
        self.parameter.wanted.connect(self._vary)
        self.ranges.edited.connect(self._check)
        self.form.edited.connect(self._check)
        self.form.measured.connect(self._check)
        self.form.measured.connect(self._show)
        self.chooser.currentIndexChanged.connect(self._choose_sweep)
        self.chooser.shown.connect(self._show)
        self.chooser.shown.connect(self._check)
        self.view.picked.connect(lambda: self.pages.setCurrentIndex(1))
        self.view.chosen_changed.connect(self._enable_load)
        self.view.activated.connect(self._load)
        self.desk.store.changed.connect(self._changed)
        self.desk.store.opened.connect(self.ranges.forget_missing)
        self._soon.timeout.connect(self._refresh)
        if self.sweeps is not None:
            self.sweeps.changed.connect(self._changed)
            self.sweeps.runs.recording.changed.connect(self._ask_heads)
        self._turn(0)

    # --- what is asked

    def sweep(self) -> Sweep:
        """As it is filled in; raises SweepError."""
        return self.form.sweep(self.ranges.ranges())

    def _vary(self, name: str) -> None:
        self.pages.setCurrentIndex(0)
        try:
            self.ranges.add(suggested(self.desk.store.document, name))
        except SweepError as error:
            self.status.setText(str(error))

    def _start(self) -> None:
        if self.sweeps is None:
            return
        try:
            self.sweeps.start(self.sweep())
        except SweepError as error:
            self.status.setText(str(error))
            return
        self.chooser.setCurrentIndex(0)
        self.pages.setCurrentIndex(1)

    def _stop(self) -> None:
        if self.sweeps is not None:
            self.sweeps.stop()

    def _load(self) -> None:
        trial = self.view.table.chosen
        if self.sweeps is not None and trial is not None and not self._no_load(trial):
            self.sweeps.look_at(trial.run or 0)

    def _no_load(self, trial: Trial | None) -> str:
        if trial is None:
            return "no trial is selected."
        if self._going or (self.sweeps is not None and self.sweeps.busy):
            return "a run goes on; stop it first."
        return "" if trial.run is not None else "it has no run."

    # --- what can be done

    @property
    def _going(self) -> bool:
        return self.sweeps is not None and self.sweeps.going

    def _check(self) -> None:
        """Say whether it could begin, and with what."""
        why, sweep = UNRECORDED if self.sweeps is None else "", None
        try:
            sweep = self.sweep()
        except SweepError as error:
            why = why or str(error)
        if not why and not self.desk.store.plan.ready:
            why = UNREADY
        self.form.show_count(sweep)
        words = self.form.words(sweep) if sweep is not None else ""
        going = self._going
        self.start.setEnabled(not why and not going)
        tip = "It goes on already" if going else f"Train {words}"
        self.start.setToolTip(f"Not now: {why}" if why else tip)
        self.stop.setEnabled(going)
        self.stop.setToolTip(
            "End the present trial and leave out what would follow" if going else "No sweep goes on"
        )
        self.remove.setEnabled(self.ranges.rowCount() > 0)
        if not going and not self.chooser.trials:
            self.status.setText(why or words)

    def _enable_load(self) -> None:
        why = self._no_load(self.view.table.chosen)
        self.load.setEnabled(not why)
        tip = "The trial's document on the canvas, with its weights (Enter)"
        self.load.setToolTip(tip + (f"\nNot now: {why}" if why else ""))

    # --- what is shown

    def _changed(self) -> None:
        """Once for all that comes within a moment; what comes all the time does not put it off."""
        if not self._soon.isActive():
            self._soon.start()

    def _refresh(self) -> None:
        if self.seen:
            self.parameter.refresh()
            self._check()
            self._show()

    def _show(self) -> None:
        trials = self.chooser.trials
        best = self.view.show(trials, self.form.chosen_measure)
        drawn = bool(trials and self.view.names)
        self.right.setCurrentWidget(self.view.plot if drawn else self.empty)
        if trials:
            measure = self.form.chosen_measure
            self.status.setText(progress_of(trials, self.chooser.planned, best, measure))
        self._enable_load()

    def _turn(self, page: int) -> None:
        self.stack.setCurrentIndex(page)
        self.parameter.setVisible(page == 0)
        self.remove.setVisible(page == 0)
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

    def _choose_sweep(self) -> None:
        if self.chooser.tag:
            self.pages.setCurrentIndex(1)

    def _ask_heads(self) -> None:
        if self.seen:
            self.chooser.refresh()

    def catch_up(self) -> None:
        """What changed while nobody looked."""
        self.chooser.refresh()
        self._refresh()

    def sizeHint(self) -> QSize:
        """A low, wide dock."""
        return QSize(900, 230)
