"""One array as a heatmap with named axes and ticks."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from explorer.ui.kit.colour_maps import Array, Scale
from explorer.ui.kit.map_view import MapView
from explorer.ui.kit.theme import Theme


class Heatmap(MapView):
    """(rows, columns) over the whole room, or with square cells."""

    def __init__(self, theme: Theme, rows: str, columns: str, square: bool = False) -> None:
        super().__init__(theme)
        self.rows, self.columns, self.square = rows, columns, square
        self.setMinimumSize(150, 80)

    def show_map(self, values: Array, scale: Scale) -> None:
        """Show (rows, columns)."""
        self.show_values(values[None], [scale])

    def tile(self, index: int) -> QRectF:
        """Right of the row numbers, above the column numbers."""
        line = self.fontMetrics().height()
        left = line + 6 + self.fontMetrics().horizontalAdvance(str(self.values.shape[1]))
        room = self.canvas().adjusted(left, 6, 0, -(2 * line + 4))
        if not self.square:
            return room
        cell = min(room.width() / self.values.shape[2], room.height() / self.values.shape[1])
        return QRectF(room.x(), room.y(), cell * self.values.shape[2], cell * self.values.shape[1])

    def legend_rect(self) -> QRectF:
        """Right beside the map."""
        found = super().legend_rect()
        tile = self.tile(0)
        found.moveLeft(tile.right() + 12)
        found.setBottom(max(tile.bottom() - 2, found.top() + 10))
        return found

    def decorate(self, painter: QPainter) -> None:
        """Ticks in the middle of their cells, names of the axes."""
        tile, line = self.tile(0), self.fontMetrics().height()
        rows, columns = self.values.shape[1:]
        for row in ticks(rows, tile.height(), line * 1.3):
            y = tile.y() + (row + 0.5) * tile.height() / rows
            room = QRectF(0, y - line / 2, tile.x() - 5, line)
            painter.drawText(room, int(Qt.AlignmentFlag.AlignRight), str(row))
        wide = self.fontMetrics().horizontalAdvance(str(columns)) + 10
        for column in ticks(columns, tile.width(), wide):
            x = tile.x() + (column + 0.5) * tile.width() / columns
            room = QRectF(x - wide / 2, tile.bottom() + 2, wide, line)
            painter.drawText(room, int(Qt.AlignmentFlag.AlignHCenter), str(column))
        below = QRectF(tile.x(), tile.bottom() + 2 + line, tile.width(), line)
        painter.drawText(below, int(Qt.AlignmentFlag.AlignHCenter), self.columns)
        painter.save()
        painter.translate(0, tile.center().y())
        painter.rotate(-90)
        beside = QRectF(-tile.height() / 2, 0, tile.height(), line)
        painter.drawText(beside, int(Qt.AlignmentFlag.AlignHCenter), self.rows)
        painter.restore()


def ticks(count: int, length: float, room: float) -> range:
    """Indices to number: every 1st, 2nd, 5th, 10th ... so that each has `room` pixels."""
    cell = length / max(count, 1)
    steps = (factor * 10**power for power in range(7) for factor in (1, 2, 5))
    return range(0, count, next((step for step in steps if step * cell >= room), count or 1))
