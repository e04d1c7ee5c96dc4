"""Finds the course of each wire around the blocks, and a free place for its label."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtWidgets import QGraphicsScene

from explorer.ui.canvas.geometry import MARGIN, course
from explorer.ui.canvas.node_item import NodeItem
from explorer.ui.canvas.wire_item import LabelItem, WireItem

ALONG = (0.5, 0.4, 0.6, 0.28, 0.72, 0.15, 0.85)
GAP = 3.0


def route(scene: QGraphicsScene, nodes: Mapping[str, NodeItem], wires: Iterable[WireItem]) -> None:
    """Lay these wires anew and put their labels where they cover nothing."""
    laid = list(wires)
    for item in laid:
        _lay(scene, nodes, item)
    for item in laid:
        item.label.setPos(_label_place(scene, nodes, item))


def touched(scene: QGraphicsScene, rects: Iterable[QRectF]) -> set[WireItem]:
    """The wires that run, or have their label, near these rectangles."""
    found: set[WireItem] = set()
    for rect in rects:
        near = rect.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
        found |= {item for item in scene.items(near) if isinstance(item, WireItem)}
    return found


def _lay(scene: QGraphicsScene, nodes: Mapping[str, NodeItem], item: WireItem) -> None:
    source, target = nodes[item.wire.source], nodes[item.wire.target]
    start = source.port(item.wire.output, "output")
    end = target.port(item.wire.input, "input")
    span = QRectF(start, end).normalized().adjusted(0, -2, 0, 2)
    others = [
        other.scene_body().adjusted(-4, -4, 4, 4)
        for other in scene.items(span)
        if isinstance(other, NodeItem) and other is not source and other is not target
    ]
    item.set_course(course(start, end, source.scene_body(), target.scene_body(), others))


def _label_place(scene: QGraphicsScene, nodes: Mapping[str, NodeItem], item: WireItem) -> QPointF:
    """On the wire where there is room; else above or below the two blocks."""
    rect = item.label.rect()
    middle = item.course.at(0.5)
    if rect.isEmpty():
        return middle
    bodies = [nodes[name].scene_body() for name in (item.wire.source, item.wire.target)]
    lift = rect.height() / 2 + GAP
    above = QPointF(middle.x(), min(body.top() for body in bodies) - lift)
    below = QPointF(middle.x(), max(body.bottom() for body in bodies) + lift)
    along = [item.course.at(share) for share in ALONG]
    for place in (*along, above, below, above - QPointF(0, 2 * lift), below + QPointF(0, 2 * lift)):
        if _free(scene, rect.translated(place), item.label):
            return place
    return above


def _free(scene: QGraphicsScene, rect: QRectF, label: LabelItem) -> bool:
    near = rect.adjusted(-GAP, -1, GAP, 1)
    for item in scene.items(near):
        if isinstance(item, NodeItem) and item.scene_body().intersects(near):
            return False
        if isinstance(item, LabelItem) and item is not label and item.isVisible():
            return False
    return True
