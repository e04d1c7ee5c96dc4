"""The guided tour inside the window: a card beside each part that says what one does with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSettings, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QTabBar,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from explorer.ui.dialogs.card_place import GAP, place
from explorer.ui.kit.guard import guarded, guarded_with
from explorer.ui.kit.named import named
from explorer.ui.kit.theme import Theme

SEEN = "firstStepsSeen"  # in the settings
WIDTH = 340  # pixels of the card
ONWARDS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Right)
BUSY = (  # what has a use of its own for these keys
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
    QTextEdit,
)


@dataclass(frozen=True, slots=True)
class Step:
    """One card: what it says, and the part of the window that it stands beside."""

    title: str
    text: str | Callable[[], str]  # what depends on the moment is asked for then
    target: Callable[[], QWidget]
    open: Callable[[], object] = bool  # brings the target into sight where it is hidden

    @property
    def told(self) -> str:
        """The text as it is now."""
        return self.text if isinstance(self.text, str) else self.text()


class FirstSteps(QObject):
    """Shows the cards one after the other; the window can be used all the while."""

    ended = Signal()

    def __init__(
        self, window: QWidget, steps: Sequence[Step], theme: Theme, settings: QSettings
    ) -> None:
        super().__init__(window)
        self._window, self._steps = window, tuple(steps)
        self._theme, self._settings = theme, settings
        self._card: Card | None = None
        self._outline: Outline | None = None
        self._watched: QWidget | None = None
        self.place = 0

    @property
    def shown(self) -> bool:
        """Whether a card is there."""
        return self._card is not None

    def begin_if_new(self) -> None:
        """At the very first start; never again unless it is asked for."""
        if self._settings.value(SEEN) != "yes":
            self.begin()

    def begin(self) -> None:
        """From the first card."""
        self._settings.setValue(SEEN, "yes")
        self.end()
        self._outline = Outline(self._window, self._theme)
        self._card = Card(self._window, self._theme)
        self._card.asked.connect(self._go)
        self._card.left.connect(self.end)
        self._window.installEventFilter(self)
        self.place = 0
        self._show()
        self._card.next.setFocus()
        self._listen(True)

    def end(self) -> None:
        """No card any more."""
        for widget in (self._card, self._outline):
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        if self._card is not None:
            self._window.removeEventFilter(self)
            self._listen(False)
            self._card = self._outline = None
            self.ended.emit()

    def _go(self, by: int) -> None:
        self.place += by
        if self.place >= len(self._steps):
            self.end()
        else:
            self._show()

    def _show(self) -> None:
        if self._card is not None:
            step = self._steps[self.place]
            if not step.target().isVisible():
                step.open()
            self._card.tell(step, self.place, len(self._steps))
            self._follow()
            QTimer.singleShot(0, self, self._follow)  # once what was opened has its place

    def _follow(self) -> None:
        if self._card is None or self._outline is None:
            return
        spot, *later = [self._spot(step) for step in self._steps[self.place :]]
        self._outline.surround(spot)
        self._card.stand_beside(spot, later)

    def _spot(self, step: Step) -> QRect:
        """Of what it speaks of, within the window; empty where that can't be seen."""
        target = step.target()
        if not target.isVisible():
            return QRect()
        spot = QRect(target.mapTo(self._window, QPoint(0, 0)), target.size())
        return spot.intersected(self._window.rect())

    def _listen(self, on: bool) -> None:
        app = QApplication.instance()
        if isinstance(app, QApplication):
            change = app.focusChanged.connect if on else app.focusChanged.disconnect
            change(self._watch)
        self._watch(None, QApplication.focusWidget() if on else None)

    def _watch(self, before: QWidget | None, now: QWidget | None) -> None:
        """Hear the keys of what has the focus, wherever the user has clicked in the meantime."""
        if self._watched is not None and isValid(self._watched):
            self._watched.removeEventFilter(self)
        mine = now is not None and self._window.isAncestorOf(now) and not isinstance(now, BUSY)
        self._watched = now if mine else None
        if self._watched is not None:
            self._watched.installEventFilter(self)

    def _key(self, event: QKeyEvent) -> bool:
        """Return and Right go on; but Return on another of the card's buttons is for that one."""
        button = self._watched if isinstance(self._watched, QPushButton) else None
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if event.key() not in ONWARDS or not plain or self._card is None:
            return False
        event.accept()
        if event.type() == QEvent.Type.KeyPress:
            if button in (self._card.back, self._card.skip) and event.key() != Qt.Key.Key_Right:
                button.click()
            else:
                self._go(1)
        return True

    @guarded_with(False)
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The window has another size, or its parts have other places; a key."""
        if isinstance(event, QKeyEvent) and watched is self._watched:
            return event.type() != QEvent.Type.KeyRelease and self._key(event)
        if watched is self._window and event.type() in (
            QEvent.Type.Resize,
            QEvent.Type.LayoutRequest,
        ):
            self._follow()
        return False


class Card(QFrame):
    """objectName `firstSteps`. Esc skips, the buttons go on and back."""

    asked = Signal(int)  # so many cards on, or back
    left = Signal()

    def __init__(self, window: QWidget, theme: Theme) -> None:
        super().__init__(window)
        self._window = window
        named(self, "firstSteps", "Guided tour")
        c = theme.colours
        self.setStyleSheet(
            f"#firstSteps {{ background: {c.raised}; border: 2px solid {c.accent};"
            f" border-radius: 8px; }}"
        )
        self.count, self.title, self.text = QLabel(), QLabel(), QLabel()
        self.count.setProperty("role", "faint")
        self.title.setProperty("role", "title")
        self.text.setWordWrap(True)
        self.skip = named(QPushButton("Skip the tour"), "firstStepsSkip")
        self.back = named(QPushButton("Back"), "firstStepsBack")
        self.next = named(QPushButton("Next"), "firstStepsNext")
        self.skip.clicked.connect(self.left)
        self.back.clicked.connect(lambda: self.asked.emit(-1))
        self.next.clicked.connect(lambda: self.asked.emit(1))
        for word in ("Done", "Next"):  # as wide with either
            self.next.setText(word)
            self.next.setMinimumWidth(max(self.next.minimumWidth(), self.next.sizeHint().width()))
        self._lay_out()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self.skip)
        row.addStretch(1)
        row.addWidget(self.back)
        row.addWidget(self.next)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        for label in (self.count, self.title, self.text):
            column.addWidget(label)
        column.addLayout(row)

    def tell(self, step: Step, place: int, of: int) -> None:
        """Say what this step says."""
        self.count.setText(f"{place + 1} of {of}")
        self.title.setText(step.title)
        self.text.setText(step.told)
        self.setAccessibleDescription(f"{step.title}. {step.told}")
        self.back.setEnabled(place > 0)
        last = place + 1 == of
        self.next.setText("Done" if last else "Next")
        self.skip.setVisible(not last)

    def stand_beside(self, spot: QRect, later: Sequence[QRect]) -> None:
        """Where it stood, unless that would hide the spot; its buttons stay under the mouse."""
        room = self._window.rect().adjusted(GAP, GAP, -GAP, -GAP)
        width = min(max(WIDTH, self.minimumSizeHint().width()), room.width())
        height = max(self.heightForWidth(width), self.minimumSizeHint().height())
        stood = QRect(0, 0, width, height)
        if self.isVisible():
            stood.moveBottomRight(self.geometry().bottomRight())
        self.setGeometry(place(stood, spot, room, later))
        self.show()
        self.raise_()

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc skips."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class Outline(QWidget):
    """A frame around what is spoken of; the mouse goes through it."""

    def __init__(self, window: QWidget, theme: Theme) -> None:
        super().__init__(window)
        self._theme = theme
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def surround(self, spot: QRect) -> None:
        """Lie around this part of the window; nowhere if it is empty."""
        self.setGeometry(spot.adjusted(-3, -3, 3, 3))
        self.setVisible(not spot.isEmpty())
        self.raise_()

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        """The frame."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._theme.colours.accent), 4))
        painter.drawRoundedRect(self.rect().adjusted(2, 2, -3, -3), 6, 6)
