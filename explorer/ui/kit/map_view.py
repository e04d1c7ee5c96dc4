"""Arrays as pictures with crisp cells: the base of atlas and heatmap."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

from explorer.ui.kit.colour_maps import Array, Pixels, Scale, image, number, table
from explorer.ui.kit.guard import guarded
from explorer.ui.kit.moves import MOVES
from explorer.ui.kit.theme import Theme

Cell = tuple[int, int, int]  # map, row, column
LEGEND = 74  # width of the colour bar with its numbers, in pixels
BAR = 12


class MapView(QWidget):
    """(N, rows, columns) as N maps. A subclass says where each map goes."""

    pointed = Signal(object)  # Cell under the pointer or the keyboard's cursor, None when it leaves
    pressed = Signal(object)  # Cell that was clicked, or chosen with Enter

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.values: Array = np.zeros((0, 1, 1), np.float32)
        self.scales: list[Scale] = []  # one for all maps, or one for each
        self.cell: Cell | None = None
        self.legend = True
        self._pixels: Pixels = np.zeros((0, 1, 1), np.uint32)
        self._sheet: tuple[object, QImage] | None = None  # all maps as last painted
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme.changed.connect(self._colour)

    def show_values(self, values: Array, scales: list[Scale]) -> None:
        """Show (N, rows, columns)."""
        self.values, self.scales = values, scales
        self._colour()
        if self.cell is not None:
            inside = all(k < size for k, size in zip(self.cell, values.shape, strict=True))
            self._point(self.cell if inside else None)
        self.update()

    def _colour(self) -> None:
        """All values in the colours of the scheme."""
        dark = self.theme.dark
        if len(self.scales) == 1:
            self._pixels = self.scales[0].pixels(self.values, dark)
        elif self.scales:
            each = zip(self.scales, self.values, strict=True)
            self._pixels = np.stack([scale.pixels(values, dark) for scale, values in each])
        self._sheet = None
        self.update()

    # --- where things are --------------------------------------------------------------------

    def tile(self, index: int) -> QRectF:
        """Where a map is painted."""
        raise NotImplementedError

    def canvas(self) -> QRectF:
        """The room for maps: all but the colour bar."""
        right = LEGEND if self.legend else 2
        return QRectF(1, 1, max(self.width() - right - 1, 1), max(self.height() - 2, 1))

    def cell_rect(self, cell: Cell) -> QRectF:
        """Where one number is painted."""
        tile, (rows, columns) = self.tile(cell[0]), self.values.shape[1:]
        width, height = tile.width() / columns, tile.height() / rows
        return QRectF(tile.x() + cell[2] * width, tile.y() + cell[1] * height, width, height)

    def cell_at(self, place: QPointF) -> Cell | None:
        """The number that is painted there."""
        for index in self.candidates(place):
            tile = self.tile(index)
            if tile.contains(place):
                rows, columns = self.values.shape[1:]
                row = int((place.y() - tile.y()) / tile.height() * rows)
                column = int((place.x() - tile.x()) / tile.width() * columns)
                return index, min(row, rows - 1), min(column, columns - 1)
        return None

    def candidates(self, place: QPointF) -> range:
        """Maps that may lie there."""
        return range(len(self.values))

    # --- pointer and keyboard ----------------------------------------------------------------

    def _point(self, cell: Cell | None) -> None:
        if cell is not None or self.cell is not None:
            self.cell = cell
            self.pointed.emit(cell)
            self.update()

    @guarded
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell which number is under the pointer."""
        cell = self.cell_at(event.position())
        if cell != self.cell:
            self._point(cell)

    @guarded
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the number under the pointer."""
        cell = self.cell_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and cell is not None:
            self._point(cell)
            self.pressed.emit(cell)

    @guarded
    def leaveEvent(self, event: object) -> None:
        """No number is meant any more."""
        self._point(None)

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move from number to number, Page keys from map to map, Enter chooses."""
        if not len(self.values):
            return super().keyPressEvent(event)
        key, here = event.key(), self.cell or (0, 0, 0)
        if key in MOVES:
            steps = (0, *MOVES[key])
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            steps = (1 if key == Qt.Key.Key_PageDown else -1, 0, 0)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.cell is not None:
            return self.pressed.emit(self.cell)
        else:
            return super().keyPressEvent(event)
        sizes = self.values.shape
        moved = [(k + step) % n for k, step, n in zip(here, steps, sizes, strict=True)]
        return self._point((moved[0], moved[1], moved[2]) if self.cell is not None else (0, 0, 0))

    # --- painting ----------------------------------------------------------------------------

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        """Maps, decorations, colour bar, cursor."""
        if not len(self.values):
            return
        painter = QPainter(self)
        colours = self.theme.colours
        place, sheet = self._painted_maps(painter.device().devicePixelRatioF())
        painter.drawImage(place, sheet)
        painter.setPen(QColor(colours.border))
        for index in range(len(self.values) if self.scales[0].signed else 0):
            painter.drawRect(self.tile(index))  # 0 is nearly white: show where a map ends
        painter.setPen(QColor(colours.faint))
        self.decorate(painter)
        if self.legend:
            self._paint_legend(painter)
        if self.cell is not None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor("#000000"), 3))
            painter.drawRect(self.cell_rect(self.cell))
            painter.setPen(QPen(QColor("#ffffff"), 1))
            painter.drawRect(self.cell_rect(self.cell))

    def _painted_maps(self, ratio: float) -> tuple[QPointF, QImage]:
        """All maps as one picture in the device's pixels: scaled here, so that cells stay crisp."""
        tiles = [self.tile(index) for index in range(len(self.values))]
        left, top = tiles[0].x(), tiles[0].y()
        wide = max(tile.right() for tile in tiles) - left
        high = max(tile.bottom() for tile in tiles) - top
        room = QRectF(left, top, wide, high)
        key = (room.getRect(), len(tiles), tiles[-1].getRect(), ratio)
        if self._sheet is None or self._sheet[0] != key:
            self._sheet = (key, self._sheet_of(tiles, room, ratio))
            self._sheet[1].setDevicePixelRatio(ratio)
        return QPointF(round(left * ratio) / ratio, round(top * ratio) / ratio), self._sheet[1]

    def _sheet_of(self, tiles: list[QRectF], room: QRectF, ratio: float) -> QImage:
        rows, columns = self.values.shape[1:]
        height = max(round(tiles[0].height() * ratio), 1)
        width = max(round(tiles[0].width() * ratio), 1)
        down, across = np.arange(height) * rows // height, np.arange(width) * columns // width
        scaled = self._pixels[:, down[:, None], across]  # (N, height, width)
        places = [
            (round((t.y() - room.y()) * ratio), round((t.x() - room.x()) * ratio)) for t in tiles
        ]
        whole = np.zeros(
            (max(y for y, _ in places) + height, max(x for _, x in places) + width), np.uint32
        )
        for (y, x), tile in zip(places, scaled, strict=True):
            whole[y : y + height, x : x + width] = tile
        return image(whole)

    def decorate(self, painter: QPainter) -> None:
        """Labels and axes, in the faint text colour."""

    def legend_rect(self) -> QRectF:
        """Where the colour bar is, without its numbers."""
        line = self.fontMetrics().height()
        height = min(self.height() - 2 * line, 180)
        return QRectF(self.width() - LEGEND + 12, line, BAR, max(height, 10))

    def _paint_legend(self, painter: QPainter) -> None:
        bar, colours = self.legend_rect(), self.theme.colours
        signed, found = self.scales[0].signed, table(self.scales[0].quantity, self.theme.dark)
        gradient = QLinearGradient(bar.bottomLeft(), bar.topLeft())
        for place, colour in zip(np.linspace(0, 1, 33), found[::8], strict=False):
            gradient.setColorAt(float(place), QColor(*(int(part) for part in colour)))
        gradient.setColorAt(1.0, QColor(*(int(part) for part in found[255])))
        painter.fillRect(bar, gradient)
        painter.setPen(QColor(colours.border))
        painter.drawRect(bar)
        painter.setPen(QColor(colours.text))
        high, low = self.legend_texts()
        marks = [(bar.top(), high), (bar.bottom(), low)]
        if signed:
            marks.append((bar.center().y(), "0"))
        line = self.fontMetrics().height()
        for y, text in marks:
            room = QRectF(bar.right() + 5, y - line / 2, LEGEND - BAR - 17, line)
            painter.drawText(room, int(Qt.AlignmentFlag.AlignLeft), text)

    def legend_texts(self) -> tuple[str, str]:
        """What stands at the upper and the lower end of the colour bar."""
        if len(self.scales) == 1:
            return number(self.scales[0].high), number(self.scales[0].low)
        return ("+max", "-max") if self.scales[0].signed else ("max", "min")
