"""Finds the course of each wire around the blocks, and a free place for its label."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QPointF, QRectF

from explorer.graph.document import Wire
from explorer.ui.canvas.cells import Cells
from explorer.ui.canvas.geometry import LANE, MARGIN, course
from explorer.ui.canvas.node_item import NodeItem
from explorer.ui.canvas.wire_item import WireItem

ALONG = (0.5, 0.4, 0.6, 0.28, 0.72, 0.15, 0.85)
GAP = 3.0
LONGEST_SPAN = 60_000.0  # scene units; a wire beyond it goes straight


class Router:
    """Knows where blocks, wires and labels are, so that none covers another."""

    def __init__(self, nodes: Mapping[str, NodeItem]) -> None:
        self._nodes = nodes
        self._bodies: Cells[str] = Cells()
        self._labels: Cells[Wire] = Cells()

    def placed(self, name: str) -> None:
        """A block is here now."""
        self._bodies.put(name, self._nodes[name].scene_body())

    def gone(self, name: str) -> None:
        """A block is not here any more."""
        self._bodies.drop(name)

    def unwired(self, wire: Wire) -> None:
        """A wire is not here any more."""
        self._labels.drop(wire)

    def route(self, wires: Iterable[WireItem]) -> None:
        """Lay these wires anew and put their labels where they cover nothing."""
        laid = list(wires)
        for item in laid:
            self._lay(item)
        self.label(laid)

    def label(self, wires: Iterable[WireItem]) -> None:
        """Put the labels of these wires where they cover nothing."""
        loose = list(wires)
        for item in loose:
            self._labels.drop(item.wire)
        for item in loose:
            place = self._label_place(item)
            item.label.setPos(place)
            if not item.label.rect().isEmpty():
                self._labels.put(item.wire, item.label.rect().translated(place))

    def touched(self, rects: Iterable[QRectF], wires: Mapping[Wire, WireItem]) -> set[WireItem]:
        """The wires that run, or have their label, near these rectangles, or went around them."""
        found: set[WireItem] = set()
        nears = [rect.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN) for rect in rects]
        for near in nears:
            found |= {wires[wire] for wire in self._labels.near(near) if wire in wires}
        if nears:
            for item in wires.values():
                if item not in found and _concerned(item, nears):
                    found.add(item)
        return found

    def _lay(self, item: WireItem) -> None:
        wire = item.wire
        source, target = self._nodes[wire.source], self._nodes[wire.target]
        start, end = source.port(wire.output, "output"), target.port(wire.input, "input")
        ends = self._bodies.of(wire.source), self._bodies.of(wire.target)
        span = QRectF(start, end).normalized().adjusted(0, -2, 0, 2)
        if end.x() < start.x():  # it turns back, around both blocks
            span = ends[0].united(ends[1]).adjusted(-MARGIN, -2 * LANE, MARGIN, 2 * LANE)
        others = []
        if max(span.width(), span.height()) < LONGEST_SPAN:
            others = [
                self._bodies.of(name).adjusted(-4, -4, 4, 4)
                for name in self._bodies.near(span)
                if name not in (wire.source, wire.target)
            ]
        item.set_course(course(start, end, *ends, others))

    def _label_place(self, item: WireItem) -> QPointF:
        """On the wire where there is room; else above or below the two blocks."""
        rect = item.label.rect()
        middle = item.course.at(0.5)
        if rect.isEmpty():
            return middle
        for share in ALONG:
            place = item.course.at(share)
            if self._free(rect.translated(place)):
                return place
        bodies = [self._bodies.of(name) for name in (item.wire.source, item.wire.target)]
        lift = rect.height() / 2 + GAP
        above = QPointF(middle.x(), min(body.top() for body in bodies) - lift)
        below = QPointF(middle.x(), max(body.bottom() for body in bodies) + lift)
        further = (above - QPointF(0, 2 * lift), below + QPointF(0, 2 * lift))
        places = (above, below, *further)
        return next((p for p in places if self._free(rect.translated(p))), above)

    def _free(self, rect: QRectF) -> bool:
        near = rect.adjusted(-GAP, -1, GAP, 1)
        return not self._bodies.near(near) and not self._labels.near(near)


def _concerned(item: WireItem, nears: list[QRectF]) -> bool:
    """Whether a wire runs through one of the places, or might now that it is free."""
    box = item.course.box
    close = [near for near in nears if box.intersects(near)]
    return bool(close) and (item.course.detour or bool(item.course.hits(close)))
