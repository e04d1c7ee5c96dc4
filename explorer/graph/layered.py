"""One connected piece of a drawing from left to right: the longest way straight, other ways in
lanes beside it, and a long one in several rows.

Columns are the longest paths (as in Sugiyama, Tagawa, Toda 1981); what would be barycentres there
are lanes here, as a network has one main way with short ways beside it, and that should be seen.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from explorer.graph.block import Block

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
    row_gap: float = 24.0  # more between rows than between lanes: wires lead back there
    frame: float = 20.0  # around the members of a group
    title: float = 26.0  # more above them


@dataclass(frozen=True, slots=True)
class Unit:
    """What is placed as one: a block, or a group that was laid out by itself."""

    above: float  # of the line on which wires come in
    below: float
    columns: int = 1


@dataclass(frozen=True, slots=True)
class Lead:
    """A wire between two units; those into the same one in the order of its ports."""

    source: str
    target: str


class Piece:
    """Units that are connected: each one's column and lane, then rows of columns."""

    def __init__(
        self, units: Mapping[str, Unit], names: list[str], leads: list[Lead], measures: Measures
    ) -> None:
        self.units, self.names, self.leads, self.measures = units, names, leads, measures
        self.before: dict[str, list[str]] = defaultdict(list)
        self.after: dict[str, list[str]] = defaultdict(list)
        for lead in leads:
            self.before[lead.target].append(lead.source)
            self.after[lead.source].append(lead.target)
        self.column = self._columns()
        self.lane = self._lanes()
        self._extents = self._by_column()

    def _end(self, name: str) -> int:
        """The first column behind a unit."""
        return self.column[name] + self.units[name].columns

    def _columns(self) -> dict[str, int]:
        """Longest path from the left; a unit without inputs stands just before its first reader."""
        waiting = {name: len(self.before[name]) for name in self.names}
        column = dict.fromkeys(self.names, 0)
        free = deque(name for name in self.names if not waiting[name])
        while free:
            name = free.popleft()
            for follower in self.after[name]:
                column[follower] = max(column[follower], column[name] + self.units[name].columns)
                waiting[follower] -= 1
                if not waiting[follower]:
                    free.append(follower)
        for name in self.names:
            if not self.before[name] and self.after[name]:
                first = min(column[after] for after in self.after[name])
                column[name] = max(0, first - self.units[name].columns)
        return column

    def _lanes(self) -> dict[str, int]:
        """The longest way is lane 0; each further one takes the nearest lane that is free."""
        lane: dict[str, int] = {}
        taken: dict[int, set[int]] = defaultdict(set)  # columns by lane
        for way in self._ways():
            columns = set(range(self.column[way[0]], self._end(way[-1])))
            base = self._base(way, lane)
            found = next(at for at in _outwards(base) if not taken[at] & columns)
            taken[found] |= columns
            lane.update(dict.fromkeys(way, found))
        return lane

    def _ways(self) -> list[list[str]]:
        """Paths that hold every unit once, the longest first."""
        left = set(self.names)
        order = sorted(self.names, key=lambda name: self.column[name])
        ways = []
        while left:
            depth: dict[str, int] = {}
            back: dict[str, str | None] = {}
            for name in order:
                known = [b for b in self.before[name] if b in depth]
                best = max(known, key=lambda b: depth[b], default=None)
                before = depth[best] if best is not None else 0
                depth[name] = before + self.units[name].columns
                back[name] = best
            at: str | None = max(self.names, key=lambda name: depth.get(name, 0))
            way = []
            while at is not None:
                way.append(at)
                at = back[at]
            left -= set(way)
            order = [name for name in order if name in left]
            ways.append(way[::-1])
        return ways

    def _base(self, way: list[str], lane: Mapping[str, int]) -> int:
        """The lane of what the way comes from, or leads to."""
        near = [*self.before[way[0]], *self.after[way[-1]]]
        return next((lane[name] for name in near if name in lane), 0)

    def place(self, places: Places, top: float) -> float:
        """Put all in, each unit by its first column and its line; returns the lower edge."""
        for begin, end in self._rows():
            top = self._place(places, begin, end, top)
        return top - self.measures.row_gap

    def _place(self, places: Places, begin: int, end: int, top: float) -> float:
        """The columns from begin up to end as one row; returns where the next one begins."""
        row = [name for name in self.names if begin <= self.column[name] < end]
        for lane, (above, below) in sorted(self._lanes_of(begin, end).items()):
            line = snapped(top + above, self.measures.grid)
            for name in row:
                if self.lane[name] == lane:
                    places[name] = ((self.column[name] - begin) * self.measures.step_x, line)
            top = line + below + self.measures.gap_y
        return top + self.measures.row_gap

    def _rows(self) -> list[tuple[int, int]]:
        """Where the columns are broken into rows: as large on the canvas as can be, through as few
        wires as can be.
        """
        count = max(self._end(name) for name in self.names)
        cut = [0] * (count + 1)  # wires that a break before this column cuts
        whole = [False] * (count + 1)  # whether it would cut a unit
        for lead in self.leads:
            for place in range(self._end(lead.source), self.column[lead.target] + 1):
                cut[place] += 1
        for name in self.names:
            for place in range(self.column[name] + 1, self._end(name)):
                whole[place] = True
        breaks = [place for place in range(count + 1) if not whole[place]]
        least = max(end - begin for begin, end in pairwise(breaks))
        widest = range(max(least, min(count, 3)), max(least, min(count, MOST_COLUMNS)) + 1)
        return max(
            (_broken(breaks, wide, cut) for wide in widest), key=lambda r: self._worth(r, cut)
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
        m, lanes = self.measures, self._lanes_of(begin, end)
        return sum(map(sum, lanes.values())) + len(lanes) * m.gap_y + m.row_gap

    def _lanes_of(self, begin: int, end: int) -> dict[int, tuple[float, float]]:
        """How far the units of each lane go above and below their line, in these columns."""
        lanes: dict[int, tuple[float, float]] = {}
        for column in range(begin, end):
            for lane, above, below in self._extents.get(column, ()):
                most = lanes.get(lane, (0.0, 0.0))
                lanes[lane] = (max(most[0], above), max(most[1], below))
        return lanes

    def _by_column(self) -> Mapping[int, list[tuple[int, float, float]]]:
        found: dict[int, list[tuple[int, float, float]]] = defaultdict(list)
        for name in self.names:
            unit = self.units[name]
            found[self.column[name]].append((self.lane[name], unit.above, unit.below))
        return found


def _broken(breaks: Sequence[int], wide: int, cut: Sequence[int]) -> list[tuple[int, int]]:
    """Rows of at most `wide` columns: through as few wires as can be, then as few rows, then of
    equal length. `breaks`: where rows may begin and end.
    """
    best: dict[int, tuple[int, int, int, int]] = {
        0: (0, 0, 0, 0)
    }  # for so many columns; last: -begin
    for place, end in enumerate(breaks[1:], 1):
        found = []
        for begin in reversed(breaks[:place]):
            if end - begin > wide:
                break
            cuts, rows, squares, _ = best[begin]
            more = cut[begin] - 1 if begin else 0
            found.append((cuts + more, rows + 1, squares + (end - begin) ** 2, -begin))
        best[end] = min(found)
    broken, end = [], breaks[-1]
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


def snapped(value: float, grid: float) -> float:
    """The nearest line of the grid."""
    return round(value / grid) * grid
