"""The palette's small pictures, one for each group, drawn in the group's colour."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap

SIZE = 18
RATIO = 3  # drawn larger, so that it is sharp at 200 % and more


def group_icon(group: str, colour: str) -> QIcon:
    """The picture of a palette group."""
    pixmap = QPixmap(SIZE * RATIO, SIZE * RATIO)
    pixmap.setDevicePixelRatio(RATIO)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    ground = QColor(colour)
    ground.setAlpha(34)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(QRectF(0, 0, SIZE, SIZE), 4, 4)
    pen = QPen(QColor(colour), 1.5)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    DRAWINGS.get(group, _plain)(painter)
    painter.end()
    icon = QIcon(pixmap)
    icon.addPixmap(pixmap, QIcon.Mode.Selected)  # not tinted: it would drown in the highlight
    return icon


def _lines(painter: QPainter, *rows: tuple[float, ...]) -> None:
    """Each row is x, y, x, y, ...: one bent line."""
    for row in rows:
        painter.drawPolyline([QPointF(x, y) for x, y in zip(row[::2], row[1::2], strict=True)])


def _inputs(painter: QPainter) -> None:
    painter.drawEllipse(QPointF(12, 9), 2.4, 2.4)
    _lines(painter, (3.5, 9, 8.5, 9), (6.5, 7, 8.5, 9, 6.5, 11))


def _convolution(painter: QPainter) -> None:
    painter.drawRect(QRectF(4, 4, 10, 10))
    painter.fillRect(QRectF(4, 4, 6, 6), painter.pen().color())


def _pooling(painter: QPainter) -> None:
    _lines(painter, (4, 4.5, 14, 4.5, 11, 13.5, 7, 13.5, 4, 4.5), (5.5, 9, 12.5, 9))


def _dense(painter: QPainter) -> None:
    left, right = (5.0, 13.0), (4.5, 9.0, 13.5)
    for y in left:
        _lines(painter, *((4.5, y, 13.5, other) for other in right))


def _activation(painter: QPainter) -> None:
    _lines(painter, (4, 12.5, 9, 12.5, 14, 5))


def _regularisation(painter: QPainter) -> None:
    for x, y in ((5, 5), (9, 5), (13, 5), (5, 9), (13, 9), (5, 13), (9, 13)):
        painter.drawPoint(QPointF(x, y))
    painter.drawEllipse(QPointF(9, 9), 1.6, 1.6)
    painter.drawEllipse(QPointF(13, 13), 1.6, 1.6)


def _joining(painter: QPainter) -> None:
    painter.drawEllipse(QPointF(9, 9), 5, 5)
    _lines(painter, (9, 6.5, 9, 11.5), (6.5, 9, 11.5, 9))


def _sequence(painter: QPainter) -> None:
    for x in (4.0, 8.0, 12.0):
        painter.drawRect(QRectF(x, 5, 2.2, 8))


def _recurrent(painter: QPainter) -> None:
    painter.drawArc(QRectF(4.5, 4.5, 9, 9), 30 * 16, 300 * 16)
    _lines(painter, (13.2, 3.8, 13.2, 6.8, 10.2, 6.8))


def _attention(painter: QPainter) -> None:
    for x in (4.5, 9.0, 13.5):
        _lines(painter, (9, 4.5, x, 13.5))
        painter.drawEllipse(QPointF(x, 13.5), 1, 1)
    painter.drawEllipse(QPointF(9, 4.5), 1.2, 1.2)


def _shape(painter: QPainter) -> None:
    painter.drawRect(QRectF(4, 4, 4, 10))
    painter.drawRect(QRectF(10.5, 9, 4, 5))
    _lines(painter, (10.5, 5.5, 13.5, 5.5, 13.5, 7))


def _plain(painter: QPainter) -> None:
    painter.drawRoundedRect(QRectF(4.5, 4.5, 9, 9), 2, 2)


DRAWINGS: Mapping[str, Callable[[QPainter], None]] = {
    "inputs": _inputs,
    "convolution": _convolution,
    "pooling": _pooling,
    "shape": _shape,
    "dense": _dense,
    "activation": _activation,
    "regularisation": _regularisation,
    "joining": _joining,
    "sequence": _sequence,
    "recurrent": _recurrent,
    "attention": _attention,
}
