"""Sizes of blocks and the course of wires, in scene units (pixels at zoom 1)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Literal

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

from explorer.graph.block import Block
from explorer.graph.document import Node

Side = Literal["input", "output"]
Port = tuple[str, Side, str]  # node id, side, port

GRID = 12.0
WIDTH = 132.0
HEIGHT = 108.0
PORT_SPACING = 25.0
PORTS_FROM, PORTS_TO = 46.0, 12.0  # several ports lie below the text, above the lower edge
PORT_RADIUS = 5.5
PORT_REACH = 14.0  # from a port's centre, within which a press takes the port
MARGIN = 14.0  # around a block, for ports, outline and badge
STEP_X = 228.0  # from one block to the next in a row
STEP_Y = 168.0  # from one row to the next
LANE = 22.0  # between a block and a wire that passes it
CORNER = 12.0
CURVE_PIECES = 14


def height_of(block: Block) -> float:
    """A block is higher where it has many ports."""
    ports = max(len(block.inputs), len(block.outputs))
    needed = PORTS_FROM + ports * PORT_SPACING + PORTS_TO
    return max(HEIGHT, math.ceil(needed / GRID) * GRID) if ports > 1 else HEIGHT


def body_of(node: Node) -> QRectF:
    """Where a block is drawn, ports excluded."""
    height = height_of(node.block)
    return QRectF(node.x - WIDTH / 2, node.y - height / 2, WIDTH, height)


def ports_of(block: Block, side: Side) -> tuple[str, ...]:
    """Names of the ports of one side."""
    return block.inputs if side == "input" else block.outputs


def port_offset(block: Block, port: str, side: Side) -> QPointF:
    """A port's centre, from the block's centre; raises ValueError where there is no such port."""
    names = ports_of(block, side)
    x, height, place = WIDTH / 2, height_of(block), names.index(port)
    y = 0.0
    if len(names) > 1:
        pitch = (height - PORTS_FROM - PORTS_TO) / len(names)
        y = PORTS_FROM + (place + 0.5) * pitch - height / 2
    return QPointF(-x if side == "input" else x, y)


def snapped(x: float, y: float) -> tuple[float, float]:
    """The nearest point of the grid."""
    return round(x / GRID) * GRID, round(y / GRID) * GRID


class Course:
    """How a wire runs: the path that is painted, and points along it for measuring."""

    def __init__(self, path: QPainterPath, points: Sequence[QPointF], detour: bool = False) -> None:
        self.path = path
        self.points = tuple(points)
        self.detour = detour  # not the straight way: it might be once blocks have moved

    def distance(self, point: QPointF) -> float:
        """How far a point is from the wire."""
        return min(_distance(point, a, b) for a, b in pairwise(self.points))

    def hits(self, rects: Iterable[QRectF]) -> list[QRectF]:
        """The rectangles that the wire runs through."""
        return [rect for rect in rects if any(leg.intersects(rect) for leg in self._boxes)]

    def at(self, share: float) -> QPointF:
        """The point at this share of the wire's length."""
        legs = self._lengths
        left = share * sum(legs)
        for (a, b), leg in zip(pairwise(self.points), legs, strict=True):
            if left <= leg and leg > 0:
                return a + (b - a) * (left / leg)
            left -= leg
        return self.points[-1]

    @cached_property
    def box(self) -> QRectF:
        """Around the whole wire."""
        return self.path.controlPointRect().adjusted(-1, -1, 1, 1)

    @cached_property
    def _lengths(self) -> tuple[float, ...]:
        return tuple(_length(a, b) for a, b in pairwise(self.points))

    @cached_property
    def _boxes(self) -> tuple[QRectF, ...]:
        """A rectangle around each piece; never empty, for an empty one meets nothing."""
        return tuple(
            QRectF(a, b).normalized().adjusted(-0.5, -0.5, 0.5, 0.5)
            for a, b in pairwise(self.points)
        )


def straight_course(start: QPointF, end: QPointF) -> Course:
    """A single curve from an output to an input, whatever lies between."""
    reach = min(max(abs(end.x() - start.x()) / 2, 24.0), 160.0)
    first, second = QPointF(start.x() + reach, start.y()), QPointF(end.x() - reach, end.y())
    path = QPainterPath(start)
    path.cubicTo(first, second, end)
    return Course(path, [_bezier(start, first, second, end, i) for i in range(CURVE_PIECES + 1)])


def thread_course(start: QPointF, end: QPointF) -> Course:
    """A wire that is still in the hand; backwards it bows upwards, to be seen over the blocks."""
    if end.x() >= start.x():
        return straight_course(start, end)
    reach, bow = 90.0, -60.0 - min(abs(end.x() - start.x()) / 6, 120.0)
    first = QPointF(start.x() + reach, start.y() + bow)
    second = QPointF(end.x() - reach, end.y() + bow)
    path = QPainterPath(start)
    path.cubicTo(first, second, end)
    return Course(path, (start, end))


def lane_course(start: QPointF, end: QPointF, lane_y: float) -> Course:
    """Out to the right, along a horizontal lane, and into the input from the left."""
    turn = 20.0
    corners = [
        start,
        QPointF(start.x() + turn, start.y()),
        QPointF(start.x() + turn, lane_y),
        QPointF(end.x() - turn, lane_y),
        QPointF(end.x() - turn, end.y()),
        end,
    ]
    return Course(_rounded(corners), corners, detour=True)


def course(
    start: QPointF, end: QPointF, source: QRectF, target: QRectF, others: Sequence[QRectF]
) -> Course:
    """A curve where the way is free; else a lane beside the blocks that stand in it."""
    if end.x() - start.x() < 2 * CORNER:
        return _best_lane(start, end, _lanes_back(source, target, others), others)
    direct = straight_course(start, end)
    in_the_way = direct.hits(others)
    if not in_the_way:
        return direct
    rects = [*in_the_way, source, target]
    above = min(rect.top() for rect in rects) - LANE
    below = max(rect.bottom() for rect in rects) + LANE
    middle = (start.y() + end.y()) / 2
    beside = (above, below) if middle - above <= below - middle else (below, above)
    # First along its own row or the target's, as a branch should look; then beside both.
    return _best_lane(start, end, (start.y(), end.y(), *beside), others)


def _best_lane(
    start: QPointF, end: QPointF, lanes: Iterable[float], others: Sequence[QRectF]
) -> Course:
    """The first lane that runs through no block, or that runs through the fewest."""
    tried: list[tuple[int, int, Course]] = []
    for order, lane in enumerate(lanes):
        found = lane_course(start, end, lane)
        hits = len(found.hits(others))
        if not hits:
            return found
        tried.append((hits, order, found))
    return min(tried)[2]


def _lanes_back(source: QRectF, target: QRectF, others: Sequence[QRectF]) -> list[float]:
    """Between two rows where there is room, beside either block, or around everything near."""
    lanes = []
    upper, lower = (source, target) if source.top() <= target.top() else (target, source)
    if lower.top() - upper.bottom() > CORNER:
        lanes.append((upper.bottom() + lower.top()) / 2)
        lanes += [lower.top() - LANE, upper.bottom() + LANE]
    rects = [source, target, *others]
    lanes += [lower.bottom() + LANE, upper.top() - LANE]
    lanes += [max(r.bottom() for r in rects) + LANE, min(r.top() for r in rects) - LANE]
    return lanes


def _bezier(a: QPointF, b: QPointF, c: QPointF, d: QPointF, piece: int) -> QPointF:
    t = piece / CURVE_PIECES
    s = 1 - t
    return a * (s * s * s) + b * (3 * s * s * t) + c * (3 * s * t * t) + d * (t * t * t)


def _rounded(corners: Sequence[QPointF]) -> QPainterPath:
    path = QPainterPath(corners[0])
    for before, corner, after in zip(corners, corners[1:], corners[2:], strict=False):
        into, out = _length(before, corner), _length(corner, after)
        radius = min(CORNER, into / 2, out / 2)
        if radius < 0.5:
            path.lineTo(corner)
            continue
        path.lineTo(corner + (before - corner) * (radius / into))
        path.quadTo(corner, corner + (after - corner) * (radius / out))
    path.lineTo(corners[-1])
    return path


def _length(a: QPointF, b: QPointF) -> float:
    return math.hypot(b.x() - a.x(), b.y() - a.y())


def _distance(point: QPointF, a: QPointF, b: QPointF) -> float:
    leg = b - a
    square = leg.x() ** 2 + leg.y() ** 2
    along = 0.0
    if square > 0:
        to = point - a
        along = min(max((to.x() * leg.x() + to.y() * leg.y()) / square, 0.0), 1.0)
    return _length(point, a + leg * along)
