"""Small drawn icons: they take the theme's colour and are sharp at every size."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

Draw = Callable[[QPainter], None]  # into a square of 16 x 16 units

SIZES = (16, 20, 24, 32, 48, 64)


def icon(name: str, colour: str, disabled: str) -> QIcon:
    """The icon of this name in a colour, and in another where its button can't act."""
    made = QIcon()
    for size in SIZES:
        made.addPixmap(_pixmap(DRAWN[name], size, colour), QIcon.Mode.Normal)
        made.addPixmap(_pixmap(DRAWN[name], size, disabled), QIcon.Mode.Disabled)
    return made


def app_icon() -> QIcon:
    """Three layers of a network."""
    made = QIcon()
    for size in (16, 32, 64, 128, 256):
        made.addPixmap(_pixmap(_network, size, "#0b62d6"))
    return made


def _pixmap(draw: Draw, size: int, colour: str) -> QPixmap:
    pixmap = QPixmap(QSize(size, size))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(size / 16, size / 16)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    draw(painter)
    painter.end()
    return pixmap


def _polygon(*points: tuple[float, float]) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in points])


def _train(p: QPainter) -> None:
    p.drawPolygon(_polygon((4, 2.5), (13.5, 8), (4, 13.5)))


def _pause(p: QPainter) -> None:
    p.drawRoundedRect(QRectF(3.5, 2.5, 3.2, 11), 0.8, 0.8)
    p.drawRoundedRect(QRectF(9.3, 2.5, 3.2, 11), 0.8, 0.8)


def _step(p: QPainter) -> None:
    p.drawPolygon(_polygon((3, 2.5), (10.5, 8), (3, 13.5)))
    p.drawRoundedRect(QRectF(11, 2.5, 2.2, 11), 0.8, 0.8)


def _stop(p: QPainter) -> None:
    p.drawRoundedRect(QRectF(3, 3, 10, 10), 1.2, 1.2)


def _rewind(p: QPainter) -> None:
    p.drawPolygon(_polygon((13.2, 2.5), (5.7, 8), (13.2, 13.5)))
    p.drawRoundedRect(QRectF(2.8, 2.5, 2.2, 11), 0.8, 0.8)


def _export(p: QPainter) -> None:
    p.drawPolygon(_polygon((8, 10.5), (4, 6), (6.8, 6), (6.8, 1.5), (9.2, 1.5), (9.2, 6), (12, 6)))
    path = QPainterPath()
    path.addRoundedRect(QRectF(2, 9.5, 2, 5), 0.6, 0.6)
    path.addRoundedRect(QRectF(12, 9.5, 2, 5), 0.6, 0.6)
    path.addRoundedRect(QRectF(2, 12.5, 12, 2), 0.6, 0.6)
    path.setFillRule(Qt.FillRule.WindingFill)
    p.drawPath(path)


def _strokes(p: QPainter) -> None:
    p.setPen(QPen(p.brush().color(), 1.3))
    p.setBrush(Qt.BrushStyle.NoBrush)


def _close(p: QPainter) -> None:
    _strokes(p)
    p.drawLine(QPointF(4, 4), QPointF(12, 12))
    p.drawLine(QPointF(12, 4), QPointF(4, 12))


def _maximise(p: QPainter) -> None:
    _strokes(p)
    for x, y in ((3, 3), (13, 3), (3, 13), (13, 13)):  # four corners that point outwards
        p.drawLine(QPointF(x, y), QPointF(8 + (x - 8) * 0.35, y))
        p.drawLine(QPointF(x, y), QPointF(x, 8 + (y - 8) * 0.35))


def _restore(p: QPainter) -> None:
    _strokes(p)
    for x, y in ((6, 6), (10, 6), (6, 10), (10, 10)):  # four corners that point inwards
        p.drawLine(QPointF(x, y), QPointF(8 + (x - 8) * 2.6, y))
        p.drawLine(QPointF(x, y), QPointF(x, 8 + (y - 8) * 2.6))


def _detach(p: QPainter) -> None:
    _strokes(p)
    p.drawRect(QRectF(6, 2.5, 7.5, 7.5))
    p.drawPolyline(_polygon((6, 6), (2.5, 6), (2.5, 13.5), (10, 13.5), (10, 10)))


def _network(p: QPainter) -> None:
    layers = ((3.0, (5.0, 11.0)), (8.0, (3.0, 8.0, 13.0)), (13.0, (8.0,)))
    p.setPen(QPen(p.brush().color(), 0.7))
    for (x, ys), (next_x, next_ys) in pairwise(layers):
        for y in ys:
            for next_y in next_ys:
                p.drawLine(QPointF(x, y), QPointF(next_x, next_y))
    for x, ys in layers:
        for y in ys:
            p.drawEllipse(QPointF(x, y), 1.7, 1.7)


DRAWN: dict[str, Draw] = {
    "train": _train,
    "pause": _pause,
    "step": _step,
    "stop": _stop,
    "rewind": _rewind,
    "export": _export,
    "close": _close,
    "maximise": _maximise,
    "restore": _restore,
    "detach": _detach,
}
