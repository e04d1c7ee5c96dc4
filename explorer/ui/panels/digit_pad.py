"""Try the network: draw its input or take a test sample, and see the answer at once.

What stands here is what all other views show: this panel is the one that chooses the sample.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
)

from explorer.datasets.dataset import Dataset
from explorer.graph.document import Document
from explorer.plan.amounts import percent
from explorer.plan.plan import Plan
from explorer.protocol.commands import Picture
from explorer.protocol.events import (
    Event,
    Floats,
    Prediction,
    Progress,
    Ready,
    Started,
    Status,
    Watched,
)
from explorer.ui.guard import guarded
from explorer.ui.panels.panel import Desk, Panel
from explorer.ui.panels.parts.bars import NamedBars
from explorer.ui.panels.parts.drawing_page import DrawingPage
from explorer.ui.panels.parts.layouts import under
from explorer.ui.panels.parts.questions import Questions
from explorer.ui.panels.parts.sample_page import SamplePage
from explorer.ui.panels.parts.take_away import Numbers, TakeAway
from explorer.ui.timers import single_shot

REST_MS = 900  # the pen is up so long: nothing moves under it between two strokes
VIEWS_MS = 100  # between two pictures that the other views follow
WIDE = 1.3  # times as wide as high
NOTHING = "\N{EN DASH}"
LOADING = f"{NOTHING}   loading PyTorch…"
NO_NETWORK = f"{NOTHING}   no network yet"
WAITING = "…"


class DigitPadPanel(Panel):
    """Pad or test sample above, prediction and probabilities below."""

    name = "tryPanel"
    title = "Try it"
    area = "right"
    order = 20
    events = (Ready, Started, Status, Progress, Prediction, Watched)

    expects_answer = Signal()  # a Predict was sent: look for its answer soon
    tried = Signal()  # something was drawn and the pen has come to rest, or a sample was chosen

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._ready = False  # torch is loaded
        self.questions = Questions(desk.send)
        self.questions.asked.connect(self.expects_answer)
        self._dataset: Dataset | None = None
        self._watched: Watched | None = None
        self.drawing, self.samples = DrawingPage(desk.theme), SamplePage(desk.theme)
        self.prediction, self.verdict = QLabel(NOTHING), QLabel()
        self.bars = NamedBars(desk.theme, percent)
        self.bars.limit = 1.0
        self.draw_button, self.test_button = QPushButton("Draw"), QPushButton("Test sample")
        self.pages = QStackedWidget()
        self.take_away = TakeAway(self.drawing.input_view, self.numbers)
        self._body = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._body.setSpacing(5)
        self._name_widgets()
        self._lay_out()
        self._rest = single_shot(self, REST_MS)
        self._rest.timeout.connect(self.tried)
        self._views_timer = single_shot(self, VIEWS_MS)
        self._views_timer.timeout.connect(self.watch_changed)
        self.drawing.surface.drawn.connect(self._ink_changed)
        self.drawing.surface.drawn.connect(self._rest.stop)
        self.drawing.surface.lifted.connect(self._lifted)
        self.draw_button.clicked.connect(self._mode_chosen)
        self.test_button.clicked.connect(self._mode_chosen)
        self.samples.chosen.connect(self._sample_chosen)
        desk.store.changed.connect(self._document_changed)
        desk.theme.changed.connect(self._show_verdict)
        self._use(desk.store.plan.dataset)

    # --- building ----------------------------------------------------------------------------

    def _name_widgets(self) -> None:
        self.prediction.setObjectName("digitPadPrediction")
        self.prediction.setAccessibleName("Prediction")
        self.prediction.setProperty("role", "result")
        self.bars.setObjectName("digitPadBars")
        self.bars.setAccessibleName("Probability of each class")
        self.draw_button.setObjectName("tryDraw")
        self.test_button.setObjectName("tryTestSample")
        self.test_button.setToolTip("Show one of the dataset's own test samples in all views")
        self.modes = QButtonGroup(self)
        for button in (self.draw_button, self.test_button):
            button.setCheckable(True)
            button.setProperty("role", "choice")
            self.modes.addButton(button)
        self.draw_button.setChecked(True)
        self.take_away.file_stem = "input"

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(0)
        top.addWidget(self.draw_button)
        top.addWidget(self.test_button)
        top.addStretch(1)
        top.addWidget(self.take_away)
        self.pages.addWidget(self.drawing)
        self.pages.addWidget(self.samples)
        self.pages.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        answer = QHBoxLayout()
        answer.addWidget(self.prediction, 1)
        answer.addWidget(self.verdict)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(8, 4, 8, 6)
        whole.setSpacing(5)
        whole.addLayout(top)
        whole.addLayout(self._body, 1)
        self._body.addWidget(self.pages, 4)
        self._body.addWidget(under(answer, self.bars), 3)

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        """The answer below, or where it is wide beside."""
        super().resizeEvent(event)
        wide = self.width() > WIDE * self.height()
        directions = QBoxLayout.Direction
        self._body.setDirection(directions.LeftToRight if wide else directions.TopToBottom)

    def sizeHint(self) -> QSize:
        """A column of the usual width."""
        return QSize(310, 430)

    # --- what is chosen ----------------------------------------------------------------------

    @property
    def draws(self) -> bool:
        """Whether the pad is shown, not a test sample."""
        return self.pages.currentWidget() is self.drawing

    def sample(self) -> int | Picture | None:
        """The drawing; while there is none, or in the other mode, the number of the test sample."""
        if self.draws and self.questions.picture is not None:
            return self.questions.picture
        return self.samples.index.value()

    def _mode_chosen(self) -> None:
        self.pages.setCurrentWidget(self.drawing if self.draw_button.isChecked() else self.samples)
        self._show_known()
        self.tried.emit()
        self.watch_changed.emit()

    def _lifted(self) -> None:
        if not self.drawing.surface.empty:
            self._rest.start()

    def _sample_chosen(self) -> None:
        self._watched = None
        self._show_known()
        self._views_timer.start()

    def _document_changed(self, before: Document, after: Document, plan: Plan) -> None:
        if plan.dataset is not self._dataset:
            self._use(plan.dataset)

    def _use(self, dataset: Dataset | None) -> None:
        self._dataset, self._watched = dataset, None
        if dataset is None:
            return
        can_draw = dataset.pen is not None
        self.drawing.use(dataset)
        self.samples.use(dataset)
        self.draw_button.setEnabled(can_draw)
        self.draw_button.setToolTip(
            "Draw the network's input"
            if can_draw
            else f"{dataset.title} can't be drawn: choose one of its test samples."
        )
        if not can_draw:
            self.test_button.setChecked(True)
        self.pages.setCurrentWidget(self.drawing if self.draw_button.isChecked() else self.samples)
        self._ink_changed()
        self.watch_changed.emit()

    # --- asking ------------------------------------------------------------------------------

    def _ink_changed(self) -> None:
        """Make the input anew and ask about it."""
        if self._dataset is None:
            return
        self.questions.about(self.drawing.picture(self._dataset))
        if self.questions.picture is None or not self.questions.allowed:
            self._show_known()
        if not self._views_timer.isActive():
            self._views_timer.start()

    # --- answers -----------------------------------------------------------------------------

    def take(self, event: Event) -> None:
        """Show an answer; ask again where the network is another one."""
        if isinstance(event, Prediction):
            if self.draws and self.questions.answered_by(event):
                self._show_answer(event.probabilities)
        elif isinstance(event, Watched):
            self._take_sample(event)
        elif isinstance(event, Progress):
            self.questions.ask_again()
        else:
            self._ready = True
            self.questions.allowed |= not isinstance(event, Ready)
            self._show_known()
            self.questions.ask()

    def _take_sample(self, event: Watched) -> None:
        if event.label is None or self._dataset is None:
            return  # the drawing, which has its own questions and answers
        self._watched = event
        self.samples.show_sample(event, self._dataset, self._names(len(event.probabilities)))
        if not self.draws:
            self._show_known()

    def _names(self, count: int) -> tuple[str, ...]:
        classes = self._dataset.classes if self._dataset else ()
        return classes if len(classes) == count else tuple(str(k) for k in range(count))

    def _show_known(self) -> None:
        """What is known of the present input without asking."""
        if not self.draws and self._watched is not None:
            return self._show_answer(self._watched.probabilities)
        asked = self.questions.picture is not None or not self.draws
        text = (WAITING if self.questions.allowed else NO_NETWORK) if self._ready else LOADING
        if asked and self.questions.allowed and self.draws and self.bars.values is not None:
            return None  # the last answer stands until the next one
        self.prediction.setText(text if asked else NOTHING)
        self.verdict.clear()
        self.bars.show_values(self._dataset.classes if self._dataset else (), None)
        return None

    def _show_answer(self, probabilities: Floats) -> None:
        names = self._names(len(probabilities))
        best = int(np.argmax(probabilities))
        self.prediction.setText(f"{names[best]}   {percent(float(probabilities[best]))}")
        self.bars.show_values(names, probabilities)
        self._show_verdict()

    def _show_verdict(self) -> None:
        """Of a test sample: whether the answer is right."""
        label = self._watched.label if self._watched is not None and not self.draws else None
        if label is None or self._watched is None:
            return self.verdict.clear()
        right = int(np.argmax(self._watched.probabilities)) == label
        colours = self.desk.theme.colours
        self.verdict.setText("✓ right" if right else "✗ wrong")
        self.verdict.setStyleSheet(f"color: {colours.good if right else colours.error};")
        return None

    def numbers(self) -> Numbers | None:
        """The stored values of the present input."""
        shown = (
            self.questions.picture
            if self.draws
            else self._watched.picture
            if self._watched
            else None
        )
        return None if shown is None else Numbers(("channel", "row", "column"), {"value": shown})
