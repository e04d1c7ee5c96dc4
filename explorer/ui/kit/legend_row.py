"""What the lines of plots are: one legend for all of them, outside, where it covers no curve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.ui.kit.guard import guarded
from explorer.ui.kit.theme import Theme

SAMPLE, GAP, APART = 26, 6, 18  # of the line, to its words, to the next line


@dataclass(frozen=True, slots=True)
class Key:
    """How a line looks and what it is; `symbol` is "o", "d" or none."""

    words: str
    series: int
    width: float
    style: Qt.PenStyle = Qt.PenStyle.SolidLine
    alpha: float = 1.0
    symbol: str = ""


class LegendRow(QWidget):
    """From left to right; a further row where the width does not do."""

    def __init__(self, theme: Theme, keys: Sequence[Key]) -> None:
        super().__init__()
        self._theme, self._keys = theme, keys
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName("Legend: " + ", ".join(key.words for key in keys))
        theme.changed.connect(self.update)

    def places(self, width: int) -> list[QRectF]:
        """Where each line with its words stands in this width."""
        metrics, line = self.fontMetrics(), self.fontMetrics().height()
        found, x, y = [], 0.0, 0.0
        for key in self._keys:
            wide = SAMPLE + GAP + metrics.horizontalAdvance(key.words) + 2
            if x and x + wide > width:
                x, y = 0.0, y + line
            found.append(QRectF(x, y, wide, line))
            x += wide + APART
        return found

    def hasHeightForWidth(self) -> bool:
        """Narrow rows are more rows."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Of all rows."""
        return round(max((place.bottom() for place in self.places(width)), default=0.0))

    def sizeHint(self) -> QSize:
        """One row."""
        width = round(max((place.right() for place in self.places(10**6)), default=0.0))
        return QSize(width, self.fontMetrics().height())

    def minimumSizeHint(self) -> QSize:
        """The longest words must fit."""
        widest = max((place.width() for place in self.places(10**6)), default=0.0)
        return QSize(round(widest), self.fontMetrics().height())

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        """As high as this width wants it: a layout would give it one row."""
        super().resizeEvent(event)
        self.setFixedHeight(self.heightForWidth(self.width()))

    @guarded
    def changeEvent(self, event: QEvent) -> None:
        """Larger letters."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.setFixedHeight(self.heightForWidth(self.width()))

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        """A piece of each line, and its words."""
        painter, colours = QPainter(self), self._theme.colours
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for key, place in zip(self._keys, self.places(self.width()), strict=True):
            colour = QColor(colours.series[key.series])
            colour.setAlphaF(key.alpha)
            painter.setPen(QPen(colour, key.width, key.style))
            middle = place.center().y()
            painter.drawLine(QPointF(place.x(), middle), QPointF(place.x() + SAMPLE, middle))
            self._paint_symbol(painter, key, QPointF(place.x() + SAMPLE / 2, middle))
            painter.setPen(QColor(colours.text))
            words = place.adjusted(SAMPLE + GAP, 0, 0, 0)
            painter.drawText(words, int(Qt.AlignmentFlag.AlignVCenter), key.words)

    def _paint_symbol(self, painter: QPainter, key: Key, at: QPointF) -> None:
        if not key.symbol:
            return
        painter.save()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.colours.series[key.series]))
        if key.symbol == "o":
            painter.drawEllipse(at, 3.5, 3.5)
        else:
            r = 5.0
            corners = (QPointF(0, -r), QPointF(r, 0), QPointF(0, r), QPointF(-r, 0))
            painter.drawPolygon([at + corner for corner in corners])
        painter.restore()
