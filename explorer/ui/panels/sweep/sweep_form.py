"""How a sweep is made: method, number of trials, epochs, measure, and which one is shown."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from explorer.plan.ranges import Range
from explorer.plan.sweep import MEASURES, METHODS, Measure, Method, Sweep
from explorer.ui.kit.named import named
from explorer.ui.kit.numbers import Whole

TITLES: dict[Method, str] = {"random": "Random", "grid": "Grid", "tpe": "TPE"}
TRIALS = 10
OPTIMISTIC = (
    "<p>What decides which trial is best, measured on the test samples after its last epoch. "
    "The best of many is a little too good to be true: it was chosen by these very samples.</p>"
)


class SweepForm(QWidget):
    """All of a sweep but its ranges."""

    edited = Signal()
    measured = Signal()  # another measure

    def __init__(self) -> None:
        super().__init__()
        self._wanted = TRIALS  # trials, while a grid shows how many points it has
        self.method = named(QComboBox(), "sweepMethod", "How values are searched")
        for method, words in METHODS.items():
            self.method.addItem(TITLES[method], method)
            place = self.method.count() - 1
            self.method.setItemData(place, words, Qt.ItemDataRole.ToolTipRole)
        self.trials = named(Whole(), "sweepTrialCount", "Number of trials")
        self.trials.setRange(1, 1000)
        self.trials.setValue(self._wanted)
        self.trials.setSuffix(" trials")
        self.epochs = named(Whole(typed_least=True), "sweepEpochs", "Epochs of each trial")
        self.epochs.setRange(0, 10_000)
        self.epochs.setSpecialValueText("as set")
        self.epochs.setValue(1)
        self.epochs.setToolTip("Epochs of each trial; 0: as the document has it")
        for box in (self.trials, self.epochs):
            box.setFixedWidth(box.fontMetrics().horizontalAdvance("99 epochs") + 28)
        self.measure = named(QComboBox(), "sweepMeasure", "What is best", OPTIMISTIC)
        for each in MEASURES:
            self.measure.addItem(each, each)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for widget in (self.method, self.trials, self.epochs, self.measure):
            row.addWidget(widget)
        self._suffix()
        self._connect()

    def _connect(self) -> None:
        self.method.currentIndexChanged.connect(lambda: self.edited.emit())
        self.trials.valueChanged.connect(self._want)
        self.epochs.valueChanged.connect(self._suffix)
        self.epochs.valueChanged.connect(lambda: self.edited.emit())
        self.measure.currentIndexChanged.connect(lambda: self.measured.emit())

    def _want(self, trials: int) -> None:
        self._wanted = trials
        self.edited.emit()

    def _suffix(self) -> None:
        blocker = QSignalBlocker(self.epochs)
        self.epochs.setSuffix(" epoch" if self.epochs.value() == 1 else " epochs")
        blocker.unblock()

    @property
    def grid(self) -> bool:
        """Whether every combination is trained."""
        return bool(self.method.currentData() == "grid")

    @property
    def chosen_measure(self) -> Measure:
        """What decides."""
        found: Measure = self.measure.currentData()
        return found

    def sweep(self, ranges: tuple[Range, ...]) -> Sweep:
        """Of these ranges; raises SweepError."""
        return Sweep(
            ranges,
            self.method.currentData(),
            None if self.grid else self._wanted,
            self.chosen_measure,
            self.epochs.value() or None,
        )

    def words(self, sweep: Sweep) -> str:
        """What would be trained."""
        wins = "the most accurate wins" if sweep.rising else "the smallest loss wins"
        many = f"{sweep.planned} trial{'s' * (sweep.planned != 1)}"
        return f"{many} of {self.epochs.text()}, {wins}." if sweep.epochs else f"{many}, {wins}."

    def show_count(self, sweep: Sweep | None) -> None:
        """A grid has as many trials as it has points."""
        blocker = QSignalBlocker(self.trials)
        self.trials.setEnabled(not self.grid)
        self.trials.setValue(sweep.planned if self.grid and sweep is not None else self._wanted)
        self.trials.setToolTip(
            "Every combination of the points of all ranges" if self.grid else "How many are trained"
        )
        blocker.unblock()
