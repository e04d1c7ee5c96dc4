"""The inspector's building stones: headings, facts, and the box for a problem."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from explorer.graph.block import Shape
from explorer.plan.problems import Problem
from explorer.ui.kit.theme import Colours


def heading(text: str) -> QLabel:
    """A section's title."""
    label = QLabel(text)
    font = label.font()
    font.setWeight(QFont.Weight.DemiBold)
    label.setFont(font)
    label.setContentsMargins(0, 8, 0, 0)
    return label


def paragraph(name: str, role: str = "") -> QLabel:
    """Text that wraps and can be selected."""
    label = QLabel()
    label.setObjectName(name)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    if role:
        label.setProperty("role", role)
    return label


def told(shape: Shape | None) -> str:
    """A shape and what kind of value has it."""
    return f"{shape} {shape.kind}" if shape is not None else "not known yet"


def kind_style(colour: str) -> str:
    """Of the line below the name: the colour that the thing has on the canvas."""
    return f"color: {colour}; border: 0px; border-left: 4px solid {colour}; padding-left: 6px;"


class Facts(QWidget):
    """Names to the left, figures to the right."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(3)
        self._grid.setHorizontalSpacing(10)
        self._grid.setColumnStretch(1, 1)
        self._rows: list[tuple[QLabel, QLabel]] = []

    def show_rows(self, rows: Sequence[tuple[str, str]]) -> None:
        """One row for each (name, figure)."""
        while len(self._rows) < len(rows):
            self._add_row()
        for place, (title, value) in enumerate(self._rows):
            used = place < len(rows)
            title.setVisible(used)
            value.setVisible(used)
            if used:
                title.setText(rows[place][0])
                value.setText(rows[place][1])

    def text(self) -> str:
        """All rows, one a line."""
        return "\n".join(f"{a.text()}: {b.text()}" for a, b in self._rows if not a.isHidden())

    def _add_row(self) -> None:
        title, value = QLabel(), QLabel()
        title.setProperty("role", "faint")
        value.setWordWrap(True)
        value.setAlignment(Qt.AlignmentFlag.AlignRight)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row = len(self._rows)
        self._grid.addWidget(title, row, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(value, row, 1)
        self._rows.append((title, value))


class ProblemBox(QFrame):
    """What is wrong, and the button that repairs it."""

    def __init__(self, repair: Callable[[], None]) -> None:
        super().__init__()
        self.setObjectName("problemBox")
        self.setAccessibleName("Problem")
        self._message = paragraph("problemMessage")
        self._offer = paragraph("fixLabel", "faint")
        self.button = QPushButton("Fix")
        self.button.setObjectName("fixButton")
        self.button.clicked.connect(repair)
        row = QHBoxLayout()
        row.addWidget(self._offer, 1)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignBottom)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 10, 8)
        layout.setSpacing(8)
        layout.addWidget(self._message)
        layout.addLayout(row)

    def show_problem(self, problem: Problem | None) -> None:
        """None hides the box."""
        self.setVisible(problem is not None)
        if problem is None:
            return
        self._message.setText(f"✕ {problem.message}")
        fix = problem.fix
        self._offer.setText(f"{fix.label}?" if fix else "")
        self._offer.setVisible(fix is not None)
        words = "Look at the file…" if problem.trust else "Fix"
        self.button.setText(words)
        self.button.setVisible(fix is not None or problem.trust)
        self.button.setAccessibleName(f"Fix: {fix.label}" if fix else words)
        self.button.setToolTip(f"{fix.label} (can be undone)" if fix else "")

    def recolour(self, c: Colours) -> None:
        """Another scheme."""
        self.setStyleSheet(
            f"#problemBox {{ background: {c.base}; border: 1px solid {c.error};"
            f" border-left: 4px solid {c.error}; border-radius: 5px; }}"
            f"#problemMessage {{ color: {c.error}; }}"
        )
