"""Trials as lines across parallel axes, one for each parameter and one for what was measured."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.graph.block import Argument
from explorer.plan.ranges import shown
from explorer.ui.guard import guarded
from explorer.ui.panels.parts.colour_maps import table
from explorer.ui.theme import Theme

SIDE, TOP, GAP = 14, 20, 6  # pixels around the axes
NEAR = 8.0  # of a line that the pointer is on
GRIP = 10.0  # of an axis that is brushed
SPAN = {False: (0, 205), True: (50, 255)}  # of the colour table: what the ground does not swallow
LEAST = 0.02  # of an axis: a shorter brush is a click


@dataclass(frozen=True, slots=True)
class Axis:
    """A scale: numbers from `low` to `high`, or choices at even distances."""

    name: str
    low: float = 0.0
    high: float = 1.0
    log: bool = False
    choices: tuple[Argument, ...] = ()
    percent: bool = False

    def place(self, value: Argument) -> float:
        """0 (below) to 1 (above)."""
        if self.choices:
            last = len(self.choices) - 1
            return self.choices.index(value) / last if last and value in self.choices else 0.5
        number = float(str(value))
        if self.high <= self.low:
            return 0.5
        if self.log:
            return math.log(number / self.low) / math.log(self.high / self.low)
        return (number - self.low) / (self.high - self.low)

    def ticks(self) -> list[tuple[float, str]]:
        """Places and words."""
        if self.choices:
            return [(self.place(each), shown(each)) for each in self.choices]
        ends = [self.low] if self.high <= self.low else [self.low, self.high]
        return [(self.place(each), self.text(each)) for each in ends]

    def text(self, value: float) -> str:
        """A number on it."""
        return f"{value:.2%}" if self.percent else shown(float(value))


@dataclass(frozen=True, slots=True)
class Thread:
    """A trial: its places on the axes; None on an axis where it has no value."""

    number: int
    values: tuple[Argument, ...]
    words: str


class ParallelPlot(QWidget):
    """objectName `parallelPlot`. The last axis is what was measured and gives the colours."""

    pointed = Signal(object)  # the number of the trial under the pointer, or None
    picked = Signal(int)
    activated = Signal(int)
    brushed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("parallelPlot")
        self.setAccessibleName("Trials across parallel axes")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.theme = theme
        self.axes: tuple[Axis, ...] = ()
        self.threads: tuple[Thread, ...] = ()
        self.best: int | None = None
        self.chosen: int | None = None
        self.under: int | None = None
        self.brushes: dict[str, tuple[float, float]] = {}
        self._drag: tuple[int, float] | None = None
        theme.changed.connect(self.update)

    def minimumSizeHint(self) -> QSize:
        """Room for two axes."""
        return QSize(160, 90)

    def show_trials(
        self, axes: Sequence[Axis], threads: Sequence[Thread], best: int | None
    ) -> None:
        """These and no others; brushes of axes that stay are kept."""
        self.axes, self.threads, self.best = tuple(axes), tuple(threads), best
        names = {axis.name for axis in axes}
        self.brushes = {name: of for name, of in self.brushes.items() if name in names}
        numbers = {each.number for each in threads}
        self.under = self.under if self.under in numbers else None
        self.chosen = self.chosen if self.chosen in numbers else None
        self.setAccessibleDescription(
            f"{len(threads)} trials, {len(axes)} axes: {', '.join(axis.name for axis in axes)}"
        )
        self.update()

    def choose(self, number: int | None) -> None:
        """Draw this trial over the others."""
        if number != self.chosen:
            self.chosen = number
            self.update()

    def passes(self, thread: Thread) -> bool:
        """Whether it goes through every brush."""
        for axis, value in zip(self.axes, thread.values, strict=True):
            if axis.name in self.brushes:
                low, high = self.brushes[axis.name]
                if value is None or not low - 1e-9 <= axis.place(value) <= high + 1e-9:
                    return False
        return True

    def brush(self, name: str, low: float, high: float) -> None:
        """Only trials that pass between these shares of an axis stand out."""
        self.brushes[name] = (max(0.0, min(low, high)), min(1.0, max(low, high)))
        self.brushed.emit()
        self.update()

    def clear_brushes(self) -> None:
        """All trials again."""
        if self.brushes:
            self.brushes = {}
            self.brushed.emit()
            self.update()

    # --- places

    def _frame(self) -> QRectF:
        line = self.fontMetrics().height()
        top = TOP + line / 2
        return QRectF(SIDE, top, self.width() - 2 * SIDE, self.height() - top - line - GAP)

    def x_of(self, place: int) -> float:
        """Of an axis."""
        frame, last = self._frame(), len(self.axes) - 1
        margin = min(44.0, frame.width() / 8)
        inner = frame.width() - 2 * margin
        return frame.left() + margin + (inner * place / last if last else inner / 2)

    def y_of(self, share: float) -> float:
        """Of a share of an axis."""
        frame = self._frame()
        return frame.bottom() - share * frame.height()

    def points(self, thread: Thread) -> list[QPointF]:
        """Where its line goes."""
        return [
            QPointF(self.x_of(place), self.y_of(axis.place(value)))
            for place, (axis, value) in enumerate(zip(self.axes, thread.values, strict=True))
            if value is not None
        ]

    def colour(self, share: float) -> QColor:
        """Of a share of the last axis."""
        first, last = SPAN[self.theme.dark]
        rgb = table(False)[round(first + (last - first) * min(max(share, 0.0), 1.0))]
        return QColor(*(int(part) for part in rgb))

    # --- painting

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        """Lines, then axes, then the one that is looked at."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        special = {self.best, self.chosen, self.under} - {None}
        for thread in self.threads:
            if thread.number not in special:
                self._paint_line(painter, thread, 1.4)
        self._paint_axes(painter)
        for number in (self.best, self.chosen, self.under):
            for thread in self.threads:
                if thread.number == number:
                    self._paint_line(painter, thread, 3.2)
                    self._paint_dots(painter, thread)
        if self.hasFocus():
            painter.setPen(QPen(QColor(self.theme.colours.accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _pen(self, thread: Thread, width: float) -> QPen:
        score = thread.values[-1]
        if score is None:
            return QPen(QColor(self.theme.colours.faint), width * 0.7, Qt.PenStyle.DashLine)
        colour = self.colour(self.axes[-1].place(score))
        if not self.passes(thread):
            colour.setAlphaF(0.13)
        return QPen(colour, width)

    def _paint_line(self, painter: QPainter, thread: Thread, width: float) -> None:
        points = self.points(thread)
        path = QPainterPath(points[0]) if points else QPainterPath()
        for point in points[1:]:
            path.lineTo(point)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if width > 2:  # set off from the others
            painter.setPen(QPen(QColor(self.theme.colours.window), width + 2.5))
            painter.drawPath(path)
        painter.setPen(self._pen(thread, width))
        painter.drawPath(path)

    def _paint_dots(self, painter: QPainter, thread: Thread) -> None:
        painter.setPen(QPen(QColor(self.theme.colours.text), 1.4))
        painter.setBrush(self._pen(thread, 1.0).color())
        best = thread.number == self.best
        for point in self.points(thread):
            if best:  # told by its form too
                painter.drawPolygon(_diamond(point))
            else:
                painter.drawEllipse(point, 3.2, 3.2)

    def _paint_axes(self, painter: QPainter) -> None:
        c, frame = self.theme.colours, self._frame()
        for place, axis in enumerate(self.axes):
            x, last = self.x_of(place), place == len(self.axes) - 1
            if last and len(axis.name):
                self._paint_scale(painter, x)
            painter.setPen(QPen(QColor(c.outline), 1.2))
            painter.drawLine(QPointF(x, frame.top()), QPointF(x, frame.bottom()))
            self._paint_brush(painter, axis, x)
            self._paint_words(painter, place, axis, x)

    def _paint_scale(self, painter: QPainter, x: float) -> None:
        frame = self._frame()
        gradient = QLinearGradient(x, frame.bottom(), x, frame.top())
        for k in range(9):
            gradient.setColorAt(k / 8, self.colour(k / 8))
        painter.fillRect(QRectF(x, frame.top(), 7, frame.height()), gradient)

    def _paint_brush(self, painter: QPainter, axis: Axis, x: float) -> None:
        if axis.name not in self.brushes:
            return
        low, high = (self.y_of(share) for share in self.brushes[axis.name])
        colour = QColor(self.theme.colours.accent)
        painter.setPen(QPen(colour, 1.2))
        colour.setAlphaF(0.25)
        painter.setBrush(colour)
        painter.drawRect(QRectF(x - 6, high, 12, max(2.0, low - high)))

    def _paint_words(self, painter: QPainter, place: int, axis: Axis, x: float) -> None:
        c, metrics, frame = self.theme.colours, self.fontMetrics(), self._frame()
        room = self._room()
        painter.setPen(QColor(c.text))
        title = metrics.elidedText(axis.name, Qt.TextElideMode.ElideMiddle, int(room - 4))
        self._words(painter, x, 0, room, title)
        painter.setPen(QColor(c.faint))
        line = metrics.height()
        drawn: list[float] = []
        for share, text in axis.ticks():
            y = self.y_of(share)
            if any(abs(y - other) < line for other in drawn):
                continue
            drawn.append(y)
            if not axis.choices and share in (0.0, 1.0):
                self._words(painter, x, frame.bottom() + 2 if share == 0 else TOP - 5, room, text)
                continue
            left = place == len(self.axes) - 1
            short = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(room / 2))
            width = metrics.horizontalAdvance(short)
            at = QRectF(x - width - 8 if left else x + 8, y - line / 2, width + 2, line)
            ground = QColor(c.window)
            ground.setAlphaF(0.75)
            painter.fillRect(at, ground)
            painter.drawText(at, int(Qt.AlignmentFlag.AlignVCenter), short)

    def _room(self) -> float:
        return self.x_of(1) - self.x_of(0) if len(self.axes) > 1 else float(self.width())

    def _words(self, painter: QPainter, x: float, y: float, room: float, text: str) -> None:
        """Centred on an axis, but within the widget."""
        width = min(self.fontMetrics().horizontalAdvance(text) + 2.0, room)
        left = min(max(x - width / 2, 1.0), self.width() - width - 1)
        at = QRectF(left, y, width, self.fontMetrics().height())
        painter.drawText(at, int(Qt.AlignmentFlag.AlignCenter), text)

    # --- the pointer

    def thread_at(self, place: QPointF) -> Thread | None:
        """The nearest line that is near enough."""
        found, least = None, NEAR
        for thread in self.threads:
            if self.brushes and not self.passes(thread):
                continue
            distance = _distance(self.points(thread), place)
            if distance <= least:
                found, least = thread, distance
        return found

    def axis_at(self, place: QPointF) -> int | None:
        """The axis under the pointer."""
        near = (k for k in range(len(self.axes)) if abs(self.x_of(k) - place.x()) <= GRIP)
        return next(near, None)

    @guarded
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell the line under the pointer, or draw the brush."""
        place = event.position()
        if self._drag is not None:
            axis, began = self._drag
            now = self._share(place)
            if abs(now - began) > LEAST:
                self.brush(self.axes[axis].name, began, now)
            return
        grip = self.axis_at(place) is not None
        self.setCursor(Qt.CursorShape.SplitVCursor if grip else Qt.CursorShape.ArrowCursor)
        self._point(self.thread_at(place))

    @guarded
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a brush, or choose a line."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        axis = self.axis_at(event.position())
        thread = self.thread_at(event.position())
        if axis is not None:
            self._drag = axis, self._share(event.position())
        elif thread is not None:
            self.picked.emit(thread.number)

    @guarded
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on an axis takes its brush away."""
        drag, self._drag = self._drag, None
        if drag is None:
            return
        name = self.axes[drag[0]].name
        if abs(self._share(event.position()) - drag[1]) <= LEAST and name in self.brushes:
            del self.brushes[name]
            self.brushed.emit()
            self.update()

    @guarded
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Look at the run."""
        thread = self.thread_at(event.position())
        if thread is not None:
            self.activated.emit(thread.number)

    @guarded
    def leaveEvent(self, event: object) -> None:
        """Nothing is under the pointer."""
        self._point(None)

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down through the trials, Enter looks at one, Esc clears the brushes."""
        key = event.key()
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and self.threads:
            self._step(1 if key == Qt.Key.Key_Up else -1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.chosen is not None:
            self.activated.emit(self.chosen)
        elif key == Qt.Key.Key_Escape and self.brushes:
            self.clear_brushes()
        else:
            super().keyPressEvent(event)

    def _step(self, by: int) -> None:
        """To the next better or worse one of those that pass."""
        scored = [(each.values[-1], each) for each in self.threads if self.passes(each)]
        ranked = [
            each.number
            for _, each in sorted(
                scored, key=lambda pair: -math.inf if pair[0] is None else float(str(pair[0]))
            )
        ]
        if not ranked:
            return
        here = ranked.index(self.chosen) if self.chosen in ranked else -1 if by > 0 else 0
        self.picked.emit(ranked[(here + by) % len(ranked)])

    def _share(self, place: QPointF) -> float:
        frame = self._frame()
        return min(max((frame.bottom() - place.y()) / max(frame.height(), 1.0), 0.0), 1.0)

    def _point(self, thread: Thread | None) -> None:
        number = thread.number if thread is not None else None
        if number == self.under:
            return
        self.under = number
        self.setToolTip(thread.words if thread is not None else "")
        self.pointed.emit(number)
        self.update()


def axis_of(name: str, values: Sequence[Argument], percent: bool = False) -> Axis:
    """A scale that just holds these values; logarithmic where they span much."""
    if any(isinstance(value, str | bool) for value in values):
        return Axis(name, choices=tuple(sorted(dict.fromkeys(values), key=str)))
    numbers = [float(str(value)) for value in values]
    if not numbers:
        return Axis(name, percent=percent)
    low, high = min(numbers), max(numbers)
    log = not percent and low > 0 and high / low >= 15
    return Axis(name, low, high, log, percent=percent)


def _diamond(at: QPointF) -> list[QPointF]:
    r = 5.0
    return [at + QPointF(0, -r), at + QPointF(r, 0), at + QPointF(0, r), at + QPointF(-r, 0)]


def _distance(points: Sequence[QPointF], place: QPointF) -> float:
    """From a place to the nearest piece of a line."""
    if len(points) < 2:
        return math.inf
    corners = np.array([[point.x(), point.y()] for point in points])
    at, begin, along = np.array([place.x(), place.y()]), corners[:-1], np.diff(corners, axis=0)
    length = np.maximum((along**2).sum(1), 1e-9)
    share = np.clip(((at - begin) * along).sum(1) / length, 0, 1)[:, None]
    return float(np.sqrt((((begin + share * along) - at) ** 2).sum(1)).min())
