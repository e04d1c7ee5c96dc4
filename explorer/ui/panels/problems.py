"""What keeps the drawing from being trained, each with its repair."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from explorer.graph.document import Document
from explorer.plan.plan import Plan
from explorer.plan.problems import Problem
from explorer.ui.canvas.placing import mend
from explorer.ui.guard import guarded
from explorer.ui.panels.panel import Desk, Panel


class ProblemRow(QFrame):
    """One problem: click it or press Enter to go to the block; its button repairs it."""

    def __init__(self, problem: Problem, go: Callable[[Problem], None]) -> None:
        super().__init__()
        self.problem, self._go = problem, go
        self.setObjectName("problemRow")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(problem.message)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.sign = QLabel("✕")
        self.sign.setProperty("role", "error")
        self.message = QLabel(problem.message)
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        self.message.setWordWrap(True)
        self.message.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.fix = QPushButton()
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(10)
        row.addWidget(self.sign)
        row.addWidget(self.message, 1)
        row.addWidget(self.fix)
        self.fix.setVisible(problem.fix is not None or problem.trust)
        if problem.trust:
            self.fix.setText("Look at the file…")
        if problem.fix is not None:
            self.fix.setText(f"Fix: {problem.fix.label}")
            self.fix.setAccessibleName(f"Fix: {problem.fix.label}")

    @guarded
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the block."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._go(self.problem)

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes to the block."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._go(self.problem)
        else:
            super().keyPressEvent(event)


class ProblemsPanel(Panel):
    """A row for each problem of the plan; a tick and the network's size where there is none."""

    name = "problemsPanel"
    title = "Problems"
    group = "Network"
    order = 90

    title_changed = Signal(str)  # the title with the number of problems
    trust_asked = Signal(str)  # of this node's file

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.rows: list[ProblemRow] = []
        self.fine = QLabel()
        self.fine.setWordWrap(True)
        self.fine.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._list = QWidget()
        self._layout = QVBoxLayout(self._list)
        self._layout.setContentsMargins(4, 4, 4, 4)
        self._layout.setSpacing(2)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(self._list)
        self.fill(scroll)
        desk.store.changed.connect(self._document_changed)
        desk.theme.changed.connect(self._dress)
        self._dress()
        self.show_plan(desk.store.plan)

    @property
    def tab_title(self) -> str:
        """The title with the number of problems."""
        return f"{self.title} ({len(self.rows)})" if self.rows else self.title

    def show_plan(self, plan: Plan) -> None:
        """List its problems."""
        before = self.tab_title
        if not self.rows or [row.problem.message for row in self.rows] != [
            problem.message for problem in plan.problems
        ]:
            self._refill(plan)
        else:
            for row, problem in zip(self.rows, plan.problems, strict=True):
                row.problem = problem  # the same words; the edit of the new document
        self.fine.setVisible(not self.rows)
        self.fine.setText(_totals(plan))
        if self.tab_title != before:
            self.title_changed.emit(self.tab_title)

    def _refill(self, plan: Plan) -> None:
        while (item := self._layout.takeAt(0)) is not None:
            if (widget := item.widget()) is not None and widget is not self.fine:
                widget.hide()
                widget.deleteLater()
        self.rows = [ProblemRow(problem, self._go) for problem in plan.problems]
        for row in self.rows:
            row.fix.clicked.connect(lambda _, row=row: self._repair(row.problem))
            self._layout.addWidget(row)
        self._layout.addWidget(self.fine, 1)
        if self.rows:
            self._layout.addStretch(1)

    def _repair(self, problem: Problem) -> None:
        fix = problem.fix
        if problem.trust and problem.node is not None:
            self.trust_asked.emit(problem.node)
        elif fix is not None:
            mend(self.desk.store, fix)

    def _go(self, problem: Problem) -> None:
        node = problem.node or (problem.wire.target if problem.wire else None)
        if node is not None:
            self.desk.selection.set((node,))

    def _document_changed(self, before: Document, after: Document, plan: Plan) -> None:
        self.show_plan(plan)

    def _dress(self) -> None:
        c = self.desk.theme.colours
        self._list.setStyleSheet(
            f"#problemRow {{ background: {c.base}; border: 1px solid {c.border};"
            " border-radius: 4px; }"
            f"#problemRow:focus, #problemRow:hover {{ border-color: {c.accent}; }}"
        )


def _totals(plan: Plan) -> str:
    if not plan.document.nodes:
        return "The canvas is empty. Drag blocks from the palette, or open an example."
    blocks = len(plan.document.nodes) - len(plan.asides)
    text = f"✓  No problems: {blocks} block{'s' * (blocks != 1)}, {plan.weights:,} weights, "
    text += f"{plan.macs:,} multiply-accumulates a sample."
    if plan.asides:
        text += f"\nLeft out, because they lead nowhere: {', '.join(plan.asides)}."
    return text
