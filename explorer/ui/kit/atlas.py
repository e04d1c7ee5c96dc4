"""Many maps of one size side by side, each labelled with its index."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from explorer.ui.kit.map_view import MapView
from explorer.ui.kit.theme import Theme

GAP = 4.0
LABELLED_FROM = 26.0  # narrower maps have no room for their index


class Atlas(MapView):
    """A grid that makes the maps as large as its room allows."""

    def __init__(self, theme: Theme, label: str = "map") -> None:
        super().__init__(theme)
        self.label = label
        self.chosen: int | None = None  # outlined
        self.setMinimumSize(120, 60)
        self._grid_key: object = None
        self._grid_found = (1, 1.0, 1.0, 0.0)

    def layout_of(self) -> tuple[int, float, float, float]:
        """Columns of the grid, width and height of a map, height of a label."""
        count, (rows, columns) = len(self.values), self.values.shape[1:]
        room, line = self.canvas(), float(self.fontMetrics().height())
        best = (1, 0.0, 0.0, 0.0)
        for across in range(1, count + 1):
            down = math.ceil(count / across)
            width = (room.width() - GAP * (across - 1)) / across
            for label in (line, 0.0):
                height = (room.height() - GAP * (down - 1)) / down - label
                cell = min(width / columns, height / rows)
                fits = cell * columns >= LABELLED_FROM if label else cell > 0
                if fits and cell * columns > best[1]:
                    best = (across, cell * columns, cell * rows, label)
                if fits:
                    break
        return best

    def tile(self, index: int) -> QRectF:
        """By rows, from the left."""
        across, width, height, label = self._grid()
        row, column = divmod(index, across)
        x, y = column * (width + GAP), row * (height + label + GAP) + label
        return QRectF(x + 1, y + 1, width, height)

    def _grid(self) -> tuple[int, float, float, float]:
        key = (self.size(), self.values.shape, self.font().key())
        if self._grid_key != key:
            self._grid_key, self._grid_found = key, self.layout_of()
        return self._grid_found

    def legend_rect(self) -> QRectF:
        """Right beside the maps, where they are too few to fill the width."""
        found = super().legend_rect()
        across, width, _, _ = self._grid()
        columns = min(across, len(self.values))
        found.moveLeft(min(found.left(), columns * (width + GAP) + GAP))
        return found

    def candidates(self, place: QPointF) -> range:
        """The one whose place in the grid it is."""
        if not len(self.values):
            return range(0)
        across, width, height, label = self._grid()
        row = int((place.y() - 1) // max(height + label + GAP, 1))
        column = int((place.x() - 1) // max(width + GAP, 1))
        index = row * across + column
        return range(index, index + 1) if 0 <= index < len(self.values) else range(0)

    def decorate(self, painter: QPainter) -> None:
        """Indices above the maps; a frame around the chosen one."""
        label = self._grid()[3]
        for index in range(len(self.values)):
            tile = self.tile(index)
            if label:
                above = QRectF(tile.x(), tile.y() - label, tile.width(), label)
                painter.drawText(above, int(Qt.AlignmentFlag.AlignLeft), str(index))
            if index == self.chosen:
                painter.save()
                painter.setPen(QPen(QColor(self.theme.colours.accent), 2))
                painter.drawRect(tile.adjusted(-1, -1, 1, 1))
                painter.restore()
