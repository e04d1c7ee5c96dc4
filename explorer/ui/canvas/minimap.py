"""The whole network in a corner of the canvas, and the part of it that is in sight."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QGraphicsView, QWidget

from explorer.ui.canvas.geometry import HEIGHT, WIDTH
from explorer.ui.canvas.scene import CanvasScene
from explorer.ui.kit.guard import guarded
from explorer.ui.kit.named import named

WIDE, HIGH = 168, 108  # pixels at most
EDGE, CORNER = 6, 10
SMALLEST_CANVAS = 420  # pixels wide, below which it would be in the way


class Minimap(QWidget):
    """Painted from the scene's blocks, not a second view. A press or a drag looks there."""

    def __init__(self, view: QGraphicsView, scene: CanvasScene) -> None:
        super().__init__(view)
        self._view, self._scene = view, scene
        named(self, "minimap", "Minimap", "The whole network; drag to look elsewhere")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._extent = QRectF()
        self._drawing: QPixmap | None = None
        scene.store.changed.connect(self.redraw)
        scene.theme.changed.connect(self.redraw)
        self.hide()

    def redraw(self) -> None:
        """The network is another one."""
        self._drawing = None
        self.follow()

    def follow(self) -> None:
        """The view looks elsewhere: there is no map where all is in sight."""
        if self._drawing is None:
            self._extent = self._whole()
        sight = self.sight()
        inside = sight.adjusted(-8, -8, 8, 8).contains(self._extent)
        wanted = not self._extent.isEmpty() and not inside
        wanted = wanted and self._view.viewport().width() >= SMALLEST_CANVAS
        if wanted:
            self._place()
            self.update()
        self.setVisible(wanted)

    def _whole(self) -> QRectF:
        """Around all blocks and notes; from numbers, as this is asked after each edit."""
        nodes = self._scene.drawing.nodes.values()
        if not nodes:
            return self._scene.notes.extent()
        xs, ys = [node.x for node in nodes], [node.y for node in nodes]
        centres = QRectF(QPointF(min(xs), min(ys)), QPointF(max(xs), max(ys)))
        blocks = centres.adjusted(-WIDTH / 2, -HEIGHT / 2, WIDTH / 2, HEIGHT / 2)
        return blocks.united(self._scene.notes.extent())

    def sight(self) -> QRectF:
        """What the view shows of the scene."""
        return self._view.mapToScene(self._view.viewport().rect()).boundingRect()

    def place_of(self, point: QPointF) -> QPointF:
        """Where a point of the scene is on the map."""
        corner = QPointF(EDGE, EDGE)
        return (point - self._extent.topLeft()) * self._scale + corner

    @property
    def _scale(self) -> float:
        wide, high = max(self._extent.width(), 1.0), max(self._extent.height(), 1.0)
        return min((WIDE - 2 * EDGE) / wide, (HIGH - 2 * EDGE) / high)

    def _place(self) -> None:
        size = self._extent.size() * self._scale
        room = self._view.viewport().geometry()
        wide = max(round(size.width()) + 2 * EDGE, 40)
        high = max(round(size.height()) + 2 * EDGE, 24)
        place = (room.right() - wide - CORNER, room.bottom() - high - CORNER, wide, high)
        if self.geometry().getRect() != place:
            self.setGeometry(*place)
            self._drawing = None

    def _drawn(self) -> QPixmap:
        """Ground and blocks, kept until the network changes."""
        ratio = self.devicePixelRatioF()
        if self._drawing is None or self._drawing.devicePixelRatio() != ratio:
            c = self._scene.theme.colours
            drawing = QPixmap(self.size() * ratio)
            drawing.setDevicePixelRatio(ratio)
            drawing.fill(QColor(c.base))
            painter = QPainter(drawing)
            for item in self._scene.nodes.values():
                body = item.scene_body()
                group = c.groups.get(item.node.block.group, c.faint)
                colour = QColor(c.error if item.look.problem else group)
                corner = self.place_of(body.topLeft())
                size = body.size() * self._scale
                least = QRectF(corner.x(), corner.y(), max(size.width(), 2), max(size.height(), 2))
                painter.fillRect(least, colour)
            painter.end()
            self._drawing = drawing
        return self._drawing

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        """The drawing, and a frame around what is in sight."""
        c = self._scene.theme.colours
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._drawn())
        painter.setPen(QPen(QColor(c.outline), 1))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        sight = self.sight()
        frame = QRectF(self.place_of(sight.topLeft()), self.place_of(sight.bottomRight()))
        frame = frame.intersected(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        outside = QPainterPath()
        outside.addRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        outside.addRect(frame)  # what lies in both is left out
        veil = QColor(c.base)
        veil.setAlpha(130)
        painter.fillPath(outside, veil)
        painter.setPen(QPen(QColor(c.accent), 1.5))
        painter.drawRect(frame)
        painter.end()

    @guarded
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Look there."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._look(event.position())

    @guarded
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Look along."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._look(event.position())

    @guarded
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The canvas below has no part in it."""

    def _look(self, spot: QPointF) -> None:
        corner = QPointF(EDGE, EDGE)
        self._view.centerOn((spot - corner) / self._scale + self._extent.topLeft())
