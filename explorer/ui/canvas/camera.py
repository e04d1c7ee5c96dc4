"""Zoom, fit, and the grid behind the drawing."""

from __future__ import annotations

import math

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QGraphicsView

from explorer.ui.canvas.geometry import GRID
from explorer.ui.canvas.lettering import natural_zoom

LEAST, MOST = 0.08, 6.0
STEP = 1.2  # factor of one press of Ctrl +
LEAST_MARGIN, MOST_MARGIN, MARGIN_SHARE = 10.0, 28.0, 0.06  # around a drawing that is fitted in
TILE_CELLS = 8


class Camera:
    """How the view looks at the scene."""

    def __init__(self, view: QGraphicsView) -> None:
        self._view = view
        self.touched = False  # once the user has zoomed or panned, nothing else does
        self._tile: QPixmap | None = None
        self._tile_key: tuple[object, ...] = ()

    @property
    def zoom(self) -> float:
        """Pixels per scene unit."""
        return self._view.transform().m11()

    @staticmethod
    def natural() -> float:
        """The zoom at which blocks have the size of the system's text."""
        return natural_zoom()

    def zoom_by(self, factor: float, spot: QPoint | None = None) -> None:
        """Zoom so that what is under `spot` (the centre, where none is given) stays there."""
        view = self._view
        at = spot if spot is not None else view.viewport().rect().center()
        before = view.mapToScene(at)
        zoom = min(max(self.zoom * factor, LEAST), MOST)
        view.setTransform(view.transform().fromScale(zoom, zoom))
        shift = view.mapFromScene(before) - at
        across, down = view.horizontalScrollBar(), view.verticalScrollBar()
        across.setValue(across.value() + shift.x())
        down.setValue(down.value() + shift.y())
        self.touched = True

    def room(self) -> tuple[float, float]:
        """How much of the scene can be seen at the natural zoom, beside the margin."""
        room, zoom = self._fit_room(), self.natural()
        return max(room.width(), 1.0) / zoom, max(room.height(), 1.0) / zoom

    def _fit_room(self) -> QRectF:
        """The viewport without its margin, which is small where there is little room."""
        whole = QRectF(self._view.viewport().rect())
        x, y = (
            min(max(side * MARGIN_SHARE, LEAST_MARGIN), MOST_MARGIN)
            for side in (whole.width(), whole.height())
        )
        return whole.adjusted(x, y, -x, -y)

    def fit(self, extent: QRectF) -> None:
        """Show all of this rectangle, no larger than natural."""
        view, room = self._view, self._fit_room()
        zoom = self.natural()
        if not extent.isEmpty() and room.width() > 0 and room.height() > 0:
            zoom = min(zoom, room.width() / extent.width(), room.height() / extent.height())
        zoom = min(max(zoom, LEAST), MOST)
        view.setTransform(view.transform().fromScale(zoom, zoom))
        view.centerOn(extent.center())
        self.touched = False

    def paint_grid(self, painter: QPainter, exposed: QRectF, ground: str, dots: str) -> None:
        """Points of the grid, tiled."""
        device = painter.worldTransform().mapRect(exposed).toAlignedRect()
        painter.save()
        painter.resetTransform()
        painter.fillRect(device, QColor(ground))
        if self.zoom >= 0.3:
            tile = self._grid_tile(dots)
            size = round(tile.deviceIndependentSize().width())
            origin = QPointF(self._view.mapFromScene(0.0, 0.0))
            offset = QPointF(device.topLeft()) - origin
            phase = QPointF(math.fmod(offset.x(), size), math.fmod(offset.y(), size))
            painter.drawTiledPixmap(QRectF(device), tile, phase + QPointF(size, size))
        painter.restore()

    def _grid_tile(self, dots: str) -> QPixmap:
        ratio = self._view.devicePixelRatioF()
        key = (round(self.zoom, 4), dots, ratio)
        if self._tile is None or key != self._tile_key:
            cells = TILE_CELLS if self.zoom < 2 else 2
            pitch = 2 * GRID * self.zoom
            side = max(1, round(cells * pitch))
            self._tile = QPixmap(round(side * ratio), round(side * ratio))
            self._tile.setDevicePixelRatio(ratio)
            self._tile.fill(Qt.GlobalColor.transparent)
            painter = QPainter(self._tile)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(dots))
            radius = 1.2 if self.zoom > 0.6 else 0.9
            step = side / cells
            for row in range(cells):
                for column in range(cells):
                    centre = QPointF((column + 0.5) * step, (row + 0.5) * step)
                    painter.drawEllipse(centre, radius, radius)
            painter.end()
            self._tile_key = key
        return self._tile
