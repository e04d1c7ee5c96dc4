"""Trials painted as lines across parallel axes, coloured by what was measured."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QLinearGradient,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.ui.kit.colour_maps import table
from explorer.ui.kit.guard import guarded
from explorer.ui.kit.theme import Theme
from explorer.ui.panels.sweep.parallel_axes import Axis, Thread, diamond

SIDE, TOP, GAP = 14, 27, 6  # pixels around the axes
SPAN = {False: (0, 205), True: (50, 255)}  # of the colour table: what the ground does not swallow
TIGHT = 64  # pixels between axes, below which ticks have two digits
UNSCORED = 0.45  # how dense lines of failed trials are
LIFTED = 2.0  # pixels: wider lines are set off from the others
FADED = 0.13  # of lines that a brush leaves out


class ParallelPicture(QWidget):
    """The last axis is what was measured and gives the colours."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.theme = theme
        self.axes: tuple[Axis, ...] = ()
        self.threads: tuple[Thread, ...] = ()
        self.best: int | None = None
        self.chosen: int | None = None
        self.under: int | None = None
        self.brushes: dict[str, tuple[float, float]] = {}
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
        rgb = table("amount")[round(first + (last - first) * min(max(share, 0.0), 1.0))]
        return QColor(*(int(part) for part in rgb))

    # --- painting

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        """Lines, then axes, then those that are looked at, then words."""
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
        for place, axis in enumerate(self.axes):
            self._paint_words(painter, place, axis, self.x_of(place))
        if self.hasFocus():
            painter.setPen(QPen(QColor(self.theme.colours.accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _pen(self, thread: Thread, width: float) -> QPen:
        score = thread.values[-1]
        if score is None:
            grey = QColor(self.theme.colours.faint)
            grey.setAlphaF(UNSCORED if self.passes(thread) or width > LIFTED else FADED)
            return QPen(grey, width * 0.7, Qt.PenStyle.DashLine)
        colour = self.colour(self.axes[-1].place(score))
        if not self.passes(thread):
            colour.setAlphaF(FADED)
        return QPen(colour, width)

    def _paint_line(self, painter: QPainter, thread: Thread, width: float) -> None:
        points = self.points(thread)
        path = QPainterPath(points[0]) if points else QPainterPath()
        for point in points[1:]:
            path.lineTo(point)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if width > LIFTED:  # set off from the others
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
                painter.drawPolygon(diamond(point))
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
        title = metrics.elidedText(axis.name, Qt.TextElideMode.ElideRight, int(room - 4))
        self._words(painter, x, 0, room, title)
        painter.setPen(QColor(c.faint))
        line = metrics.height()
        drawn: list[float] = []
        for share, text in axis.ticks(3 if room > TIGHT else 2):
            y = self.y_of(share)
            if any(abs(y - other) < line for other in drawn):
                continue
            drawn.append(y)
            if not axis.choices and share in (0.0, 1.0):
                self._words(painter, x, frame.bottom() + 2 if share == 0 else TOP - 11, room, text)
                continue
            left = place == len(self.axes) - 1
            short = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(room - 14))
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
