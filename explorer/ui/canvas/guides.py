"""Lines that show with which blocks a moved one is in line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsPathItem, QGraphicsScene

BEYOND = 90.0  # scene units that a line goes past the outermost centre


@dataclass(frozen=True, slots=True)
class Alignment:
    """Where a block would lie in line with others, and with which: None where there is none."""

    x: float | None
    y: float | None
    column: tuple[QPointF, ...] = ()
    row: tuple[QPointF, ...] = ()


def alignment(place: QPointF, others: Iterable[QPointF], reach: float) -> Alignment:
    """The nearest centres above, below or beside this one, within reach."""
    centres = list(others)
    x = min(
        (other.x() for other in centres if abs(other.x() - place.x()) <= reach),
        key=lambda found: abs(found - place.x()),
        default=None,
    )
    y = min(
        (other.y() for other in centres if abs(other.y() - place.y()) <= reach),
        key=lambda found: abs(found - place.y()),
        default=None,
    )
    return Alignment(
        x,
        y,
        tuple(other for other in centres if other.x() == x),
        tuple(other for other in centres if other.y() == y),
    )


class Guides(QGraphicsPathItem):
    """The lines, while a move lasts."""

    def __init__(self, scene: QGraphicsScene, colour: str) -> None:
        super().__init__()
        self._home = scene
        pen = QPen(QColor(colour), 1.0)
        pen.setCosmetic(True)
        self.setPen(pen)
        self.setZValue(8)
        scene.addItem(self)

    def show_lines(self, found: Alignment, place: QPointF) -> None:
        """Through the moved block's place and all that are in line with it."""
        path = QPainterPath()
        if found.x is not None:
            ys = [other.y() for other in (*found.column, place)]
            path.moveTo(found.x, min(ys) - BEYOND)
            path.lineTo(found.x, max(ys) + BEYOND)
        if found.y is not None:
            xs = [other.x() for other in (*found.row, place)]
            path.moveTo(min(xs) - BEYOND, found.y)
            path.lineTo(max(xs) + BEYOND, found.y)
        self.setPath(path)

    def remove(self) -> None:
        """The move is over."""
        if self.scene() is not None:
            self._home.removeItem(self)
