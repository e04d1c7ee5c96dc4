"""The answer to an input: the likeliest class in words, all probabilities as bars."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from explorer.plan.amounts import percent
from explorer.ui.kit.bars import NamedBars
from explorer.ui.kit.elided import Elided
from explorer.ui.kit.theme import Theme
from explorer.ui.panels.try_it.answer import Answer


class AnswerView(QWidget):
    """Prediction, whose it is and whether it is right in a row; the bars below it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._shown: Answer | None = None
        self.prediction, self.note, self.verdict = QLabel(), Elided(), QLabel()
        self.bars = NamedBars(theme, percent)
        self.bars.limit = 1.0
        self._name_widgets()
        row = QHBoxLayout()
        row.addWidget(self.prediction)
        row.addWidget(self.note, 1)
        row.addWidget(self.verdict)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(5)
        column.addLayout(row)
        column.addWidget(self.bars, 1)
        theme.changed.connect(self._judge)

    def _name_widgets(self) -> None:
        self.prediction.setObjectName("digitPadPrediction")
        self.prediction.setAccessibleName("Prediction")
        self.prediction.setProperty("role", "result")
        self.note.setObjectName("digitPadNote")
        self.note.setAccessibleName("Whose answer it is")
        self.note.setProperty("role", "faint")
        self.bars.setObjectName("digitPadBars")
        self.bars.setAccessibleName("Probability of each class")

    def show_answer(self, answer: Answer, names: tuple[str, ...], note: str) -> None:
        """Show it, with these names of the classes; `note` says whose it is."""
        self._shown = answer
        best = int(np.argmax(answer.probabilities))
        self.prediction.setText(f"{names[best]}   {percent(float(answer.probabilities[best]))}")
        self.bars.show_values(names, answer.probabilities)
        self.note.setText(note)
        self._judge()

    def show_none(self, why: str, names: tuple[str, ...]) -> None:
        """There is no answer: no bar, and words."""
        self._shown = None
        self.prediction.setText(why)
        self.bars.show_values(names, None)
        self.note.setText("")
        self._judge()

    def _judge(self) -> None:
        """Of a test sample: whether the answer is right."""
        if self._shown is None or self._shown.label is None:
            return self.verdict.clear()
        right = int(np.argmax(self._shown.probabilities)) == self._shown.label
        colours = self._theme.colours
        self.verdict.setText("✓ right" if right else "✗ wrong")
        self.verdict.setStyleSheet(f"color: {colours.good if right else colours.error};")
        return None
