"""Numbers as bars: named ones from the left, and many side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.ui.kit.colour_maps import Array, extremes, number
from explorer.ui.kit.guard import guarded
from explorer.ui.kit.theme import Theme


class NamedBars(QWidget):
    """One bar a row: name, bar, number. The greatest is emphasised, by weight as well as colour."""

    def __init__(self, theme: Theme, text: Callable[[float], str] = number) -> None:
        super().__init__()
        self.theme, self._text = theme, text
        self.names: Sequence[str] = ()
        self.values: Array | None = None
        self.limit: float | None = None  # a full bar; None: the greatest there is
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    def show_values(self, names: Sequence[str], values: Array | None) -> None:
        """Show the bars; None: names alone."""
        if len(names) != len(self.names):
            self.updateGeometry()
        self.names, self.values = names, values
        if values is not None:
            told = ", ".join(self.text_of(k) for k in np.argsort(-values)[:3])
            self.setAccessibleDescription(told)
        self.update()

    def text_of(self, index: int) -> str:
        """Name and number of one bar."""
        if self.values is None:
            return self.names[index]
        return f"{self.names[index]}: {self._text(float(self.values[index]))}"

    def minimumSizeHint(self) -> QSize:
        """Ten legible rows."""
        return QSize(140, max(len(self.names), 2) * self.fontMetrics().height())

    def sizeHint(self) -> QSize:
        """With some air."""
        return QSize(240, max(len(self.names), 2) * (self.fontMetrics().height() + 3))

    def bar_rect(self, index: int) -> QRectF:
        """Where a bar is painted, from 0 to its value."""
        row = self.height() / max(len(self.names), 1)
        row = min(row, self.fontMetrics().height() * 1.8)
        left, right = self._sides()
        low, high = self._range()
        value = 0.0 if self.values is None else float(np.nan_to_num(self.values[index]))
        unit = max(right - left, 1) / (high - low)
        ends = sorted((left - low * unit, left + (value - low) * unit))
        return QRectF(ends[0], index * row + 1, ends[1] - ends[0], row - 2)

    def _sides(self) -> tuple[float, float]:
        metrics = self.fontMetrics()
        names = max((metrics.horizontalAdvance(name) for name in self.names), default=0)
        left = min(names, self.width() * 0.4) + 8
        return left, self.width() - metrics.horizontalAdvance("-00.000 %")

    def _range(self) -> tuple[float, float]:
        low, high = (0.0, 1.0) if self.values is None else extremes(self.values)
        low, high = min(low, 0.0), max(high, 0.0) if self.limit is None else self.limit
        return low, high if high > low else low + 1.0

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        """All rows."""
        painter, colours = QPainter(self), self.theme.colours
        best = -1 if self.values is None or not len(self.names) else int(np.argmax(self.values))
        left, right = self._sides()
        for index, name in enumerate(self.names):
            bar = self.bar_rect(index)
            font = self.font()
            font.setBold(index == best)
            painter.setFont(font)
            track = QRectF(left, bar.y(), right - left, bar.height())
            painter.fillRect(track, QColor(colours.grid))
            painter.fillRect(bar, QColor(colours.accent if index == best else colours.faint))
            painter.setPen(QColor(colours.text))
            middle = int(Qt.AlignmentFlag.AlignVCenter)
            shown = painter.fontMetrics().elidedText(
                name, Qt.TextElideMode.ElideRight, int(left - 6)
            )
            painter.drawText(QRectF(0, bar.y() - 1, left - 6, bar.height() + 2), middle, shown)
            if self.values is not None:
                room = QRectF(right + 6, bar.y() - 1, self.width() - right - 6, bar.height() + 2)
                painter.drawText(room, middle, self._text(float(self.values[index])))


class Columns(QWidget):
    """Many numbers side by side, upwards and downwards from 0; at most one column a pixel."""

    pointed = Signal(object)  # index under the pointer, or None

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.values: Array = np.zeros(0, np.float32)
        self.index: int | None = None
        self.setMouseTracking(True)
        self.setMinimumSize(150, 60)
        theme.changed.connect(self.update)

    def show_values(self, values: Array) -> None:
        """Show (D,)."""
        self.values = values
        if self.index is not None:
            self.index = self.index if self.index < len(values) else None
            self.pointed.emit(self.index)
        self.update()

    def plot_rect(self) -> QRectF:
        """The room of the columns: right of the numbers, above the axis."""
        metrics = self.fontMetrics()
        left = metrics.horizontalAdvance("-0.0000") + 8
        return QRectF(self.rect()).adjusted(left, 6, -6, -(2 * metrics.height() + 4))

    def index_at(self, place: QPointF) -> int | None:
        """Which number is painted there."""
        plot = self.plot_rect()
        if not len(self.values) or not plot.contains(place):
            return None
        index = int((place.x() - plot.x()) / plot.width() * len(self.values))
        return min(index, len(self.values) - 1)

    @guarded
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell which number is under the pointer."""
        index = self.index_at(event.position())
        if index != self.index:
            self.index = index
            self.pointed.emit(index)
            self.update()

    @guarded
    def leaveEvent(self, event: object) -> None:
        """No number is meant any more."""
        self.index = None
        self.pointed.emit(None)
        self.update()

    def spans(self) -> tuple[Array, Array]:
        """Lowest and highest number of each painted column, 0 included."""
        most = max(int(self.plot_rect().width()), 1)
        values = np.nan_to_num(self.values)
        if len(values) > most:
            edges = np.linspace(0, len(values), most, endpoint=False).astype(int)
            lows, highs = np.minimum.reduceat(values, edges), np.maximum.reduceat(values, edges)
        else:
            lows = highs = values
        return np.minimum(lows, 0), np.maximum(highs, 0)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        """Columns, axis, numbers."""
        if not len(self.values):
            return
        painter, colours, plot = QPainter(self), self.theme.colours, self.plot_rect()
        low, high = extremes(self.values)
        low, high = min(low, 0.0), max(high, 0.0)
        unit = plot.height() / ((high - low) or 1.0)
        zero = plot.y() + high * unit
        lows, highs = self.spans()
        wide = plot.width() / len(lows)
        gap = 1.0 if wide > 3 else 0.0
        positive, negative = QColor(colours.series[1]), QColor(colours.series[0])
        for k in range(len(lows)):
            x = plot.x() + k * wide
            up, down = float(highs[k]) * unit, -float(lows[k]) * unit
            painter.fillRect(QRectF(x, zero - up, wide - gap, up), positive)
            painter.fillRect(QRectF(x, zero, wide - gap, down), negative)
        painter.setPen(QColor(colours.faint))
        painter.drawLine(QPointF(plot.left(), zero), QPointF(plot.right(), zero))
        self._paint_numbers(painter, plot, low, high, zero)
        if self.index is not None:
            x = plot.x() + self.index * plot.width() / len(self.values)
            painter.setPen(QColor(colours.text))
            painter.drawRect(QRectF(x, plot.y(), plot.width() / len(self.values), plot.height()))

    def _paint_numbers(
        self, painter: QPainter, plot: QRectF, low: float, high: float, zero: float
    ) -> None:
        line = self.fontMetrics().height()
        marks = {number(high): plot.top(), number(low): plot.bottom()}
        if min(zero - plot.top(), plot.bottom() - zero) > line:
            marks["0"] = zero
        for text, y in marks.items():
            room = QRectF(0, y - line / 2, plot.x() - 6, line)
            painter.drawText(room, int(Qt.AlignmentFlag.AlignRight), text)
        below = QRectF(plot.x(), plot.bottom() + 2, plot.width(), line)
        painter.drawText(below, int(Qt.AlignmentFlag.AlignLeft), "0")
        painter.drawText(below, int(Qt.AlignmentFlag.AlignRight), str(len(self.values) - 1))
        painter.drawText(
            below.translated(0, line), int(Qt.AlignmentFlag.AlignHCenter), "feature (index)"
        )
