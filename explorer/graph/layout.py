"""Arranges a drawing from left to right: the longest way straight, other ways in lanes beside it,
and a long network in several rows.

Columns are the longest paths (as in Sugiyama, Tagawa, Toda 1981); what would be barycentres there
are lanes here, as a network has one main way with short ways beside it, and that should be seen.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from explorer.graph.block import Block
from explorer.graph.document import Document, Node, Wire
from explorer.graph.edits import move
from explorer.graph.folding import drawn, with_members
from explorer.graph.room import within

Places = dict[str, tuple[float, float]]
MOST_COLUMNS = 40
CUT_PRICE = 0.85  # what each further wire from row to row takes of a layout's worth


@dataclass(frozen=True, slots=True)
class Measures:
    """Sizes in scene units; `height` is a block's own."""

    height: Callable[[Block], float]
    step_x: float
    gap_y: float
    grid: float
    wide: float = 1100.0  # the canvas that the drawing should be readable on
    high: float = 620.0
    row_gap: float = 36.0  # more between rows than between lanes: wires lead back there


def arranged(document: Document, measures: Measures) -> Document:
    """Every block at its new place; a folded group moves as a whole. The upper left stays."""
    drawing = drawn(document)
    if not drawing.nodes:
        return document
    places = layout(drawing.nodes, tuple(drawing.wires), measures)
    left = min(node.x for node in drawing.nodes.values())
    top = min(node.y - measures.height(node.block) / 2 for node in drawing.nodes.values())
    left, top = (round(value / measures.grid) * measures.grid for value in (left, top))
    moved: Places = {}
    for name, (x, y) in places.items():
        node = drawing.nodes[name]
        for member in with_members(document, [name]):
            old = document.nodes[member]
            moved[member] = (old.x + x + left - node.x, old.y + y + top - node.y)
    return _with_notes(document, move(document, moved))


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


def layout(nodes: Mapping[str, Node], wires: Sequence[Wire], measures: Measures) -> Places:
    """Centres from (0, upper edge 0) on: each connected piece below the one before it."""
    places: Places = {}
    top = 0.0
    pieces = _pieces(nodes, wires)
    single = [piece[0] for piece in pieces if len(piece) == 1]
    for piece in [piece for piece in pieces if len(piece) > 1]:
        inside = set(piece)
        within = [wire for wire in wires if wire.source in inside]
        top = _Piece(nodes, piece, within, measures).place(places, top) + measures.row_gap
    across = max(1, round(measures.wide / measures.step_x))
    for begin in range(0, len(single), across):
        row = single[begin : begin + across]
        top = _place_row([[name] for name in row], nodes, measures, places, top)
    return places


def _pieces(nodes: Mapping[str, Node], wires: Iterable[Wire]) -> list[list[str]]:
    """The connected pieces, each in the nodes' order."""
    beside: dict[str, list[str]] = defaultdict(list)
    for wire in wires:
        beside[wire.source].append(wire.target)
        beside[wire.target].append(wire.source)
    seen: set[str] = set()
    pieces = []
    for name in nodes:
        if name in seen:
            continue
        seen.add(name)
        found, todo = {name}, [name]
        while todo:
            for other in beside[todo.pop()]:
                if other not in found:
                    found.add(other)
                    todo.append(other)
        seen |= found
        pieces.append([other for other in nodes if other in found])
    return pieces


def _place_row(
    columns: Sequence[Sequence[str]],
    nodes: Mapping[str, Node],
    measures: Measures,
    places: Places,
    top: float,
) -> float:
    """One lane of single blocks; returns where the next row begins."""
    height = max(measures.height(nodes[name].block) for column in columns for name in column)
    centre = _snapped(top + height / 2, measures.grid)
    for place, column in enumerate(columns):
        for name in column:
            places[name] = (place * measures.step_x, centre)
    return centre + height / 2 + measures.gap_y


class _Piece:
    """A connected piece: each node's column and lane, then rows of columns."""

    def __init__(
        self, nodes: Mapping[str, Node], names: list[str], wires: list[Wire], measures: Measures
    ) -> None:
        self.nodes, self.names, self.wires, self.measures = nodes, names, wires, measures
        self.before: dict[str, list[str]] = defaultdict(list)
        self.after: dict[str, list[str]] = defaultdict(list)
        for wire in sorted(wires, key=self._port_place):
            self.before[wire.target].append(wire.source)
            self.after[wire.source].append(wire.target)
        self.column = self._columns()
        self.lane = self._lanes()

    def _port_place(self, wire: Wire) -> int:
        ports = self.nodes[wire.target].block.inputs
        return ports.index(wire.input) if wire.input in ports else 0

    def _columns(self) -> dict[str, int]:
        """Longest path from the left; a node without inputs stands just before its first reader."""
        waiting = {name: len(self.before[name]) for name in self.names}
        column = dict.fromkeys(self.names, 0)
        free = deque(name for name in self.names if not waiting[name])
        while free:
            name = free.popleft()
            for follower in self.after[name]:
                column[follower] = max(column[follower], column[name] + 1)
                waiting[follower] -= 1
                if not waiting[follower]:
                    free.append(follower)
        for name in self.names:
            if not self.before[name] and self.after[name]:
                column[name] = max(0, min(column[after] for after in self.after[name]) - 1)
        return column

    def _lanes(self) -> dict[str, int]:
        """The longest way is lane 0; each further one takes the nearest lane that is free."""
        lane: dict[str, int] = {}
        taken: dict[int, set[int]] = defaultdict(set)  # columns by lane
        for way in self._ways():
            first, last = self.column[way[0]], self.column[way[-1]]
            base = self._base(way, lane)
            found = next(
                at for at in _outwards(base) if not taken[at] & set(range(first, last + 1))
            )
            taken[found] |= set(range(first, last + 1))
            lane.update(dict.fromkeys(way, found))
        return lane

    def _ways(self) -> list[list[str]]:
        """Paths that hold every node once, the longest first."""
        left = set(self.names)
        ways = []
        while left:
            depth: dict[str, int] = {}
            back: dict[str, str | None] = {}
            for name in sorted(left, key=lambda name: self.column[name]):
                known = [b for b in self.before[name] if b in left and b in depth]
                best = max(known, key=lambda b: depth[b], default=None)
                depth[name] = 1 + (depth[best] if best is not None else 0)
                back[name] = best
            at: str | None = max(self.names, key=lambda name: depth.get(name, 0))
            way = []
            while at is not None:
                way.append(at)
                at = back[at]
            left -= set(way)
            ways.append(way[::-1])
        return ways

    def _base(self, way: list[str], lane: Mapping[str, int]) -> int:
        """The lane of what the way comes from, or leads to."""
        near = [*self.before[way[0]], *self.after[way[-1]]]
        return next((lane[name] for name in near if name in lane), 0)

    def place(self, places: Places, top: float) -> float:
        """Put all in; returns the lower edge."""
        for begin, end in self._rows():
            top = self._place(places, begin, end, top)
        return top - self.measures.row_gap

    def _place(self, places: Places, begin: int, end: int, top: float) -> float:
        """The columns from begin up to end as one row; returns where the next one begins."""
        row = [name for name in self.names if begin <= self.column[name] < end]
        lanes = sorted({self.lane[name] for name in row})
        for lane in lanes:
            inside = [name for name in row if self.lane[name] == lane]
            height = max(self.measures.height(self.nodes[name].block) for name in inside)
            centre = _snapped(top + height / 2, self.measures.grid)
            for name in inside:
                places[name] = ((self.column[name] - begin) * self.measures.step_x, centre)
            top = centre + height / 2 + self.measures.gap_y
        return top + self.measures.row_gap

    def _rows(self) -> list[tuple[int, int]]:
        """Where the columns are broken into rows: as large on the canvas as can be, through as few
        wires as can be.
        """
        count = max(self.column.values()) + 1
        cut = [0] * (count + 1)  # wires that a break before this column cuts
        for wire in self.wires:
            for place in range(self.column[wire.source] + 1, self.column[wire.target] + 1):
                cut[place] += 1
        widest = range(min(count, 3), min(count, MOST_COLUMNS) + 1)
        return max(
            (_broken(count, wide, cut) for wide in widest), key=lambda r: self._worth(r, cut)
        )

    def _worth(self, rows: list[tuple[int, int]], cut: list[int]) -> float:
        """The zoom at which all fits, less what cut wires cost."""
        m = self.measures
        wide = max(end - begin for begin, end in rows) * m.step_x
        high = sum(self._height(begin, end) for begin, end in rows)
        zoom = min(1.0, m.wide / wide, m.high / high)
        cuts = sum(cut[begin] - 1 for begin, _ in rows[1:])
        return zoom * CUT_PRICE**cuts * 0.99 ** len(rows)

    def _height(self, begin: int, end: int) -> float:
        m = self.measures
        tallest: dict[int, float] = defaultdict(float)
        for name in self.names:
            if begin <= self.column[name] < end:
                height = m.height(self.nodes[name].block)
                tallest[self.lane[name]] = max(tallest[self.lane[name]], height)
        return sum(tallest.values()) + len(tallest) * m.gap_y + m.row_gap


def _broken(count: int, wide: int, cut: Sequence[int]) -> list[tuple[int, int]]:
    """Rows of at most `wide` columns: through as few wires as can be, then as few rows, then of
    equal length.
    """
    best: list[tuple[int, int, int, int]] = [(0, 0, 0, 0)]  # for so many columns; last: -begin
    for end in range(1, count + 1):
        found = []
        for begin in range(max(0, end - wide), end):
            cuts, rows, squares, _ = best[begin]
            more = cut[begin] - 1 if begin else 0
            found.append((cuts + more, rows + 1, squares + (end - begin) ** 2, -begin))
        best.append(min(found))
    broken, end = [], count
    while end:
        begin = -best[end][3]
        broken.append((begin, end))
        end = begin
    return broken[::-1]


def _outwards(base: int) -> Iterable[int]:
    """The lane itself, then those below and above it."""
    yield base
    away = 1
    while True:
        yield base + away
        yield base - away
        away += 1


def _snapped(value: float, grid: float) -> float:
    return round(value / grid) * grid
