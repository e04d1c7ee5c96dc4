"""One bar for all messages: it never blocks, details can be unfolded and copied."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtWidgets import (
    QApplication,
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.ui.kit.guard import guarded_with
from explorer.ui.kit.named import named
from explorer.ui.kit.theme import Theme
from explorer.ui.kit.timers import single_shot

Level = Literal["good", "warning", "error"]
Actions = tuple[tuple[str, Callable[[], object]], ...]
FADE_MS = 10_000  # a confirmation stays so long
EDGE, HEAD = 8, 80  # pixels around the bar; from the window's top, where there is no canvas
MOVES = (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.Hide)
LEAST_LETTERS = 50  # in a line beside the buttons
MOST_WAITING = 4  # offers; an older one is dropped
SIGNS = {"good": "✓", "warning": "!", "error": "✕"}
WORDS = {"good": "Done", "warning": "Note", "error": "Problem"}


@dataclass(frozen=True, slots=True)
class Message:
    """What the bar shows. One with actions is an offer: it waits until it is answered."""

    level: Level
    text: str
    details: str = ""
    actions: Actions = ()
    looks: Actions = ()  # these leave the message where it is
    passing: bool = False  # why an edit was refused: it goes with the next one


class MessageBar(QFrame):
    """objectName `messageBar`. The latest message, until it is closed or replaced; an offer that
    was covered comes back when what covers it is closed.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._level: Level = "good"
        self._shown: Message | None = None
        self._waiting: list[Message] = []  # offers that were covered, the latest last
        self.setObjectName("messageBar")
        self.setAccessibleName("Message")
        self._sign = QLabel()
        self._text = named(QLabel(), "messageText")
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._buttons = QHBoxLayout()
        self._count = named(QLabel(), "messageCount")
        self._more = named(QToolButton(), "messageDetails")
        self._more.setText("Details")
        self._more.setCheckable(True)
        close = named(QToolButton(), "messageClose", "Close the message", "Close the message")
        close.setText("✕")
        close.setAutoRaise(True)
        self._details = QPlainTextEdit()
        self._details.setReadOnly(True)
        self._details.setMaximumHeight(140)
        self._details.setAccessibleName("Details of the message")
        row = QHBoxLayout()
        row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        self._middle = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._middle.addWidget(self._text, 1)
        self._middle.addLayout(self._buttons)
        row.addLayout(self._middle, 1)
        row.addWidget(self._more)
        row.addWidget(self._count)
        row.addWidget(close)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(12, 6, 8, 6)
        column.addLayout(row)
        column.addWidget(self._details)
        self._area: QWidget | None = None  # what it lies over
        self._fade = single_shot(self, FADE_MS)
        self._fade.timeout.connect(self._fade_away)
        self._more.toggled.connect(self._unfold)
        close.clicked.connect(self.close_message)
        theme.changed.connect(self._recolour)
        self.hide()

    def float_over(self, window: QWidget, area: QWidget) -> None:
        """Lie over the upper edge of an area of the window, so that nothing moves for a message;
        where the area is hidden, over the window's.
        """
        self.setParent(window)
        self._area = area
        area.installEventFilter(self)
        window.installEventFilter(self)

    @guarded_with(False)
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The area has moved: follow."""
        if event.type() in MOVES and not self.isHidden():
            self._place()
        return False

    def _place(self) -> None:
        area, window = self._area, self.parentWidget()
        if area is None or window is None:
            return
        shown = area.isVisible()
        corner = area.mapTo(window, QPoint(0, 0)) if shown else QPoint(0, HEAD)
        width = (area if shown else window).width() - 2 * EDGE
        self._fit(width)
        height = max(self.heightForWidth(width), self.minimumSizeHint().height())
        self.setGeometry(corner.x() + EDGE, corner.y() + EDGE, width, height)
        self.raise_()

    def _fit(self, width: int) -> None:
        """In a narrow bar the buttons go below the words."""
        rest = width - self._buttons.sizeHint().width()
        narrow = rest < LEAST_LETTERS * self.fontMetrics().averageCharWidth()
        way, side = QBoxLayout.Direction, Qt.AlignmentFlag
        below = narrow and self._buttons.count() > 0
        self._middle.setDirection(way.TopToBottom if below else way.LeftToRight)
        self._middle.setAlignment(self._buttons, side.AlignLeft if below else side(0))
        self._column.invalidate()
        self._column.activate()

    @property
    def text(self) -> str:
        """The message that is shown, or was."""
        return self._text.text()

    def tell(
        self,
        level: Level,
        text: str,
        details: str = "",
        actions: Actions = (),
        looks: Actions = (),
        passing: bool = False,
    ) -> None:
        """Show a message; each action is a button that also closes it, a look one that does not.
        One that is `passing` goes with the next edit.
        """
        shown = self._shown
        self._waiting = [each for each in self._waiting if each.text != text]
        if shown is not None and shown.actions and shown.text != text:
            self._waiting = [*self._waiting, shown][-MOST_WAITING:]
        self._show(Message(level, text, details, actions, looks, passing))

    def close_message(self) -> None:
        """Done with this one: an offer that it covered is shown again, or nothing."""
        self._shown = None
        if self._waiting:
            self._show(self._waiting.pop())
        else:
            self.hide()

    def edited(self) -> None:
        """The document has changed: why something could not be done is of no interest any more."""
        if self._shown is not None and self._shown.passing:
            self.close_message()

    def withdraw(self, text: str) -> None:
        """What was told holds no more."""
        self._waiting = [each for each in self._waiting if each.text != text]
        if self._shown is not None and self._shown.text == text:
            self.close_message()

    def _show(self, message: Message) -> None:
        self._shown, self._level = message, message.level
        self._sign.setText(SIGNS[message.level])
        self._sign.setAccessibleName(WORDS[message.level])
        self._text.setText(message.text)
        self._details.setPlainText(message.details)
        self._more.setVisible(bool(message.details))
        self._more.setChecked(False)
        self._details.hide()
        waiting = len(self._waiting)
        self._count.setText(f"{waiting} more")
        self._count.setVisible(bool(waiting))
        self._fill_buttons(message)
        self._recolour()
        self.show()
        self._place()
        if message.level == "good" and not message.actions:
            self._fade.start()
        else:
            self._fade.stop()

    def _unfold(self, shown: bool) -> None:
        self._details.setVisible(shown)
        self._place()

    def _fade_away(self) -> None:
        """A confirmation goes by itself, unless it is being read."""
        focus = QApplication.focusWidget()
        read = self.underMouse() or self._more.isChecked()
        if read or (focus is not None and self.isAncestorOf(focus)):
            self._fade.start()
        else:
            self.close_message()

    def _fill_buttons(self, message: Message) -> None:
        while (item := self._buttons.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        made = [_button(label, look) for label, look in message.looks]
        made += [_button(label, self._closing(action)) for label, action in message.actions]
        for button in made:
            self._buttons.addWidget(button)
            button.show()  # only then is it measured

    def _closing(self, action: Callable[[], object]) -> Callable[[], object]:
        def act() -> None:
            self.close_message()
            action()

        return act

    def _recolour(self) -> None:
        c = self._theme.colours
        line = {"good": c.good, "warning": c.warning, "error": c.error}[self._level]
        self.setStyleSheet(
            f"#messageBar {{ background: {c.raised}; border: 1px solid {line};"
            f" border-left: 5px solid {line}; border-radius: 4px; }}"
        )
        self._sign.setStyleSheet(f"color: {line}; font-weight: bold;")


def _button(label: str, act: Callable[[], object]) -> QPushButton:
    button = QPushButton(label)
    button.clicked.connect(lambda checked=False: act())
    return button
