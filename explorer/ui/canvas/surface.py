"""How the canvas is looked at: zoom, fit, grid, and where things are in the window."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QNativeGestureEvent, QPainter, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QGestureEvent, QGraphicsView, QPinchGesture

from explorer.graph.document import Wire
from explorer.ui.canvas.camera import STEP, Camera
from explorer.ui.canvas.geometry import Side
from explorer.ui.canvas.legend import Legend
from explorer.ui.canvas.lettering import text_pixels
from explorer.ui.canvas.minimap import Minimap
from explorer.ui.canvas.node_painter import shows_details
from explorer.ui.canvas.overlay import Bubble, Hint
from explorer.ui.canvas.scene import CanvasScene
from explorer.ui.kit.guard import guarded, guarded_with

FAR = 1.2e6  # scene units: beyond every place that a document can have


class Surface(QGraphicsView):
    """A view of the scene that can be zoomed and pushed; it edits nothing."""

    resized = Signal()

    def __init__(self, canvas: CanvasScene) -> None:
        super().__init__()
        self.canvas = canvas  # the view does not own its scene
        self.setScene(canvas)
        self.camera = Camera(self)
        self.bubble, self.hint = Bubble(self.viewport()), Hint(self.viewport())
        self.minimap = Minimap(self, canvas)
        self.legend = Legend(self, canvas)
        self._set_up()
        canvas.theme.changed.connect(self._recolour)
        self._recolour()

    def _set_up(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSceneRect(QRectF(-FAR, -FAR, 2 * FAR, 2 * FAR))
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.MinimalViewportUpdate)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontSavePainterState)
        self.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.viewport().grabGesture(Qt.GestureType.PinchGesture)
        self.setMinimumSize(160, 120)

    def port_position(self, node_id: str, port: str, side: Side) -> QPoint:
        """Where a port is in the viewport."""
        return self.mapFromScene(self.canvas.nodes[node_id].port(port, side))

    def node_position(self, node_id: str) -> QPoint:
        """Where a block's centre is in the viewport."""
        return self.mapFromScene(self.canvas.nodes[node_id].pos())

    def wire_position(self, wire: Wire) -> QPoint:
        """The middle of a wire in the viewport."""
        return self.mapFromScene(self.canvas.wires[wire].course.at(0.5))

    def fit(self) -> None:
        """Show the whole network."""
        extent = self.canvas.extent()
        self.camera.fit(extent.adjusted(-12, -26, 12, 26) if not extent.isEmpty() else extent)
        self._show_detail()

    def keep_whole(self) -> None:
        """Show the whole network again where part of it has left, unless the user has chosen what
        to look at.
        """
        sight = self.mapToScene(self.viewport().rect()).boundingRect()
        if not self.camera.touched and not sight.contains(self.canvas.extent()):
            self.fit()

    def fit_selection(self) -> None:
        """Show the selected blocks as large as natural; without any, the whole network."""
        ids = self.canvas.selection.ids
        if not ids:
            self.fit()
            return
        self.camera.fit(self.canvas.extent(ids).adjusted(-12, -26, 12, 26))
        self.camera.touched = True
        self._show_detail()

    def centre(self, ids: tuple[str, ...]) -> None:
        """Have these blocks in the middle, where they are not in sight already."""
        extent = self.canvas.extent(ids)
        if not self.mapToScene(self.viewport().rect()).boundingRect().contains(extent):
            self.centerOn(extent.center())
            self.camera.touched = True

    def zoom_in(self) -> None:
        """A step nearer."""
        self.zoom_by(STEP)

    def zoom_out(self) -> None:
        """A step away."""
        self.zoom_by(1 / STEP)

    def reveal(self, ids: tuple[str, ...]) -> None:
        """Scroll as little as needed to have these blocks in sight."""
        extent = self.canvas.extent(ids) if ids else QRectF()
        if not extent.isEmpty():
            self.ensureVisible(extent, 30, 30)

    def zoom_by(self, factor: float, spot: QPoint | None = None) -> None:
        """Nearer (above 1) or away, so that what is at `spot` stays there."""
        self.camera.zoom_by(factor, spot)
        self._show_detail()

    @guarded
    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """The map shows where we are."""
        super().scrollContentsBy(dx, dy)
        self.minimap.follow()

    def _show_detail(self) -> None:
        """Labels on wires only where they can be read."""
        self.minimap.follow()
        self.canvas.show_labels(shows_details(self.camera.zoom, text_pixels()))

    @guarded
    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom to the mouse; two fingers on a pad scroll."""
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        pad = event.phase() != Qt.ScrollPhase.NoScrollPhase and not event.pixelDelta().isNull()
        if pad and not control:
            across, down = self.horizontalScrollBar(), self.verticalScrollBar()
            across.setValue(across.value() - event.pixelDelta().x())
            down.setValue(down.value() - event.pixelDelta().y())
            self.camera.touched = True
        else:
            self.zoom_by(1.0015 ** event.angleDelta().y(), event.position().toPoint())
        event.accept()

    @guarded_with(False)
    def viewportEvent(self, event: QEvent) -> bool:
        """Pinching, on a pad or a screen; leaving."""
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                self.zoom_by(1.0 + event.value(), event.position().toPoint())
                return True
        elif isinstance(event, QGestureEvent):
            pinch = event.gesture(Qt.GestureType.PinchGesture)
            if isinstance(pinch, QPinchGesture):
                self.zoom_by(pinch.scaleFactor(), pinch.centerPoint().toPoint())
                return True
        return super().viewportEvent(event)

    @guarded
    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        """Ground and grid."""
        c = self.canvas.theme.colours
        self.camera.paint_grid(painter, QRectF(rect), c.canvas, c.grid)

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the whole network in sight until the user has chosen otherwise."""
        super().resizeEvent(event)
        self.resized.emit()
        self.legend.follow()
        self.hint.centre()
        if not self.camera.touched:
            self.fit()
        self.minimap.follow()

    def _recolour(self) -> None:
        self.hint.recolour(self.canvas.theme.colours)
        self.hint.centre()
        self.viewport().update()
