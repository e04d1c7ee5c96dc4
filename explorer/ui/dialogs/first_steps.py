"""The guided tour inside the window: a card beside each part that says what one does with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSettings, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from explorer.ui.kit.guard import guarded, guarded_with
from explorer.ui.kit.named import named
from explorer.ui.kit.theme import Theme

SEEN = "firstStepsSeen"  # in the settings
WIDTH, GAP = 340, 14  # pixels of the card; between it and what it speaks of


@dataclass(frozen=True, slots=True)
class Step:
    """One card: what it says, and the part of the window that it stands beside."""

    title: str
    text: str | Callable[[], str]  # what depends on the moment is asked for then
    target: Callable[[], QWidget]

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

    def end(self) -> None:
        """No card any more."""
        for widget in (self._card, self._outline):
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        if self._card is not None:
            self._window.removeEventFilter(self)
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
            self._card.tell(self._steps[self.place], self.place, len(self._steps))
            self._follow()

    def _follow(self) -> None:
        if self._card is None or self._outline is None:
            return
        target = self._steps[self.place].target()
        seen = target.isVisible()
        spot = QRect(target.mapTo(self._window, QPoint(0, 0)), target.size()) if seen else QRect()
        self._outline.surround(spot.intersected(self._window.rect()))
        self._card.stand_beside(spot)

    @guarded_with(False)
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The window has another size, or its parts have other places."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
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

    def stand_beside(self, spot: QRect) -> None:
        """Where there is most room beside the spot; in the middle without one."""
        room = self._window.rect().adjusted(GAP, GAP, -GAP, -GAP)
        width = min(max(WIDTH, self.minimumSizeHint().width()), room.width())
        self.resize(width, max(self.heightForWidth(width), self.minimumSizeHint().height()))
        self.move(_place(self.rect(), spot, room))
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


def _place(card: QRect, spot: QRect, room: QRect) -> QPoint:
    """Beside, below or above the spot, whichever leaves it free; else within its upper part."""
    if spot.isEmpty():
        return room.center() - card.center()
    beside = (
        QPoint(spot.left() - GAP - card.width(), spot.top()),
        QPoint(spot.right() + GAP, spot.top()),
    )
    along = (
        QPoint(spot.left(), spot.bottom() + GAP),
        QPoint(spot.left(), spot.top() - GAP - card.height()),
    )
    sides = (*beside, *along) if spot.height() > card.height() else (*along, *beside)
    for corner in sides:
        moved = _inside(QRect(corner, card.size()), room)
        if not QRect(moved, card.size()).intersects(spot):
            return moved
    return _inside(QRect(spot.center() - card.center(), card.size()), room)


def _inside(rect: QRect, room: QRect) -> QPoint:
    return QPoint(
        max(room.left(), min(rect.left(), room.right() - rect.width())),
        max(room.top(), min(rect.top(), room.bottom() - rect.height())),
    )
