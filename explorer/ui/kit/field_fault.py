"""Why what was typed can't be taken, said in words right below the field that it was typed into."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QLabel, QVBoxLayout, QWidget

from explorer.ui.kit.guard import guarded_with
from explorer.ui.kit.timers import single_shot

STAYS_MS = 8000  # after the field has been left


class FieldFault(QFrame):
    """objectName `fieldFault`. Lies over what is below the field, so that nothing jumps, and
    scrolls along with it.
    """

    def __init__(self, field: QWidget) -> None:
        super().__init__(field)
        self._field = field
        self.setObjectName("fieldFault")
        self.setAutoFillBackground(True)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._words = QLabel()
        self._words.setWordWrap(True)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setProperty("role", "error")
        self._rows = layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 5, 8, 5)
        layout.addWidget(self._words)
        self._fade = single_shot(self, STAYS_MS)
        self._fade.timeout.connect(self.clear)
        self._soon_words = ""
        self._soon = single_shot(self, 0)
        self._soon.timeout.connect(lambda: self.say(self._soon_words))
        field.destroyed.connect(self.deleteLater)  # it lies on what is around the field
        field.installEventFilter(self)
        self.hide()

    @guarded_with(False)
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """What is hidden has nothing to say."""
        if event.type() == QEvent.Type.Hide:
            self.clear()
        return False

    @property
    def text(self) -> str:
        """What is said just now; empty: nothing."""
        return self._words.text()

    def say(self, words: str) -> None:
        """Show the words below the field until `clear`."""
        self._fade.stop()
        self._soon.stop()
        self._words.setText(words)
        self.setAccessibleName(words)
        self._place()
        self.show()
        self.raise_()

    def say_soon(self, words: str, pause_ms: int) -> None:
        """The same after a pause, or at once where something is said already."""
        if self.isVisible():
            self.say(words)
        else:
            self._soon_words = words
            self._soon.start(pause_ms)

    def say_last(self, words: str) -> None:
        """The same, for some seconds: the field has been left."""
        self.say(words)
        self._fade.start()

    def clear(self) -> None:
        """All is well again."""
        self._soon.stop()
        self._words.setText("")
        self.hide()

    def _place(self) -> None:
        ground, field = _ground(self._field), self._field
        if self.parentWidget() is not ground:
            self.setParent(ground)
        width = min(max(field.width(), 220), ground.width() - 8)
        height = self._rows.heightForWidth(width)
        corner = field.mapTo(ground, QPoint(field.width() - width, field.height() + 2))
        seen = ground.visibleRegion().boundingRect()  # of what scrolls, a part
        if corner.y() + height > seen.bottom():
            corner.setY(field.mapTo(ground, QPoint(0, -height - 2)).y())
        self.setGeometry(max(corner.x(), 4), max(corner.y(), seen.top(), 0), width, height)


def _ground(field: QWidget) -> QWidget:
    """What scrolls with the field, or its window: the words may lie anywhere on it."""
    ground = field.parentWidget() or field
    while not ground.isWindow():
        above = ground.parentWidget()
        if above is None or isinstance(above.parentWidget(), QAbstractScrollArea):
            break
        ground = above
    return ground
