"""A recorded network's drawing as inline SVG, without a window: blocks, wires, groups."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

from explorer.graph.block import Block, UnknownBlock
from explorer.graph.document import Node, Wire
from explorer.graph.folding import FoldedBlock, drawn
from explorer.graph.frames import Area, frame_of
from explorer.plan.plan import Plan
from explorer.records.svg import Element, Place, drawing, element, number, polyline

PAGE_WIDTH, PAGE_HEIGHT = 860.0, 1100.0
READABLE = 0.75  # of the full size: below it the other direction is tried
WIDTH, HEIGHT = 132.0, 66.0
BORDER = 30.0
LANE = 15.0  # between a block and a wire that passes it
TURN = 13.0
FRAME, FRAME_TITLE = 10.0, 12.0  # around a group's members, and above them
PIECES = 16
LONGEST = 18  # characters that fit into a block
# Scene units to ours: blocks are lower here, as they carry no pictures.
ACROSS: Mapping[bool, Place] = {False: (1.0, 0.62), True: (0.42, 0.9)}  # by `down`: along, across


@dataclass(frozen=True, slots=True)
class Box:
    """Where a block is; `along` is the direction in which the network flows."""

    along: float
    across: float
    half_along: float
    half_across: float

    def holds(self, place: Place) -> bool:
        """Whether a place is inside, or nearly."""
        near = abs(place[0] - self.along) < self.half_along + 2
        return near and abs(place[1] - self.across) < self.half_across + 2

    def port(self, count: int, position: int, out: bool) -> Place:
        """The place of one of so many ports, on the side that they are on."""
        share = (position + 1) / (count + 1) * 2 - 1
        side = self.half_along if out else -self.half_along
        return self.along + side, self.across + share * self.half_across


def diagram(plan: Plan) -> Markup:
    """The document as it was drawn: from left to right, or downwards where it is so more readable;
    empty where nothing was drawn.
    """
    if not plan.document.nodes:
        return Markup()
    flat, tall = _Diagram(plan, down=False), _Diagram(plan, down=True)
    return (tall if flat.size < READABLE and tall.size > flat.size else flat).svg()


class _Diagram:
    """One drawing in one direction; thrown away afterwards."""

    def __init__(self, plan: Plan, down: bool) -> None:
        self.plan, self.down = plan, down
        drawing = drawn(plan.document)
        self.nodes, self.wires = drawing.nodes, tuple(drawing.wires)
        self.boxes = {name: self._box(node) for name, node in self.nodes.items()}
        corners = [
            self._turned((box.along + sign * box.half_along, box.across + sign * box.half_across))
            for box in self.boxes.values()
            for sign in (-1, 1)
        ]
        self.left, self.top = (min(c[k] for c in corners) - BORDER for k in (0, 1))
        self.width = max(c[0] for c in corners) + BORDER - self.left
        self.height = max(c[1] for c in corners) + BORDER - self.top

    @property
    def size(self) -> float:
        """How large it is on a page, 1 being its full size."""
        return min(1.0, PAGE_WIDTH / self.width, PAGE_HEIGHT / self.height)

    def svg(self) -> Markup:
        blocks = [part for name in self.nodes for part in self._block(name)]
        wires = [self._wire(wire) for wire in self.wires]
        return drawing(
            f"Diagram of the network: {len(self.nodes)} blocks, {len(self.wires)} wires",
            self.width,
            self.height,
            *self._frames(),
            *wires,
            *blocks,
            class_="diagram",
        )

    # --- places

    def _box(self, node: Node) -> Box:
        along, across = ACROSS[self.down]
        ports = max(len(node.block.inputs), len(node.block.outputs))
        wide, high = WIDTH, HEIGHT
        if ports > 1:  # as on the canvas, where such blocks are higher
            more = max(0.0, 58 + 25 * ports - 108) * across
            wide, high = (wide + more, high) if self.down else (wide, high + more)
        half = (high / 2, wide / 2) if self.down else (wide / 2, high / 2)
        return Box(node.x * along, node.y * across, *half)

    def _turned(self, place: Place) -> Place:
        return (place[1], place[0]) if self.down else place

    def _at(self, place: Place) -> Place:
        x, y = self._turned(place)
        return x - self.left, y - self.top

    # --- blocks

    def _block(self, name: str) -> Iterable[Element]:
        node, box = self.nodes[name], self.boxes[name]
        x, y = self._at((box.along, box.across))
        wide, high = (2 * side for side in self._turned((box.half_along, box.half_across)))
        group = node.block.group or "folded"
        words = (name, _title(node.block), self._shape(name))
        whole = element("title", text=" · ".join(word for word in words if word))
        parts = [
            element(
                "rect", class_=f"block b-{group}", width=wide, height=high, rx=7,
                x=x - wide / 2, y=y - high / 2,
            )
        ]  # fmt: skip
        rows = [word for word in words if word]
        for row, word in enumerate(rows):
            at = y + 4.5 + 17 * (row - (len(rows) - 1) / 2)
            look = ("id", "kind", "shape")[row] if len(rows) == 3 else ("id", "kind")[row]
            parts.append(element("text", x=x, y=at, class_=f"middle {look}", text=_cut(word)))
        yield element("g", whole, *parts)

    def _shape(self, name: str) -> str:
        block = self.nodes[name].block
        if isinstance(block, FoldedBlock):
            return f"{block.repeat} times" if block.repeat > 1 else ""
        shapes = [self.plan.shapes.get((name, port)) for port in block.outputs]
        return ", ".join(f"→ {shape}" for shape in shapes if shape is not None)

    def _frames(self) -> Iterable[Element]:
        """Around the members of the groups that are not folded, and around nothing else."""
        areas = {name: self._area(box) for name, box in self.boxes.items()}
        for group in self.plan.document.groups:
            bodies = [areas[name] for name in group.members if name in areas]
            if group.folded or not bodies:
                continue
            others = [area for name, area in areas.items() if name not in group.members]
            frame = frame_of(bodies, functools.partial(_meets_any, others), FRAME, FRAME_TITLE)
            for part in frame.parts:
                wide, tall = part.right - part.left, part.bottom - part.top
                yield element(
                    "rect", class_="frame", x=part.left, y=part.top, width=wide, height=tall, rx=9
                )
            times = f", {group.repeat} times" if group.repeat > 1 else ""
            x, y = frame.title.left + 8, frame.title.top + 13
            yield element("text", class_="frame-name", x=x, y=y, text=group.name + times)

    def _area(self, box: Box) -> Area:
        corners = [
            self._at((box.along + sign * box.half_along, box.across + sign * box.half_across))
            for sign in (-1, 1)
        ]
        return Area(*corners[0], *corners[1])

    # --- wires

    def _wire(self, wire: Wire) -> Element:
        source, target = self.nodes[wire.source].block, self.nodes[wire.target].block
        out, into = source.outputs, target.inputs
        start = self.boxes[wire.source].port(len(out), out.index(wire.output), out=True)
        end = self.boxes[wire.target].port(len(into), into.index(wire.input), out=False)
        shape = self.plan.shapes.get((wire.source, wire.output))
        kind = f" k-{shape.kind}" if shape is not None else ""
        path = self._course(wire, start, end)
        head = [(end[0] - 7, end[1] - 4), end, (end[0] - 7, end[1] + 4)]
        arrow = polyline(self._at(place) for place in head)
        return element("path", class_=f"wire{kind}", d=f"{path}{arrow}")

    def _course(self, wire: Wire, start: Place, end: Place) -> str:
        others = [b for name, b in self.boxes.items() if name not in (wire.source, wire.target)]
        if end[0] - start[0] > TURN:
            reach = (end[0] - start[0]) / 2
            curve = (start, (start[0] + reach, start[1]), (end[0] - reach, end[1]), end)
            if not _met([_bezier(*curve, k / PIECES) for k in range(PIECES + 1)], others):
                a, b, c, d = (_pair(self._at(place)) for place in curve)
                return f"M{a}C{b} {c} {d}"
        lanes = self._lanes(wire, start, end)
        courses = [_around(start, end, lane) for lane in lanes]
        best = min(courses, key=lambda course: _met(_points(course), others))
        return self._rounded(best)

    def _lanes(self, wire: Wire, start: Place, end: Place) -> list[float]:
        """Where a wire may run: along the way, between the two rows, or beside what is near."""
        ends = (self.boxes[wire.source], self.boxes[wire.target])
        upper, lower = sorted(ends, key=lambda box: box.across)
        top, bottom = upper.across + upper.half_across, lower.across - lower.half_across
        lanes = [(top + bottom) / 2] if bottom - top > LANE else []
        if end[0] > start[0]:
            lanes = [start[1], end[1], *lanes]
        low, high = min(start[0], end[0]), max(start[0], end[0])
        near = [b for b in self.boxes.values() if low - WIDTH < b.along < high + WIDTH]
        for distance in (LANE, 2 * LANE):
            lanes += [top + distance, bottom - distance]
            lanes += [lower.across + lower.half_across + distance]
            lanes += [upper.across - upper.half_across - distance]
        lanes += [min(b.across - b.half_across for b in near) - LANE]
        lanes += [max(b.across + b.half_across for b in near) + LANE]
        return lanes

    def _rounded(self, corners: Sequence[Place]) -> str:
        at = [self._at(corner) for corner in corners]
        path = [f"M{_pair(at[0])}"]
        for before, corner, after in zip(at, at[1:], at[2:], strict=False):
            path.append(f"L{_pair(_towards(corner, before))}")
            path.append(f"Q{_pair(corner)} {_pair(_towards(corner, after))}")
        return "".join([*path, f"L{_pair(at[-1])}"])


def _meets_any(others: Sequence[Area], area: Area) -> bool:
    return any(area.meets(other) for other in others)


def _title(block: Block) -> str:
    if isinstance(block, FoldedBlock):
        return "group"
    return block.name if isinstance(block, UnknownBlock) else block.title


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _pair(place: Place) -> str:
    return f"{number(place[0])} {number(place[1])}"


def _around(start: Place, end: Place, lane: float) -> list[Place]:
    """Out, along the lane, and into the input."""
    out, into = start[0] + TURN, end[0] - TURN
    return [start, (out, start[1]), (out, lane), (into, lane), (into, end[1]), end]


def _points(corners: Sequence[Place]) -> list[Place]:
    return [
        (a[0] + (b[0] - a[0]) * k / PIECES, a[1] + (b[1] - a[1]) * k / PIECES)
        for a, b in pairwise(corners)
        for k in range(PIECES + 1)
    ]


def _met(places: Sequence[Place], boxes: Sequence[Box]) -> int:
    """Through how many boxes a line runs."""
    return sum(any(box.holds(place) for place in places) for box in boxes)


def _towards(corner: Place, other: Place) -> Place:
    """A little way from a corner."""
    length = abs(other[0] - corner[0]) + abs(other[1] - corner[1])  # legs lie along the axes
    share = min(7.0, length / 2) / length if length else 0.0
    return corner[0] + (other[0] - corner[0]) * share, corner[1] + (other[1] - corner[1]) * share


def _bezier(a: Place, b: Place, c: Place, d: Place, t: float) -> Place:
    s = 1 - t
    weights = (s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t)
    corners = (a, b, c, d)
    return (
        sum(w * corner[0] for w, corner in zip(weights, corners, strict=True)),
        sum(w * corner[1] for w, corner in zip(weights, corners, strict=True)),
    )
