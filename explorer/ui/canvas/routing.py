"""Finds the course of each wire around the blocks, and a free place for its label."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF

from explorer.graph.document import Group, Wire
from explorer.graph.frames import Area
from explorer.ui.canvas.cells import Cells, cell_count
from explorer.ui.canvas.courses import course, straight_course
from explorer.ui.canvas.geometry import MARGIN, rect_of
from explorer.ui.canvas.node_item import NodeItem
from explorer.ui.canvas.tracks import Tracks
from explorer.ui.canvas.wire_item import WireItem

ALONG = (0.5, 0.4, 0.6, 0.28, 0.72, 0.15, 0.85)
GAP = 3.0
BETWEEN = 8.0  # from one label to the next above or below: nearer they read as one
ROOM = 4.0  # between a block and a wire, at least
LONGEST_SPAN = 60_000.0  # scene units; a wire beyond it goes straight
MOST_CELLS = 1_000  # that a wire is looked for in
MOST_DETOURS = 2_000  # in one go; in a thicket of more nobody follows a long wire anyway
MOST_AT_ONCE = 3_000  # wires; more go straight at first, and are laid in pieces


class Router:
    """Knows where blocks, wires and labels are, so that none covers another."""

    def __init__(self, nodes: Mapping[str, NodeItem]) -> None:
        self._nodes = nodes
        self._bodies: Cells[str] = Cells()
        self._labels: Cells[Wire] = Cells()
        self._wires: Cells[Wire] = Cells()
        self._tracks = Tracks()
        self._detours = 0  # that may still be laid
        self._waiting: dict[Wire, WireItem] = {}  # go straight as yet
        self._laid: list[WireItem] = []  # of those that waited, and are not painted so as yet

    def placed(self, name: str) -> None:
        """A block is here now."""
        self._bodies.put(name, self._nodes[name].scene_body())

    def gone(self, name: str) -> None:
        """A block is not here any more."""
        self._bodies.drop(name)

    def unwired(self, wire: Wire) -> None:
        """A wire is not here any more."""
        self._labels.drop(wire)
        self._wires.drop(wire)
        self._tracks.drop(wire)
        self._waiting.pop(wire, None)

    def route(self, wires: Iterable[WireItem]) -> None:
        """Lay these wires anew, short ones first, and put their labels where they cover nothing;
        very many of them go straight and wait for `go_on`.
        """
        laid = sorted(wires, key=self._order)
        for item in laid:
            self.unwired(item.wire)
        self._detours = MOST_DETOURS
        if len(laid) > MOST_AT_ONCE:
            self._postpone(laid)
            return
        for item in laid:
            self._lay(item)
            item.show_course()
        self.label(laid)

    @property
    def waiting(self) -> int:
        """How many wires go straight as yet, whatever stands in their way."""
        return len(self._waiting)

    def go_on(self, seconds: float = math.inf) -> None:
        """Lay wires that wait, for about so long. All are painted anew together, as painting so
        many takes longer than to lay some.
        """
        until = time.perf_counter() + seconds
        laid = []
        while self._waiting and time.perf_counter() < until:
            item = self._waiting.pop(next(iter(self._waiting)))
            self._lay(item)
            laid.append(item)
        self.label(laid)
        self._laid += laid
        if not self._waiting:
            for item in self._laid:
                item.show_course()
            self._laid = []

    def _postpone(self, wires: Iterable[WireItem]) -> None:
        for item in wires:
            start, end = self._ends(item.wire)
            item.course = straight_course(start, end)
            item.show_course()
            item.label.setPos((start + end) / 2)
            self._waiting[item.wire] = item

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
        for rect in rects:
            near = rect.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
            found |= {wires[wire] for wire in self._labels.near(near) if wire in wires}
            close = (wires[wire] for wire in self._wires.near(near) if wire in wires)
            found |= {i for i in close if i not in found and _concerned(i, near)}
        return found

    def others_in(self, group: Group, area: Area) -> bool:
        """Whether a block that is no member of the group lies in an area, or in part."""
        return any(name not in group.members for name in self._bodies.near(rect_of(area)))

    def _order(self, item: WireItem) -> tuple[float, str, str, str, str]:
        wire = item.wire
        way = self._bodies.of(wire.source).center() - self._bodies.of(wire.target).center()
        return way.manhattanLength(), wire.source, wire.target, wire.output, wire.input

    def _lay(self, item: WireItem) -> None:
        wire = item.wire
        start, end = self._ends(wire)
        long = max(abs(end.x() - start.x()), abs(end.y() - start.y())) >= LONGEST_SPAN
        if long or not self._detours:
            found = straight_course(start, end)
        else:
            ends = self._bodies.of(wire.source), self._bodies.of(wire.target)
            found = course(start, end, *ends, _Ground(self._bodies, self._tracks, wire))
        self._detours -= found.detour
        item.course = found
        small = cell_count(found.box) <= MOST_CELLS
        self._wires.put(wire, *((found.box,) if small else found.legs))
        self._tracks.put(wire, found.legs)

    def _ends(self, wire: Wire) -> tuple[QPointF, QPointF]:
        """The ports that it joins, in the scene."""
        source, target = self._nodes[wire.source], self._nodes[wire.target]
        return source.port(wire.output, "output"), target.port(wire.input, "input")

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
        room = rect.adjusted(-GAP, -BETWEEN, GAP, BETWEEN)
        return not self._bodies.near(near) and not self._labels.near(room)


@dataclass(frozen=True, slots=True)
class _Ground:
    """What one wire has to mind."""

    bodies: Cells[str]
    tracks: Tracks
    wire: Wire

    def blocks(self, rect: QRectF) -> list[QRectF]:
        ends = (self.wire.source, self.wire.target)
        near = rect.adjusted(-ROOM, -ROOM, ROOM, ROOM)
        return [
            self.bodies.of(name).adjusted(-ROOM, -ROOM, ROOM, ROOM)
            for name in self.bodies.near(near)
            if name not in ends
        ]

    def taken(self, leg: QRectF) -> bool:
        return self.tracks.taken(leg)


def _concerned(item: WireItem, near: QRectF) -> bool:
    """Whether a wire runs through a place, or might now that it is free."""
    return item.course.detour or bool(item.course.hits([near]))
