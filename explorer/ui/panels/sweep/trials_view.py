"""The table and the plot of the same trials: what is chosen in one is chosen in the other."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, Signal

from explorer.plan.sweep import MEASURES, RISING, Measure
from explorer.plan.trials import Trial, best_of
from explorer.ui.kit.elided import Elided
from explorer.ui.kit.take_away import Numbers, TakeAway
from explorer.ui.kit.theme import Theme
from explorer.ui.panels.sweep.parallel_axes import Thread, axis_of
from explorer.ui.panels.sweep.parallel_plot import ParallelPlot
from explorer.ui.panels.sweep.trials_table import TITLES, TrialsTable
from explorer.ui.session.sweeps import described


class TrialsView(QObject):
    """Makes the widgets; who lays them out decides where they stand."""

    picked = Signal()  # a line of the plot: the table should be seen
    chosen_changed = Signal()
    activated = Signal()  # the chosen trial should be loaded

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.table = TrialsTable(theme)
        self.plot = ParallelPlot(theme)
        self.readout = Elided()
        self.readout.setAccessibleName("The trial that is pointed at")
        self.save = TakeAway(self.plot, self.numbers)
        self.save.setObjectName("sweepSave")
        self.save.file_stem = "sweep"
        self.trials: tuple[Trial, ...] = ()
        self.measure: Measure = MEASURES[0]
        self.table.selectionModel().selectionChanged.connect(self._select)
        self.table.activated.connect(lambda: self.activated.emit())
        self.plot.picked.connect(self._pick)
        self.plot.activated.connect(self._activate)
        self.plot.pointed.connect(self._point)
        self.plot.brushed.connect(self._sift)

    @property
    def names(self) -> tuple[str, ...]:
        """What is varied."""
        return tuple(dict.fromkeys(name for each in self.trials for name in each.values))

    def show(self, trials: tuple[Trial, ...], measure: Measure) -> Trial | None:
        """These and no others; the best one."""
        self.trials, self.measure = trials, measure
        best = best_of(trials, measure)
        number = best.number if best is not None else None
        self.table.show_trials(self.names, trials, number)
        self._draw(number)
        return best

    def _draw(self, best: int | None) -> None:
        names, trials, measure = self.names, self.trials, self.measure
        axes = [
            axis_of(name, [each.values[name] for each in trials if name in each.values])
            for name in names
        ]
        scores = [each.scores[measure] for each in trials if measure in each.scores]
        axes.append(axis_of(TITLES[measure], scores, percent=measure in RISING))
        threads = [
            Thread(
                each.number,
                (*(each.values.get(name) for name in names), each.scores.get(measure)),
                described(each, measure),
            )
            for each in trials
        ]
        self.plot.show_trials(axes, threads, best)

    def _select(self) -> None:
        chosen = self.table.chosen
        self.plot.choose(chosen.number if chosen is not None else None)
        self._point(None)
        self.chosen_changed.emit()

    def _pick(self, number: int) -> None:
        self.picked.emit()
        self.table.choose(number)

    def _activate(self, number: int) -> None:
        self._pick(number)
        self.activated.emit()

    def _point(self, number: int | None) -> None:
        """Read out the trial under the pointer, or else the chosen one."""
        pointed = next((each for each in self.trials if each.number == number), None)
        trial = pointed or self.table.chosen
        self.readout.setText(described(trial, self.measure) if trial is not None else "")

    def _sift(self) -> None:
        threads = self.plot.threads
        kept = frozenset(each.number for each in threads if self.plot.passes(each))
        self.table.keep(kept if self.plot.brushes else None)
        if self.plot.brushes:
            self.readout.setText(
                f"{len(kept)} of {len(threads)} trials pass; click the axis to clear"
            )
        else:
            self._point(None)

    def numbers(self) -> Numbers | None:
        """As a table; None: there is nothing."""
        trials = self.trials
        if not trials:
            return None
        columns = {"trial": np.array([each.number for each in trials])}
        for name in self.names:
            columns[name] = np.array([each.values.get(name, np.nan) for each in trials])
        for measure in MEASURES:
            columns[measure] = np.array([each.scores.get(measure, np.nan) for each in trials])
        columns["run"] = np.array([-1 if each.run is None else each.run for each in trials])
        columns["state"] = np.array([each.state for each in trials])
        return Numbers((), columns)
