"""Fonts, signs and small pictures that blocks and wires are painted with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QApplication

from explorer.graph.block import Kind, Shape
from explorer.ui.kit.theme import Colours

# In scene units. Dash and colour both tell the kind, so that neither is the only sign.
DASHES: Mapping[Kind, tuple[float, ...]] = {
    "image": (),
    "sequence": (11.0, 5.0),
    "vector": (14.0, 4.0, 3.0, 4.0),
    "tokens": (3.0, 4.0),
}


FOLD_SIGN = 16.0  # side of the box with a + or -


def scene_font(pixels: float, bold: bool = False) -> QFont:
    """The program's font at a size in scene units."""
    return _font(QApplication.font().family(), pixels, bold)


@cache
def _font(family: str, pixels: float, bold: bool) -> QFont:
    font = QFont(family)
    font.setPixelSize(round(pixels))
    font.setBold(bold)
    return font


def widest(font: QFont, texts: Iterable[str]) -> float:
    """The width of the longest of these."""
    metrics = QFontMetricsF(font)
    return max((metrics.horizontalAdvance(text) for text in texts), default=0.0)


def wire_pen(colour: QColor, kind: Kind | None, width: float) -> QPen:
    """How a wire of this kind is drawn."""
    pen = QPen(colour, width)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    if kind is not None and DASHES[kind]:
        pen.setDashPattern([length / width for length in DASHES[kind]])
    return pen


def paint_warning(painter: QPainter, centre: QPointF, size: float, colour: QColor) -> None:
    """A filled triangle with an exclamation mark."""
    half = size / 2
    corners = [
        QPointF(centre.x(), centre.y() - half),
        QPointF(centre.x() + half * 1.1, centre.y() + half * 0.85),
        QPointF(centre.x() - half * 1.1, centre.y() + half * 0.85),
    ]
    pen = QPen(colour, size / 8)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(colour)
    painter.drawPolygon(QPolygonF(corners))
    light = QColor("#ffffff") if colour.lightness() < 150 else QColor("#14171b")
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(light)
    bar = size / 8
    painter.drawRoundedRect(
        QRectF(centre.x() - bar / 2, centre.y() - half * 0.35, bar, half * 0.65), bar / 2, bar / 2
    )
    painter.drawEllipse(QPointF(centre.x(), centre.y() + half * 0.56), bar * 0.6, bar * 0.6)


def paint_fold_sign(painter: QPainter, area: QRectF, colours: Colours, unfold: bool) -> None:
    """A box with a + (unfold) or a - (fold)."""
    painter.setPen(QPen(QColor(colours.faint), 1.2))
    painter.setBrush(QColor(colours.raised))
    painter.drawRoundedRect(area, 3, 3)
    painter.setPen(QPen(QColor(colours.text), 1.6))
    centre, arm = area.center(), area.width() / 2 - 4
    painter.drawLine(centre - QPointF(arm, 0), centre + QPointF(arm, 0))
    if unfold:
        painter.drawLine(centre - QPointF(0, arm), centre + QPointF(0, arm))


def paint_changed(painter: QPainter, centre: QPointF, colour: QColor) -> None:
    """A small pencil: edited since the run."""
    painter.save()
    painter.translate(centre)
    painter.rotate(45)
    pen = QPen(colour, 1.4)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(QRectF(-2.0, -6.0, 4.0, 8.5))
    painter.drawPolyline([QPointF(-2.0, 2.5), QPointF(0.0, 6.0), QPointF(2.0, 2.5)])
    painter.restore()


def paint_schematic(painter: QPainter, area: QRectF, shape: Shape, colour: QColor) -> None:
    """A placeholder for a picture that has not been computed: what kind of value comes out."""
    painter.setPen(QPen(colour, 1.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    centre = area.center()
    if shape.kind == "image":
        sheets = min(shape.dims[0], 3)
        side = 20.0
        for sheet in range(sheets):
            shift = (sheet - (sheets - 1) / 2) * 5.0
            painter.setBrush(QColor(colour.red(), colour.green(), colour.blue(), 26))
            painter.drawRect(
                QRectF(centre.x() - side / 2 + shift, centre.y() - side / 2 - shift, side, side)
            )
    elif shape.kind == "sequence":
        for column in range(7):
            painter.drawRect(QRectF(centre.x() - 35 + column * 10, centre.y() - 11, 7, 22))
    else:
        cells = min(shape.dims[0], 10)
        left = centre.x() - cells * 4.0
        for cell in range(cells):
            painter.drawRect(QRectF(left + cell * 8.0, centre.y() - 4, 8, 8))
