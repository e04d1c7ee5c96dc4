"""A note on the canvas, and the field in which its text is written."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import (
    QGraphicsItem,
    QPlainTextEdit,
    QStyleOptionGraphicsItem,
    QWidget,
)

from explorer.graph.document import Note
from explorer.ui.canvas.paint import scene_font
from explorer.ui.canvas.painted_item import SheetItem
from explorer.ui.kit.guard import guarded
from explorer.ui.kit.theme import Colours

TEXT_PIXELS = 12.5
INSET = 10.0
GRIP = 16.0  # the lower right corner, by which it is resized
EMPTY = "Empty note: double-click to write"
NO_TEXT_BELOW = 0.3


class NoteItem(SheetItem):
    """Mirrors one Note; selected where it is the one that Delete removes."""

    def __init__(self, note: Note, colours: Colours) -> None:
        super().__init__(colours)
        self.note = note
        self.setZValue(-4)
        self.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        self.show_note(note)

    def show_note(self, note: Note) -> None:
        """Another version of it."""
        self.note = note
        self.setPos(note.x, note.y)
        self.setRect(QRectF(0, 0, note.width, note.height).adjusted(-3, -3, 3, 3))
        self.setToolTip(note.text)
        self.update()

    def body(self) -> QRectF:
        """The note in the scene."""
        return QRectF(self.note.x, self.note.y, self.note.width, self.note.height)

    def grip(self) -> QRectF:
        """The corner in the scene by which it is resized."""
        corner = self.body().bottomRight()
        return QRectF(corner - QPointF(GRIP, GRIP), corner)

    def draw(self, painter: QPainter, option: QStyleOptionGraphicsItem) -> None:
        """A coloured sheet with text."""
        c = self._colours
        sheet = self.rect().adjusted(3, 3, -3, -3)
        ground = QColor(c.warning)
        ground.setAlpha(38)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(ground)
        outline = QColor(c.accent if self.selected else c.warning)
        if not self.selected:
            outline.setAlpha(120)
        painter.setPen(QPen(outline, 2.0 if self.selected else 1.0))
        painter.drawRoundedRect(sheet, 4, 4)
        corner = sheet.bottomRight() - QPointF(3, 3)
        grip = [corner, corner - QPointF(9, 0), corner - QPointF(0, 9)]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(outline)
        if not self.printed:
            painter.drawPolygon(QPolygonF(grip))
        if option.levelOfDetailFromTransform(painter.worldTransform()) >= NO_TEXT_BELOW:
            painter.setFont(scene_font(TEXT_PIXELS))
            painter.setPen(QColor(c.text if self.note.text else c.faint))
            inner = sheet.adjusted(INSET, INSET, -INSET, -INSET)
            flags = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft
            painter.setClipRect(inner.adjusted(-2, -2, 2, 2))
            painter.drawText(inner, flags, self.note.text or ("" if self.printed else EMPTY))


class NoteField(QPlainTextEdit):
    """Ctrl+Enter or a click elsewhere takes the text, Esc leaves the old one."""

    def __init__(
        self, room: QWidget, text: str, area: QRect, commit: Callable[[str], None]
    ) -> None:
        super().__init__(text, room)
        self._room, self._commit, self._done = room, commit, False
        self.setObjectName("noteField")
        self.setAccessibleName("Text of the note")
        self.setPlaceholderText("Write; Ctrl+Enter is done, Esc leaves it")
        self.setGeometry(area)
        self.selectAll()
        self.show()
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+Enter and Esc end it."""
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.key() == Qt.Key.Key_Escape:
            self._close()
        elif control and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take()
        else:
            super().keyPressEvent(event)

    @guarded
    def focusOutEvent(self, event: QFocusEvent) -> None:
        """What was written is kept."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:  # its own menu
            self._take()

    def _take(self) -> None:
        if not self._done:
            text = self.toPlainText()
            self._close()
            self._commit(text)

    def _close(self) -> None:
        if self._done:
            return
        self._done = True
        if self.hasFocus():
            self._room.setFocus(Qt.FocusReason.OtherFocusReason)
        self.hide()
        self.deleteLater()
