"""The toolbar: what to look at on the left, the run in the middle, the rate on the right."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSlider,
    QToolBar,
    QToolButton,
    QWidget,
)

from explorer.datasets.catalogue import datasets
from explorer.graph.document import Document
from explorer.graph.edits import set_dataset, set_training
from explorer.plan.documents import examples, title_of
from explorer.plan.plan import Plan
from explorer.ui.kit.chooser import Chooser
from explorer.ui.kit.icons import icon
from explorer.ui.kit.named import named
from explorer.ui.kit.theme import Theme
from explorer.ui.session.files import Files
from explorer.ui.session.runner import Runner
from explorer.ui.session.store import Store

LOWEST, HIGHEST = 1e-5, 1.0
LEARNS_FROM = "What the network learns from"
TICKS = 100  # of the rate slider; its scale is logarithmic
GALLERY = "gallery"  # the chooser's entry that shows all examples with their pictures
MAIN = ("train", "pause")  # the one button that stands out; they take turns


class Toolbar(QToolBar):
    """Choosers, training controls, rate."""

    train_pressed = Signal()
    gallery_asked = Signal()
    chosen = Signal()  # from the list of a chooser: the keys have done their work here

    def __init__(self, store: Store, files: Files, runner: Runner, theme: Theme) -> None:
        super().__init__("Toolbar")
        self.setObjectName("toolbar")
        self.setMovable(False)
        self.setIconSize(QSize(18, 18))
        self._store, self._files, self._runner, self._theme = store, files, runner, theme
        self.examples = self._chooser("exampleChooser", "Example", "Open a starter network")
        self.datasets = self._chooser("datasetChooser", "Dataset", LEARNS_FROM)
        self._fill_choosers()
        self.addSeparator()
        self._buttons: dict[str, QToolButton] = {}
        holder = QWidget()
        self._main = QHBoxLayout(holder)
        self._main.setContentsMargins(0, 0, 0, 0)
        self.addWidget(holder)
        for name, text, key, act in (
            ("train", "Train", "Space", self.train_pressed.emit),
            ("pause", "Pause", "Space", runner.pause),
            ("step", "Step", ".", runner.step),
            ("stop", "Stop", "", runner.stop),
            ("rewind", "Rewind", "", runner.rewind),
        ):
            self._buttons[name] = self._button(name, text, key, act)
        self.addSeparator()
        self._add_rate()
        spacer = QWidget()
        spacer.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(spacer)
        store.changed.connect(self._follow_document)
        files.changed.connect(self._follow_files)
        runner.changed.connect(self.refresh)
        theme.changed.connect(self._recolour)
        self._follow_document(store.document, store.document, store.plan)
        self._recolour()

    # --- choosers

    def _chooser(self, name: str, label: str, tip: str) -> Chooser:
        box = named(Chooser(), name, label, tip)
        box.setSizeAdjustPolicy(Chooser.SizeAdjustPolicy.AdjustToContentsOnFirstShow)
        box.setMinimumContentsLength(10)
        caption = QLabel(f" {label} ")
        caption.setBuddy(box)
        self.addWidget(caption)
        self.addWidget(box)
        return box

    def _fill_choosers(self) -> None:
        self.examples.setPlaceholderText("Own network")
        for name, file in examples().items():
            self.examples.addItem(title_of(file), name)
        for name, dataset in datasets().items():
            self.datasets.addItem(dataset.title, name)
            row = self.datasets.count() - 1
            self.datasets.setItemData(row, dataset.summary, Qt.ItemDataRole.ToolTipRole)
        self.examples.insertSeparator(self.examples.count())
        self.examples.addItem("All, with pictures…", GALLERY)
        self.examples.activated.connect(self._choose_example)
        self.datasets.activated.connect(self._choose_dataset)
        for box in (self.examples, self.datasets):
            box.chosen.connect(self.chosen)

    def _choose_example(self, row: int) -> None:
        name = str(self.examples.itemData(row))
        if name == GALLERY:
            self._follow_files()
            self.gallery_asked.emit()
        else:
            self._files.open_example(name)

    def _choose_dataset(self, row: int) -> None:
        self.use_dataset(str(self.datasets.itemData(row)))

    def use_dataset(self, name: str) -> None:
        """Have the network learn from this dataset."""
        title = datasets()[name].title
        self._store.edit(f"Use {title}", lambda d: set_dataset(d, name))

    def _follow_files(self) -> None:
        row = self.examples.findData(self._files.example)
        self.examples.setCurrentIndex(row)

    def _follow_document(self, before: Document, after: Document, plan: Plan) -> None:
        self.datasets.setCurrentIndex(self.datasets.findData(after.dataset))
        self.refresh()

    # --- the run

    def _button(self, name: str, text: str, key: str, act: Callable[[], object]) -> QToolButton:
        button = named(QToolButton(), f"{name}Button", text)
        button.setText(text)
        if name in MAIN:
            button.setProperty("role", "main")
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setProperty("key", key)
        button.clicked.connect(act)
        if name in MAIN:
            self._main.addWidget(button)
        else:
            self.addWidget(button)
        return button

    def _show_main(self, focused: bool) -> None:
        """Pause takes the place of Train while the run goes on: nothing else moves."""
        running = self._runner.state == "running"
        self._buttons["train"].setText("Resume" if self._runner.state == "paused" else "Train")
        shown, other = ("pause", "train") if running else ("train", "pause")
        self._buttons[other].hide()
        self._buttons[shown].show()
        if focused:
            self._buttons[shown].setFocus()

    def _widen_main(self) -> None:
        """Both as wide as the longest of their words needs."""
        train, texts = self._buttons["train"], []
        now = train.text()
        for text in ("Train", "Resume", "Pause"):
            train.setText(text)
            texts.append(train.sizeHint().width())
        train.setText(now)
        for name in MAIN:
            self._buttons[name].setMinimumWidth(max(texts))

    @property
    def main_button(self) -> QToolButton:
        """Train or Pause, whichever is shown."""
        return self._buttons["pause" if self._runner.state == "running" else "train"]

    def refresh(self) -> None:
        """Enable what can act; what can't says why in its tooltip. The rate is the run's own."""
        when = ", with the next run" if self._runner.active else ""
        self.datasets.setToolTip(f"{LEARNS_FROM}{when}")
        self.rate.setValue(_tick(self._rate))
        self._rate_label.setText(f"{self._rate:.3g}")
        focused = any(self._buttons[name].hasFocus() for name in MAIN)
        for name, why_not in self._reasons().items():
            button = self._buttons[name]
            key = button.property("key")
            button.setEnabled(not why_not)
            keys = f" ({key})" if key else ""
            button.setToolTip(why_not or TIPS[name] + keys)
            button.setAccessibleDescription(why_not or TIPS[name])
        self._show_main(focused)

    def _reasons(self) -> dict[str, str]:
        """Why each button can't act now; empty where it can."""
        runner, plan = self._runner, self._store.plan
        running, active = runner.state == "running", runner.active
        fault = plan.problems[0].message if plan.problems else "There is no network yet."
        blocked = "" if plan.ready or active else f"Can't train yet: {fault}"
        none = "" if active else "There is no run."
        return {
            "train": "The run goes on." if running else blocked,
            "pause": "" if running else "Nothing runs.",
            "step": blocked,
            "stop": none,
            "rewind": ""
            if active or runner.state in ("finished", "stopped")
            else "There is no run.",
        }

    # --- the rate

    def _add_rate(self) -> None:
        caption = QLabel(" Rate ")
        self.rate = named(QSlider(Qt.Orientation.Horizontal), "rateSlider", "Learning rate")
        self.rate.setRange(0, TICKS)
        self.rate.setFixedWidth(110)
        self.rate.setToolTip(
            "Learning rate: the size of a step, on a logarithmic scale. It acts at once."
        )
        caption.setBuddy(self.rate)
        self._rate_label = QLabel()
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        for widget in (caption, self.rate, self._rate_label):
            row.addWidget(widget)
        row.addStretch()
        self.addWidget(holder)
        self.rate.valueChanged.connect(self._rate_moved)

    @property
    def _rate(self) -> float:
        """Of the present run, which was perhaps resumed with another; else the document's."""
        runner = self._runner
        return runner.rate if runner.active and runner.rate else self._store.document.training.rate

    def _rate_moved(self, tick: int) -> None:
        rate = float(f"{LOWEST * (HIGHEST / LOWEST) ** (tick / TICKS):.3g}")
        if tick == _tick(self._rate):
            return
        self._runner.set_rate(rate)
        if tick != _tick(self._store.document.training.rate):
            self._store.edit(
                f"Rate {rate:g}", lambda d: set_training(d, {"rate": rate}), merge="training.rate"
            )

    def _recolour(self) -> None:
        c = self._theme.colours
        for name, button in self._buttons.items():
            main = name in MAIN
            button.setIcon(icon(name, c.on_accent if main else c.text, c.faint))
        self._widen_main()
        metrics = self._rate_label.fontMetrics()
        self._rate_label.setMinimumWidth(metrics.horizontalAdvance("0.000251 "))


TIPS = {
    "train": "Train the network",
    "pause": "Hold the run after this step",
    "step": "One training step",
    "stop": "End the run; the network stays as it is",
    "rewind": "Begin again: what was learned goes, the random weights of the start come back",
}


def _tick(rate: float) -> int:
    share = math.log(min(max(rate, LOWEST), HIGHEST) / LOWEST) / math.log(HIGHEST / LOWEST)
    return round(share * TICKS)
