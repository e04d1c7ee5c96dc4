"""The pad with the exact input that the network gets from it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from explorer.datasets.dataset import Dataset
from explorer.ui.kit.picture_view import PictureView, SquareBox
from explorer.ui.kit.theme import Theme
from explorer.ui.panels.try_it.pad_surface import PadSurface

SIDE = 86  # three pixels for each of 28, and a frame


class DrawingPage(QWidget):
    """Paper at the left; input, undo and clear at the right."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.surface = PadSurface(theme)
        self.surface.setObjectName("digitPad")
        self.surface.setAccessibleName("Digit pad: draw the network's input")
        self.input_view = PictureView(theme, SIDE)
        self.input_view.setAccessibleName("Input of the network")
        self.caption = QLabel()
        self.caption.setProperty("role", "faint")
        self.undo_button = QPushButton("Undo stroke")
        self.undo_button.setObjectName("digitPadUndo")
        self.undo_button.setToolTip("Take the last stroke back (Ctrl+Z in the pad)")
        self.undo_button.clicked.connect(self.surface.undo)
        self.clear_button = QPushButton("Clear")
        self.clear_button.setObjectName("digitPadClear")
        self.clear_button.setToolTip("Clear the pad (Delete)")
        self.clear_button.clicked.connect(self.surface.clear)
        self._lay_out()
        self._enable()
        self.surface.drawn.connect(self._enable)

    def _lay_out(self) -> None:
        beside = QVBoxLayout()
        beside.setSpacing(4)
        beside.addWidget(self.input_view)
        beside.addWidget(self.caption)
        beside.addStretch(1)
        beside.addWidget(self.undo_button)
        beside.addWidget(self.clear_button)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(SquareBox(self.surface), 1)
        row.addLayout(beside)

    def _enable(self) -> None:
        for button in (self.undo_button, self.clear_button):
            button.setEnabled(not self.surface.empty)

    def use(self, dataset: Dataset) -> None:
        """Draw for this dataset."""
        digits = all(name.isdigit() for name in dataset.classes)
        self.surface.invitation = "Draw a digit here" if digits else "Draw here"
        rows, columns = dataset.shape.dims[-2:]
        self.caption.setText(f"{rows} x {columns} input")
        self.surface.update()

    def picture(self, dataset: Dataset) -> NDArray[np.uint8] | None:
        """The drawing as a stored input (C, H, W); shows it too."""
        found = None
        if dataset.pen is not None and not self.surface.empty:
            found = dataset.pen(self.surface.strokes())
        self.input_view.show_picture(found, dataset.scale)
        return found
