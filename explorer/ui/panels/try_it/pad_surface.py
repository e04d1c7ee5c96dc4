"""The paper to draw on: takes mouse, touch and tablet pen, and keeps the strokes."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QEventPoint,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QTabletEvent,
    QTouchEvent,
)
from PySide6.QtWidgets import QWidget

from explorer.ui.kit.guard import guarded, guarded_with
from explorer.ui.kit.theme import Theme

NIB = 0.07  # width of the painted line as a share of the side; what the network gets is drawn anew
TOUCHES = (QEvent.Type.TouchBegin, QEvent.Type.TouchUpdate, QEvent.Type.TouchEnd)
TAP = 0.03  # of the side: what extends less was meant as a dot


class PadSurface(QWidget):
    """A square whose strokes are kept in units of its side, so that resizing keeps the drawing."""

    drawn = Signal()  # the strokes changed
    rewritten = Signal()  # otherwise than by the pen going on; `drawn` follows
    lifted = Signal()  # a stroke is finished, or the strokes changed otherwise than by drawing

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.invitation = "Draw a digit here"
        self._strokes: list[list[tuple[float, float]]] = []
        self._drawing = False
        self._touch: int | None = None  # the finger that draws; others are ignored
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setMinimumSize(96, 96)
        theme.changed.connect(self.update)

    def strokes(self) -> list[NDArray[np.float64]]:
        """Each stroke as (points, 2): x, y in units of the side, y downwards.

        A tap that trembles is one point: blown up to the size of a digit it would be a scrawl.
        """
        strokes = [np.array(stroke, np.float64) for stroke in self._strokes]
        if strokes and np.ptp(np.concatenate(strokes), axis=0).max() < TAP:
            return [strokes[0][:1]]
        return strokes

    @property
    def empty(self) -> bool:
        """Whether nothing is drawn."""
        return not self._strokes

    def clear(self) -> None:
        """White paper."""
        self._change([])

    def undo(self) -> None:
        """Take the last stroke back."""
        self._change(self._strokes[:-1])

    def _change(self, strokes: list[list[tuple[float, float]]]) -> None:
        self._drawing = False
        if len(strokes) != len(self._strokes):
            self._strokes = strokes
            self.update()
            self.rewritten.emit()
            self.drawn.emit()
            self.lifted.emit()

    # --- pen ---------------------------------------------------------------------------------

    def _down(self, place: QPointF) -> None:
        self._drawing = True
        self._strokes.append([])
        self._move(place)

    def _move(self, place: QPointF) -> None:
        if not self._drawing:
            return
        side = max(min(self.width(), self.height()), 1)
        point = (place.x() / side, place.y() / side)
        if self._strokes[-1] and self._strokes[-1][-1] == point:
            return
        self._strokes[-1].append(point)
        self.update()
        self.drawn.emit()

    def _up(self) -> None:
        if self._drawing:
            self._drawing = False
            self.lifted.emit()

    @guarded
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a stroke."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._down(event.position())

    @guarded
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with it."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._move(event.position())

    @guarded
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End it."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._move(event.position())
            self._up()

    @guarded
    def tabletEvent(self, event: QTabletEvent) -> None:
        """A tablet's pen, with its finer positions."""
        if event.type() == QEvent.Type.TabletPress and event.button() == Qt.MouseButton.LeftButton:
            self._down(event.position())
        elif event.type() == QEvent.Type.TabletMove:
            self._move(event.position())
        elif event.type() == QEvent.Type.TabletRelease:
            self._up()
        event.accept()

    def _touched(self, event: QTouchEvent) -> None:
        for point in event.points():
            if self._touch is None and event.type() == QEvent.Type.TouchBegin:
                self._touch = point.id()
                self._down(point.position())
            elif point.id() == self._touch and point.state() != QEventPoint.State.Stationary:
                self._move(point.position())
        here = {
            point.id() for point in event.points() if point.state() != QEventPoint.State.Released
        }
        if event.type() == QEvent.Type.TouchEnd or self._touch not in here:
            self._touch = None
            self._up()

    @guarded_with(False)
    def event(self, event: QEvent) -> bool:
        """Touch comes only here; with the focus, Delete and Ctrl+Z are the pad's."""
        if isinstance(event, QTouchEvent) and event.type() in TOUCHES:
            self._touched(event)
            event.accept()
            return True
        if event.type() == QEvent.Type.TouchCancel:
            self._touch = None
            self._up()
            return True
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and (self._is_clear(event) or event.matches(QKeySequence.StandardKey.Undo))
        ):
            event.accept()
            return True
        return super().event(event)

    @staticmethod
    def _is_clear(event: QKeyEvent) -> bool:
        return event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete clears, Ctrl+Z takes a stroke back."""
        if self._is_clear(event):
            self.clear()
        elif event.matches(QKeySequence.StandardKey.Undo):
            self.undo()
        else:
            super().keyPressEvent(event)

    # --- looks -------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Comfortable for a finger."""
        return QSize(200, 200)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paper, ink, and a frame that shows the focus."""
        painter, colours = QPainter(self), self.theme.colours
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(colours.base))
        if self.empty:
            painter.setPen(QColor(colours.faint))
            flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
            painter.drawText(self.rect().adjusted(8, 8, -8, -8), flags, self.invitation)
        side = min(self.width(), self.height())
        pen = QPen(QColor(colours.text), max(side * NIB, 2.0))
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        for stroke in self._strokes:
            if len(stroke) == 1:
                painter.drawPoint(QPointF(stroke[0][0] * side, stroke[0][1] * side))
            else:
                painter.drawPath(smooth_path(stroke, side))
        painter.setPen(QPen(QColor(colours.accent if self.hasFocus() else colours.border), 2))
        painter.drawRect(self.rect().adjusted(1, 1, -1, -1))


def smooth_path(stroke: list[tuple[float, float]], side: float) -> QPainterPath:
    """Through the middles between the points, which are themselves the control points."""
    points = [QPointF(x * side, y * side) for x, y in stroke]
    path = QPainterPath(points[0])
    for here, then in pairwise(points[1:]):
        path.quadTo(here, (here + then) / 2)
    path.lineTo(points[-1])
    return path
