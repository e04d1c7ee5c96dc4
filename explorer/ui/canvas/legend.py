"""What the dashes and colours of wires mean: a line in the canvas's corner, and below a picture."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGraphicsView, QStyleOptionGraphicsItem, QWidget

from explorer.graph.block import Kind
from explorer.ui.canvas.lettering import text_pixels
from explorer.ui.canvas.paint import DASHES, scene_font, wire_pen
from explorer.ui.canvas.painted_item import PaintedItem
from explorer.ui.canvas.scene import CanvasScene
from explorer.ui.kit.guard import guarded
from explorer.ui.kit.named import named
from explorer.ui.kit.theme import Colours

PIXELS = 11.0  # letters below a picture; on the canvas they follow the program's text
SAMPLE = 44.0  # of a wire, long enough for each of its dashes
GAP = 7.0
LINE = 1.65  # heights of letters that the line takes
CORNER = 8
SMALLEST_CANVAS = 420  # pixels wide, below which it would be in the way


def kinds_shown(scene: CanvasScene) -> tuple[Kind, ...]:
    """The kinds of shapes on the wires, in a fixed order; where there is but one, none needs to be
    told.
    """
    found = {item.look.shape.kind for item in scene.wires.values() if item.look.shape is not None}
    return tuple(kind for kind in DASHES if kind in found) if len(found) > 1 else ()


def legend_size(kinds: Sequence[Kind], pixels: float) -> QSizeF:
    """Of the whole line, with letters of so many pixels."""
    metrics = QFontMetricsF(scene_font(pixels))
    width = sum(SAMPLE + metrics.horizontalAdvance(kind) + 3 * GAP for kind in kinds)
    return QSizeF(width, LINE * pixels)


def paint_legend(
    painter: QPainter, corner: QPointF, kinds: Sequence[Kind], colours: Colours, pixels: float
) -> None:
    """A piece of wire and a word for each kind, to the right of this corner."""
    font, high = scene_font(pixels), LINE * pixels
    x, middle = corner.x(), corner.y() + high / 2
    painter.setFont(font)
    for kind in kinds:
        painter.setPen(wire_pen(QColor(colours.kinds[kind]), kind, 2.0))
        painter.drawLine(QPointF(x, middle), QPointF(x + SAMPLE, middle))
        width = QFontMetricsF(font).horizontalAdvance(kind)
        painter.setPen(QPen(QColor(colours.faint)))
        area = QRectF(x + SAMPLE + GAP, corner.y(), width + GAP, high)
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, kind)
        x += SAMPLE + width + 3 * GAP


class LegendItem(PaintedItem):
    """The line below a drawing that leaves as a picture."""

    def __init__(self, kinds: Sequence[Kind], colours: Colours) -> None:
        super().__init__(colours)
        self._kinds = kinds
        self.setRect(QRectF(QPointF(), legend_size(kinds, PIXELS)))

    def draw(self, painter: QPainter, option: QStyleOptionGraphicsItem) -> None:
        """The samples and their words."""
        paint_legend(painter, QPointF(), self._kinds, self._colours, PIXELS)


class Legend(QWidget):
    """objectName `wireLegend`, in the lower left corner; the mouse goes through it."""

    def __init__(self, view: QGraphicsView, scene: CanvasScene) -> None:
        super().__init__(view)
        self._view, self._scene = view, scene
        self.kinds: tuple[Kind, ...] = ()
        named(self, "wireLegend", "Legend of the wires")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        scene.store.changed.connect(self.follow)
        scene.theme.changed.connect(self.follow)
        self.hide()

    @property
    def _pixels(self) -> float:
        return 0.92 * text_pixels()

    def follow(self) -> None:
        """The drawing or the canvas's size is another one."""
        self.kinds = kinds_shown(self._scene)
        room = self._view.viewport().rect()
        self.setAccessibleDescription(", ".join(self.kinds))
        self.setVisible(bool(self.kinds) and room.width() >= SMALLEST_CANVAS)
        size = legend_size(self.kinds, self._pixels).toSize()
        self.setGeometry(0, room.bottom() - size.height(), size.width() + 2 * CORNER, size.height())
        self.update()

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        """On the canvas's own ground, so that no wire below is taken for a sample."""
        colours = self._scene.theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(colours.canvas))
        paint_legend(painter, QPointF(CORNER, 0), self.kinds, colours, self._pixels)
        painter.end()
