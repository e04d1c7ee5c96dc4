"""Try the network: draw its input or take a test sample, and see the answer at once.

What stands here is what all other views show: this panel is the one that chooses the sample.
"""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QButtonGroup,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
)

from explorer.datasets.dataset import Dataset
from explorer.graph.document import Document
from explorer.plan.plan import Plan
from explorer.protocol.commands import Picture
from explorer.protocol.events import (
    Event,
    Prediction,
    Progress,
    Ready,
    RunState,
    Started,
    Status,
    Watched,
)
from explorer.ui.kit.guard import guarded
from explorer.ui.kit.take_away import Numbers, TakeAway
from explorer.ui.kit.timers import single_shot
from explorer.ui.panels.panel import Desk, Panel
from explorer.ui.panels.try_it.answer import Answer
from explorer.ui.panels.try_it.answer_view import AnswerView
from explorer.ui.panels.try_it.drawing_page import DrawingPage
from explorer.ui.panels.try_it.questions import Questions
from explorer.ui.panels.try_it.sample_page import SamplePage

REST_MS = 900  # the pen is up so long: nothing moves under it between two strokes
VIEWS_MS = 100  # between two pictures that the other views follow
WIDE = 1.3  # times as wide as high
NOTHING = "\N{EN DASH}"
LOADING = f"{NOTHING}   loading PyTorch…"
NO_NETWORK = f"{NOTHING}   no network yet"
UNFINISHED = f"{NOTHING}   unfinished: see Problems"
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
        self._state: RunState = "untrained"
        self._answer: Answer | None = None  # to the very input that is shown
        self.drawing, self.samples = DrawingPage(desk.theme), SamplePage(desk.theme)
        self.reply = AnswerView(desk.theme)
        self.bars, self.verdict = self.reply.bars, self.reply.verdict
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
        self.questions.late.connect(self._show_nothing_late)
        self.drawing.surface.rewritten.connect(self._forget)
        self.drawing.surface.drawn.connect(self._ink_changed)
        self.drawing.surface.drawn.connect(self._rest.stop)
        self.drawing.surface.lifted.connect(self._lifted)
        self.draw_button.clicked.connect(self._mode_chosen)
        self.test_button.clicked.connect(self._mode_chosen)
        self.samples.chosen.connect(self._sample_chosen)
        desk.store.changed.connect(self._document_changed)
        self._use(desk.store.plan.dataset)

    # --- building ----------------------------------------------------------------------------

    def _name_widgets(self) -> None:
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
        whole = QVBoxLayout(self)
        whole.setContentsMargins(8, 4, 8, 6)
        whole.setSpacing(5)
        whole.addLayout(top)
        whole.addLayout(self._body, 1)
        self._body.addWidget(self.pages, 4)
        self._body.addWidget(self.reply, 3)

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
        self.samples.clear()
        self._forget()
        if self.draws:
            self.questions.ask()
        self.tried.emit()
        self.watch_changed.emit()

    def _lifted(self) -> None:
        if not self.drawing.surface.empty:
            self._rest.start()

    def _sample_chosen(self) -> None:
        if not self.draws:
            self._forget()
            self.expects_answer.emit()
        self.watch_changed.emit()

    def _document_changed(self, before: Document, after: Document, plan: Plan) -> None:
        if plan.dataset is not self._dataset:
            self._use(plan.dataset)
            return
        if self._answer is not None and not self._answer.counts(self.desk.store, self._state):
            self._forget()
        self._show_known()
        if self._answer is None and self.draws:
            self.questions.ask()  # the network that there is may be the drawn one again

    def _use(self, dataset: Dataset | None) -> None:
        self._dataset = dataset
        self._forget()
        self.samples.clear()
        if dataset is None:
            self.drawing.input_view.show_picture(None, 1.0)
        else:
            self._offer_modes(dataset)
            self.drawing.use(dataset)
            self.samples.use(dataset)
        self.pages.setCurrentWidget(self.drawing if self.draw_button.isChecked() else self.samples)
        self._ink_changed()
        self.watch_changed.emit()

    def _offer_modes(self, dataset: Dataset) -> None:
        can_draw = dataset.pen is not None
        self.draw_button.setEnabled(can_draw)
        self.draw_button.setToolTip(
            "Draw the network's input"
            if can_draw
            else f"{dataset.title} can't be drawn: choose one of its test samples."
        )
        if not can_draw:
            self.test_button.setChecked(True)

    # --- asking ------------------------------------------------------------------------------

    def _ink_changed(self) -> None:
        """Make the input anew and ask about it."""
        dataset = self._dataset
        if dataset is None:
            self.questions.about(None)
        else:
            self.questions.about(self.drawing.picture(dataset), dataset.id)
        self._show_known()
        if not self._views_timer.isActive():
            self._views_timer.start()

    # --- answers -----------------------------------------------------------------------------

    def take(self, event: Event) -> None:
        """Show an answer; ask again where the network is another one."""
        if isinstance(event, Prediction):
            if self.draws and self.questions.answered_by(event):
                self._accept(Answer.of(event))
        elif isinstance(event, Watched):
            self._take_sample(event)
        elif isinstance(event, Progress):
            if self.draws:
                self.questions.ask_again()
        else:
            self._follow(event)

    def _follow(self, event: Event) -> None:
        """There is torch, a network, another network."""
        self._ready = True
        self.questions.allowed |= not isinstance(event, Ready)
        if isinstance(event, Status):
            self._state = event.state
        if isinstance(event, Started) or self._state in ("untrained", "loaded"):
            self._forget()
        self._show_known()
        if self.draws:
            self.questions.ask()

    def _take_sample(self, event: Watched) -> None:
        number = self.samples.index.value()
        mine = not self.draws and event.label is not None and event.sample in (None, number)
        if mine and self._dataset is not None and self._accept(Answer.of(event)):
            names = self._names(len(event.probabilities))
            self.samples.show_sample(event, self._dataset, names)

    def _accept(self, answer: Answer) -> bool:
        """Show it, if it may be shown."""
        counts = answer.counts(self.desk.store, self._state)
        if counts:
            self._answer = answer
            self._show_known()
        return counts

    def _forget(self) -> None:
        """What was answered belongs to another input, network or dataset."""
        self._answer = None
        self.questions.forget()
        self._show_known()

    def _names(self, count: int) -> tuple[str, ...]:
        classes = self._dataset.classes if self._dataset else ()
        return classes if len(classes) == count else tuple(str(k) for k in range(count))

    def _show_nothing_late(self) -> None:
        """The pen went on, and no answer follows it: the last one is no longer true."""
        if self.draws:
            self._answer = None
            self._show_known()

    def _show_known(self) -> None:
        """The answer to the present input, or why there is none."""
        answer = self._answer
        if answer is None:
            self.reply.show_none(self._why_none(), self._dataset.classes if self._dataset else ())
        else:
            names = self._names(len(answer.probabilities))
            self.reply.show_answer(answer, names, answer.note(self.desk.store))

    def _why_none(self) -> str:
        if self._dataset is None or (self.draws and self.questions.picture is None):
            return NOTHING
        if not self._ready:
            return LOADING
        if not self.questions.allowed:
            return NO_NETWORK
        return WAITING if self.desk.store.plan.ready else UNFINISHED

    def numbers(self) -> Numbers | None:
        """The stored values of the present input."""
        shown = self.questions.picture if self.draws else self.samples.view.picture
        return None if shown is None else Numbers(("channel", "row", "column"), {"value": shown})
