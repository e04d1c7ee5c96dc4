"""Room for the members of a group that unfolds, and none too much once it is folded again.

What stands beside the folded block goes aside, what is above or below goes up or down, each by as
much as the members go beyond the block; another group's frame moves as a whole.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF

from explorer.graph.document import Document, Group, Node
from explorer.graph.drawn_edits import move_drawn
from explorer.graph.folding import drawn
from explorer.ui.canvas.cells import Cells
from explorer.ui.canvas.frame_item import PAD, TITLE
from explorer.ui.canvas.geometry import GRID, body_of


@dataclass(frozen=True, slots=True)
class _Unit:
    """What is moved as one: a block, or what a frame holds."""

    names: tuple[str, ...]
    area: QRectF


@dataclass(frozen=True, slots=True)
class _Room:
    """What a group needs, unfolded, beyond its folded block; all in scene units."""

    block: QRectF
    area: QRectF  # with the frame

    @property
    def aside(self) -> float:
        """To either side."""
        return _up_to_grid((self.area.width() - 2 * PAD - self.block.width()) / 2)

    @property
    def above(self) -> float:
        """Upwards."""
        return _up_to_grid(self.block.top() - self.area.top())

    @property
    def below(self) -> float:
        """Downwards."""
        return _up_to_grid(self.area.bottom() - self.block.bottom())

    def beside(self, unit: _Unit) -> bool:
        """Whether it stands neither above nor below the block."""
        return unit.area.bottom() > self.block.top() and unit.area.top() < self.block.bottom()

    def push(self, unit: _Unit, everything: bool) -> tuple[float, float]:
        """Where a unit goes; `everything`: also what is not beside goes aside."""
        dx = math.copysign(self.aside, unit.area.center().x() - self.block.center().x())
        if unit.area.center().x() == self.block.center().x():
            dx = 0.0
        if self.beside(unit):
            return dx, 0.0
        upwards = unit.area.center().y() < self.block.center().y()
        return (dx if everything else 0.0), (-self.above if upwards else self.below)


def with_room(document: Document, group: Group) -> Document:
    """Before a folded group unfolds: what lies where its members will be is pushed aside."""
    room, others = _seen(document, group)
    met = [unit for unit in others if unit.area.intersects(room.area)]
    if not met:
        return document
    across = any(room.beside(unit) for unit in met)
    along = not all(room.beside(unit) for unit in met)
    for everything in (False, True):
        places = dict(_pushed(document, room, others, across, along, everything))
        if everything or not _crowded(document, group, places):
            break
    return move_drawn(document, places)


def drawn_in(document: Document, group: Group) -> Document:
    """After a group was folded: the room that its members had is closed, where unfolding it would
    make the same room again.
    """
    room, others = _seen(document, group)
    if any(unit.area.intersects(room.area) for unit in others):
        return document
    for across, along in ((True, True), (True, False), (False, True)):
        places = dict(_pulled(document, room, others, across, along))
        closed = move_drawn(document, places)
        if not _crowded(closed, group, {}) and _same(with_room(closed, group), document):
            return closed
    return document


def _pushed(
    document: Document,
    room: _Room,
    others: Sequence[_Unit],
    across: bool,
    along: bool,
    everything: bool,
) -> Iterator[tuple[str, tuple[float, float]]]:
    nodes = drawn(document).nodes
    for unit in others:
        dx, dy = room.push(unit, everything)
        for name in unit.names:
            yield name, (nodes[name].x + dx * across, nodes[name].y + dy * along)


def _pulled(
    document: Document, room: _Room, others: Sequence[_Unit], across: bool, along: bool
) -> Iterator[tuple[str, tuple[float, float]]]:
    nodes = drawn(document).nodes
    for unit in others:
        dx, dy = room.push(unit, everything=False)
        for name in unit.names:
            yield name, (nodes[name].x - dx * across, nodes[name].y - dy * along)


def _seen(document: Document, group: Group) -> tuple[_Room, list[_Unit]]:
    """What the group takes, folded and unfolded, and all else that is drawn."""
    nodes = drawn(document).nodes
    area = _around([document.nodes[name] for name in group.members])
    room = _Room(body_of(nodes[group.name]), area.adjusted(-PAD, -PAD - TITLE, PAD, PAD))
    return room, list(_units(document, nodes, group.name))


def _units(document: Document, nodes: Mapping[str, Node], own: str) -> Iterator[_Unit]:
    framed = [group for group in document.groups if not group.folded]
    inside = {name for group in framed for name in group.members}
    for group in framed:
        area = _around([document.nodes[name] for name in group.members])
        yield _Unit(group.members, area.adjusted(-PAD, -PAD - TITLE, PAD, PAD))
    for name, node in nodes.items():
        if name != own and name not in inside:
            yield _Unit((name,), body_of(node))


def _around(nodes: Sequence[Node]) -> QRectF:
    area = QRectF()
    for node in nodes:
        area = area.united(body_of(node))
    return area


def _crowded(document: Document, group: Group, places: Mapping[str, tuple[float, float]]) -> bool:
    """Whether what moves would lie on what did not lie under it before."""
    drawing = drawn(document)
    before: Cells[str] = Cells()
    after: Cells[str] = Cells()
    for name, node in drawing.nodes.items():
        if name != group.name or not places:
            body = body_of(node)
            x, y = places.get(name, (node.x, node.y))
            before.put(name, body)
            after.put(name, body.translated(x - node.x, y - node.y))
    if not places:
        return any(len(after.near(after.of(name))) > 1 for name in drawing.nodes)
    return any(
        not set(after.near(after.of(name))) <= set(before.near(before.of(name))) for name in places
    )


def _same(one: Document, other: Document) -> bool:
    places = {name: (node.x, node.y) for name, node in one.nodes.items()}
    return places == {name: (node.x, node.y) for name, node in other.nodes.items()}


def _up_to_grid(value: float) -> float:
    return max(0.0, math.ceil(value / GRID) * GRID)
