"""How much one query takes of every key: bars, beside the sample where its rows are the steps."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from explorer.ui.kit.colour_maps import Array, grey_image
from explorer.ui.kit.guard import guarded
from explorer.ui.kit.heatmap import ticks
from explorer.ui.kit.theme import Theme


class RowWeights(QWidget):
    """A picture whose attended rows are tinted and have long bars."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.weights: Array = np.zeros(0, np.float32)  # (T,)
        self.query = self.head = 0
        self.picture: NDArray[np.uint8] | None = None  # (C, T, W)
        self.level = 255.0
        self.setMinimumSize(170, 80)
        self.setAccessibleName("Weights of the chosen query")
        theme.changed.connect(self.update)

    def show_row(self, query: int, weights: Array, head: int) -> None:
        """Show the weights (T,) of one query step in one head."""
        self.query, self.weights, self.head = query, weights, head
        best = int(np.argmax(weights)) if len(weights) else 0
        self.setAccessibleDescription(f"query {query} looks most at key {best}")
        self.update()

    def show_picture(self, picture: NDArray[np.uint8], level: float) -> None:
        """Put the sample beside the bars, where each row is a step."""
        self.picture, self.level = picture, level
        self.update()

    def areas(self) -> tuple[QRectF | None, QRectF]:
        """Where picture and bars are."""
        line = self.fontMetrics().height()
        left = self.fontMetrics().horizontalAdvance("000") + 4
        room = QRectF(self.rect()).adjusted(left, line + 2, -6, -line - 4)
        if self.picture is None or self.picture.shape[1] != len(self.weights):
            return None, room
        wide = room.height() * self.picture.shape[2] / self.picture.shape[1]
        wide = min(wide, room.width() * 0.5)
        picture = QRectF(room.x(), room.y(), wide, room.height())
        return picture, room.adjusted(wide + 6, 0, 0, 0)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        """Picture, bars, numbers."""
        if not len(self.weights):
            return
        painter, colours = QPainter(self), self.theme.colours
        picture, bars = self.areas()
        row, most = bars.height() / len(self.weights), float(self.weights.max()) or 1.0
        if picture is not None and self.picture is not None:
            drawn = grey_image(self.picture, self.level)
            painter.drawImage(picture, drawn, QRectF(drawn.rect()))
        accent = QColor(colours.accent)
        for step, weight in enumerate(self.weights):
            y = bars.y() + step * row
            long = bars.width() * float(weight) / most
            painter.fillRect(QRectF(bars.x(), y, long, max(row - 1, 1)), accent)
            if picture is not None:
                accent.setAlphaF(0.7 * float(weight) / most)
                painter.fillRect(QRectF(picture.x(), y, picture.width(), row), accent)
                accent.setAlphaF(1.0)
        self._paint_text(painter, picture or bars, bars, row, most)

    def _paint_text(
        self, painter: QPainter, first: QRectF, bars: QRectF, row: float, most: float
    ) -> None:
        colours, line = self.theme.colours, self.fontMetrics().height()
        painter.setPen(QColor(colours.faint))
        for step in ticks(len(self.weights), bars.height(), line * 1.3):
            room = QRectF(0, bars.y() + (step + 0.5) * row - line / 2, first.x() - 5, line)
            painter.drawText(room, int(Qt.AlignmentFlag.AlignRight), str(step))
        below = QRectF(bars.x(), bars.bottom() + 2, bars.width(), line)
        painter.drawText(below, int(Qt.AlignmentFlag.AlignRight), f"{most:.3f}")
        painter.drawText(below, int(Qt.AlignmentFlag.AlignLeft), "0")
        painter.setPen(QColor(colours.text))
        title = QRectF(0, 0, self.width(), line)
        painter.drawText(
            title,
            int(Qt.AlignmentFlag.AlignLeft),
            f"head {self.head}: query {self.query} takes from",
        )
        painter.setPen(QPen(QColor(colours.series[1]), 2))
        y = bars.y() + self.query * row
        painter.drawRect(QRectF(first.x(), y, first.width(), row))
