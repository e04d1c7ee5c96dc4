"""What keeps the drawing from being trained, and what is doubtful, each with its repair."""

from __future__ import annotations

from collections.abc import Callable, Sequence

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
from explorer.protocol.events import EpochDone, Event, LearntNothing, Started
from explorer.ui.canvas.placing import mend
from explorer.ui.kit.guard import guarded
from explorer.ui.panels.panel import Desk, Panel


class ProblemRow(QFrame):
    """One problem or advice: click it or press Enter to go to the block; its button repairs it."""

    def __init__(self, problem: Problem, go: Callable[[Problem], None]) -> None:
        super().__init__()
        self.problem, self._go = problem, go
        self.setObjectName("problemRow")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        advice = problem.severity == "advice"
        self.setAccessibleName(f"Advice: {problem.message}" if advice else problem.message)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.sign = QLabel("Advice" if advice else "✕")
        self.sign.setProperty("role", "advice" if advice else "error")
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
    """A row for each problem of the plan, then one for each advice; a tick and the network's size
    where there is no problem.
    """

    name = "problemsPanel"
    title = "Problems"
    group = "Network"
    order = 90

    events = (Started, EpochDone, LearntNothing)

    title_changed = Signal(str)  # the title with the numbers of problems and advice
    trust_asked = Signal(str)  # of this node's file

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.rows: list[ProblemRow] = []
        self._of_run: tuple[Problem, ...] = ()  # advice on the run, until its next epoch is over
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
        """The title with the numbers of problems and of advice."""
        advice = sum(row.problem.severity == "advice" for row in self.rows)
        problems = len(self.rows) - advice
        told = [f"{problems}"] * bool(problems) + [f"{advice} advice"] * bool(advice)
        return f"{self.title} ({', '.join(told)})" if told else self.title

    def take(self, event: Event) -> None:
        """What is said of a run holds until it goes on."""
        self._of_run = (_of_run(event),) if isinstance(event, LearntNothing) else ()
        self.show_plan(self.desk.store.plan)

    def _listed(self, plan: Plan) -> tuple[Problem, ...]:
        return (*plan.problems, *plan.advice, *self._of_run)

    def show_plan(self, plan: Plan) -> None:
        """List its problems and advice."""
        before = self.tab_title
        listed = self._listed(plan)
        if not self.rows or [row.problem.message for row in self.rows] != [
            problem.message for problem in listed
        ]:
            self._refill(listed)
        else:
            for row, problem in zip(self.rows, listed, strict=True):
                row.problem = problem  # the same words; the edit of the new document
        self.fine.setVisible(not plan.problems)
        self.fine.setText(_totals(plan))
        if self.tab_title != before:
            self.title_changed.emit(self.tab_title)

    def _refill(self, listed: Sequence[Problem]) -> None:
        while (item := self._layout.takeAt(0)) is not None:
            if (widget := item.widget()) is not None and widget is not self.fine:
                widget.hide()
                widget.deleteLater()
        self.rows = [ProblemRow(problem, self._go) for problem in listed]
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
        if node is not None and node in self.desk.store.document.nodes:  # a run's own may be gone
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


def _of_run(event: LearntNothing) -> Problem:
    return Problem(event.told, event.dead[0] if event.dead else None, severity="advice")


def _totals(plan: Plan) -> str:
    if not plan.document.nodes:
        return "The canvas is empty. Drag blocks from the palette, or open an example."
    blocks = len(plan.document.nodes) - len(plan.asides)
    text = f"✓  No problems: {blocks} block{'s' * (blocks != 1)}, {plan.weights:,} weights, "
    text += f"{plan.macs:,} multiply-accumulates a sample."
    if plan.asides:
        text += f"\nLeft out, because they lead nowhere: {', '.join(plan.asides)}."
    return text
