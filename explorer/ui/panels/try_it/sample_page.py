"""Chooses one of the dataset's test samples and shows it."""

from __future__ import annotations

import random

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from explorer.datasets.dataset import Dataset
from explorer.protocol.events import Watched
from explorer.ui.kit.numbers import Whole
from explorer.ui.kit.picture_view import PictureView
from explorer.ui.kit.theme import Theme


class SamplePage(QWidget):
    """Picture at the left; number, previous, next, random and the true class at the right."""

    chosen = Signal()  # another sample

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.view = PictureView(theme, 86)
        self.view.setAccessibleName("Test sample")
        self.view.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.index = Whole()
        self.index.setObjectName("sampleIndex")
        self.index.setAccessibleName("Number of the test sample")
        self.index.setWrapping(True)
        self.index.valueChanged.connect(self._changed)
        self.back = self._arrow(Qt.ArrowType.LeftArrow, "Previous test sample")
        self.forth = self._arrow(Qt.ArrowType.RightArrow, "Next test sample")
        self.back.clicked.connect(self.index.stepDown)
        self.forth.clicked.connect(self.index.stepUp)
        self.any_sample = QPushButton("Random")
        self.any_sample.setToolTip("Any test sample")
        self.any_sample.clicked.connect(self._choose_any)
        self.truth = QLabel()
        self.truth.setWordWrap(True)
        self._lay_out()

    @staticmethod
    def _arrow(arrow: Qt.ArrowType, name: str) -> QToolButton:
        button = QToolButton()
        button.setArrowType(arrow)
        button.setAccessibleName(name)
        button.setToolTip(name)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return button

    def _lay_out(self) -> None:
        beside = QGridLayout()
        beside.setSpacing(4)
        label = QLabel("Test sam&ple")
        label.setBuddy(self.index)
        beside.addWidget(label, 0, 0, 1, 2)
        beside.addWidget(self.index, 1, 0, 1, 2)
        beside.addWidget(self.back, 2, 0)
        beside.addWidget(self.forth, 2, 1)
        beside.addWidget(self.any_sample, 3, 0, 1, 2)
        beside.addWidget(self.truth, 4, 0, 1, 2)
        beside.setRowStretch(5, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.view, 1)
        row.addLayout(beside)

    def use(self, dataset: Dataset) -> None:
        """Choose from this dataset."""
        self.index.setRange(0, dataset.test_size - 1)
        self.index.setToolTip(f"0 to {dataset.test_size - 1:,}: the sample that all views show")
        self.clear()

    def clear(self) -> None:
        """Nothing is known of the chosen sample yet."""
        self.view.show_picture(None, 1.0)
        self.truth.clear()

    def show_sample(self, event: Watched, dataset: Dataset, names: tuple[str, ...]) -> None:
        """Show the sample that the engine took."""
        self.view.show_picture(event.picture, dataset.scale)
        known = event.label is not None and event.label < len(names)
        self.truth.setText(f"True class:\n{names[event.label]}" if known else "")  # type: ignore[index]  # known

    def _choose_any(self) -> None:
        self.index.setValue(random.randint(self.index.minimum(), self.index.maximum()))

    def _changed(self, index: int) -> None:
        self.clear()
        self.chosen.emit()
