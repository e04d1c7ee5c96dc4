"""Arranges a drawing from left to right, groups as a whole: first what is in each, then the groups
and what is in none.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from explorer.graph.document import Document, Group, Node, Wire
from explorer.graph.edits import move
from explorer.graph.folding import drawn, middle
from explorer.graph.layered import Lead, Measures, Piece, Places, Unit, snapped
from explorer.graph.membership import circling, edges, units
from explorer.graph.room import within

__all__ = ["Measures", "Places", "arranged", "layout"]


def arranged(document: Document, measures: Measures) -> Document:
    """Every block at its new place: the members of a group beside each other with nothing between
    them, those of a folded one ready to be unfolded. The upper left stays.
    """
    drawing = drawn(document)
    if not drawing.nodes:
        return document
    kept = [group for group in _in_one_go(document) if not group.folded]
    places = layout(drawing.nodes, tuple(drawing.wires), measures, kept)
    places = _shifted(places, drawing.nodes, measures)
    for name, group in drawing.groups.items():
        places |= _inside(document, group, places.pop(name), measures)
    return _with_notes(document, move(document, places))


def _in_one_go(document: Document) -> list[Group]:
    """The groups that can be placed as one: no way leaves them and comes back."""
    if not document.groups:
        return []
    bad = circling(edges(document.wires, units(document.groups)))
    return [group for group in document.groups if group.name not in bad]


def _shifted(places: Places, nodes: Mapping[str, Node], measures: Measures) -> Places:
    """The same with the upper left where it was."""

    def corner(at: Places) -> tuple[float, float]:
        tops = (y - measures.height(nodes[name].block) / 2 for name, (_, y) in at.items())
        return min(x for x, _ in at.values()), min(tops)

    new = corner(places)
    old = corner({name: (node.x, node.y) for name, node in nodes.items()})
    dx, dy = (snapped(was - now, measures.grid) for was, now in zip(old, new, strict=True))
    return {name: (x + dx, y + dy) for name, (x, y) in places.items()}


def _inside(
    document: Document, group: Group, centre: tuple[float, float], measures: Measures
) -> Places:
    """The members of a folded group, laid out around the place of its block."""
    inside = _laid(document.nodes, document.wires, group.members, measures)
    x, y = middle(list(inside.values()))
    return {name: (centre[0] + mx - x, centre[1] + my - y) for name, (mx, my) in inside.items()}


def _with_notes(before: Document, after: Document) -> Document:
    """A note goes with the block that is nearest to it."""
    if not before.notes:
        return after
    notes = []
    for note in before.notes:
        x, y = note.x + note.width / 2, note.y + note.height / 2
        near = min(before.nodes.values(), key=lambda n: (n.x - x) ** 2 + (n.y - y) ** 2)
        moved = after.nodes[near.id]
        x, y = within(note.x + moved.x - near.x), within(note.y + moved.y - near.y)
        notes.append(replace(note, x=x, y=y))
    return replace(after, notes=tuple(notes))


def layout(
    nodes: Mapping[str, Node],
    wires: Sequence[Wire],
    measures: Measures,
    groups: Sequence[Group] = (),
) -> Places:
    """Centres from (0, upper edge 0) on: each connected piece below the one before it, the members
    of each of these groups in an area of their own.
    """
    inner = _nearer(nodes, measures)
    laid = {
        group.name: _Laid.of(nodes, _laid(nodes, wires, group.members, inner), measures)
        for group in groups
    }
    unit_of = units(groups)
    here = {name: laid[name].unit for name in laid}
    for name, node in nodes.items():
        if name not in unit_of:
            half = measures.height(node.block) / 2
            here[name] = Unit(half, half)
    order = list(dict.fromkeys(unit_of.get(name, name) for name in nodes))
    corners = _stacked(here, order, _leads(nodes, wires, unit_of), measures)
    places: Places = {}
    for name, (x, y) in corners.items():
        inside = laid[name].places if name in laid else {name: (0.0, 0.0)}
        places |= {member: (x + dx, y + dy) for member, (dx, dy) in inside.items()}
    return places


@dataclass(frozen=True, slots=True)
class _Laid:
    """A group's members from its first column and from the line of what comes first in it."""

    places: Places
    unit: Unit

    @classmethod
    def of(cls, nodes: Mapping[str, Node], places: Places, measures: Measures) -> _Laid:
        line = places[min(places, key=lambda name: places[name])][1]
        moved = {name: (x, y - line) for name, (x, y) in places.items()}
        half = {name: measures.height(nodes[name].block) / 2 for name in places}
        above = max(half[name] - y for name, (_, y) in moved.items())
        below = max(half[name] + y for name, (_, y) in moved.items())
        columns = round(max(x for x, _ in moved.values()) / measures.step_x) + 1
        frame = measures.frame
        return cls(moved, Unit(above + frame + measures.title, below + frame, columns))


def _nearer(nodes: Mapping[str, Node], measures: Measures) -> Measures:
    """For a part: the canvas at the zoom at which the whole drawing will about fit it."""
    needed = sum(measures.height(node.block) + measures.gap_y for node in nodes.values())
    zoom = math.sqrt(measures.wide * measures.high / max(needed * measures.step_x, 1.0))
    factor = 1 / min(zoom, 1.0)
    return replace(measures, wide=measures.wide * factor, high=measures.high * factor)


def _laid(
    nodes: Mapping[str, Node], wires: Iterable[Wire], members: Sequence[str], measures: Measures
) -> Places:
    """The members of a group by themselves."""
    inside = {name: nodes[name] for name in members}
    within = [w for w in wires if w.source in inside and w.target in inside]
    return layout(inside, within, measures)


def _leads(
    nodes: Mapping[str, Node], wires: Iterable[Wire], unit_of: Mapping[str, str]
) -> list[Lead]:
    def port_place(wire: Wire) -> int:
        ports = nodes[wire.target].block.inputs
        return ports.index(wire.input) if wire.input in ports else 0

    ends = (
        (unit_of.get(wire.source, wire.source), unit_of.get(wire.target, wire.target))
        for wire in sorted(wires, key=port_place)
    )
    return [Lead(source, target) for source, target in ends if source != target]


def _stacked(
    here: Mapping[str, Unit], order: Sequence[str], leads: Sequence[Lead], measures: Measures
) -> Places:
    """Each connected piece below the one before it, what is connected with nothing in rows below
    them all.
    """
    places: Places = {}
    top = 0.0
    pieces = _pieces(order, leads)
    piece_of = {name: place for place, piece in enumerate(pieces) for name in piece}
    within: dict[int, list[Lead]] = defaultdict(list)
    for lead in leads:
        within[piece_of[lead.source]].append(lead)
    for place, piece in enumerate(pieces):
        if len(piece) > 1:
            top = Piece(here, piece, within[place], measures).place(places, top) + measures.row_gap
    for row in _singles([piece[0] for piece in pieces if len(piece) == 1], here, measures):
        top = _place_row(row, here, measures, places, top)
    return places


def _pieces(order: Sequence[str], leads: Iterable[Lead]) -> list[list[str]]:
    """The connected pieces, each in the given order."""
    beside: dict[str, list[str]] = defaultdict(list)
    for lead in leads:
        beside[lead.source].append(lead.target)
        beside[lead.target].append(lead.source)
    piece_of: dict[str, int] = {}
    count = 0
    for name in order:
        if name in piece_of:
            continue
        piece_of[name], todo = count, [name]
        while todo:
            for other in beside[todo.pop()]:
                if other not in piece_of:
                    piece_of[other] = count
                    todo.append(other)
        count += 1
    pieces: list[list[str]] = [[] for _ in range(count)]
    for name in order:
        pieces[piece_of[name]].append(name)
    return pieces


def _singles(
    names: Sequence[str], here: Mapping[str, Unit], measures: Measures
) -> Iterable[list[str]]:
    """Rows that are as wide as the canvas."""
    across = max(1, round(measures.wide / measures.step_x))
    row: list[str] = []
    used = 0
    for name in names:
        if row and used + here[name].columns > across:
            yield row
            row, used = [], 0
        row.append(name)
        used += here[name].columns
    if row:
        yield row


def _place_row(
    row: Sequence[str],
    here: Mapping[str, Unit],
    measures: Measures,
    places: Places,
    top: float,
) -> float:
    """One lane of what is connected with nothing; returns where the next row begins."""
    line = snapped(top + max(here[name].above for name in row), measures.grid)
    column = 0
    for name in row:
        places[name] = (column * measures.step_x, line)
        column += here[name].columns
    return line + max(here[name].below for name in row) + measures.gap_y
