"""A wire on the canvas and the shape that it carries."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import (
    QGraphicsItem,
    QGraphicsPathItem,
    QStyleOptionGraphicsItem,
)

from explorer.graph.block import Shape
from explorer.graph.document import Wire
from explorer.ui.canvas.courses import Course
from explorer.ui.canvas.paint import paint_warning, scene_font, wire_pen
from explorer.ui.canvas.painted_item import PaintedItem
from explorer.ui.kit.theme import Colours

LABEL_PIXELS = 11.0
LABEL_HEIGHT = 17.0
SIGN = 13.0


@dataclass(frozen=True, slots=True)
class WireLook:
    """All about a wire that is painted and is not in its Wire."""

    shape: Shape | None = None
    problem: str = ""
    selected: bool = False
    lit: bool = False  # a block that is dropped now goes in here
    held: bool = False  # its end is in the user's hand


class WireItem(QGraphicsPathItem):
    """Mirrors one Wire. Painted by Qt itself: only pen and path are set here."""

    def __init__(self, wire: Wire, colours: Colours) -> None:
        super().__init__()
        self.wire = wire
        self.look = WireLook()
        self.label = LabelItem(colours)
        self._colours = colours
        self.course = Course(QPainterPath(), (QPointF(), QPointF()))
        self.setZValue(-2)
        self._restyle()

    def show_course(self) -> None:
        """Be painted along its course, after another has been set."""
        if self.course.path != self.path():
            self.setPath(self.course.path)

    def set_look(self, look: WireLook) -> None:
        """Show other circumstances; nothing happens where they are the same."""
        if look != self.look:
            self.look = look
            self._restyle()

    def set_colours(self, colours: Colours) -> None:
        """Another scheme."""
        self._colours = colours
        self.label.set_colours(colours)
        self._restyle()

    def _restyle(self) -> None:
        c, look = self._colours, self.look
        kind = look.shape.kind if look.shape is not None else None
        name = c.kinds[kind] if kind is not None else c.faint
        if look.problem:
            name = c.error
        if look.selected or look.lit:
            name = c.accent
        colour = QColor(name)
        if look.held:
            colour.setAlpha(70)
        width = 4.0 if look.lit or look.selected else 2.0
        self.setPen(wire_pen(colour, kind, width))
        self.setZValue(-1.5 if look.selected or look.lit else -2)
        self.label.show_text(str(look.shape) if look.shape else "", bool(look.problem), name)
        self.setToolTip(self.describe())

    def describe(self) -> str:
        """The wire in words."""
        shape = self.look.shape
        parts = [str(self.wire)]
        if shape is not None:
            parts.append(f"{shape.kind} of {shape}: {shape.size:,} numbers a sample")
        if self.look.problem:
            parts.append(self.look.problem)
        return "\n".join(parts)


class LabelItem(PaintedItem):
    """The shape on a wire, on a ground of the canvas's colour; with a sign where it is wrong."""

    def __init__(self, colours: Colours) -> None:
        super().__init__(colours)
        self.text = ""
        self._wrong = False
        self._colour = QColor(colours.faint)
        self.setZValue(-1)
        self.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def show_text(self, text: str, wrong: bool, colour: str) -> None:
        """The words, whether they are wrong, and their colour."""
        self.text, self._wrong, self._colour = text, wrong, QColor(colour)
        width = QFontMetricsF(scene_font(LABEL_PIXELS)).horizontalAdvance(text) if text else 0.0
        width += (10.0 if text else 0.0) + (SIGN + 5.0 if wrong else 0.0)
        rect = QRectF(-width / 2, -LABEL_HEIGHT / 2, width, LABEL_HEIGHT)
        if rect != self.rect():
            self.setRect(rect)
        self.update()

    def draw(self, painter: QPainter, option: QStyleOptionGraphicsItem) -> None:
        """A pill with the text."""
        rect = self.rect()
        if rect.isEmpty():
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QColor(self._colours.canvas)
        painter.setPen(QPen(self._colour, 1.0) if self._wrong else Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        if self._wrong:
            centre = QPointF(rect.left() + 4 + SIGN / 2, rect.center().y())
            paint_warning(painter, centre, SIGN - 2, self._colour)
            rect = rect.adjusted(SIGN + 3, 0, 0, 0)
        painter.setFont(scene_font(LABEL_PIXELS))
        painter.setPen(self._colour)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self.text)
