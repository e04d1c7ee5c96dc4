"""How wires run: straight where the way is free, else along lanes beside the blocks, one each."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property, partial
from itertools import pairwise
from typing import Protocol

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

LANE = 22.0  # between a block and a wire that passes it
APART = 8.0  # from one wire's lane to the next one's
CORNER = 12.0
CURVE_PIECES = 14
WIDE_AREA = 1000.0**2  # square units; in more there are many blocks that a wire does not meet
TURN = 20.0  # before and after a lane
SHIFTS = (0.0, APART, -APART, 2 * APART, -2 * APART, 3 * APART, -3 * APART)
TURNS = (TURN, TURN + APART, TURN - APART, TURN + 2 * APART, TURN + 3 * APART)


class Ground(Protocol):
    """What a wire has to mind, but for its own two blocks."""

    def blocks(self, rect: QRectF) -> list[QRectF]:
        """The blocks that meet this rectangle, with a little room around them."""

    def taken(self, leg: QRectF) -> bool:
        """Whether another wire runs along this leg, which is level or upright."""


class Course:
    """How a wire runs: the path that is painted, and points along it for measuring."""

    def __init__(
        self,
        path: QPainterPath,
        points: Sequence[QPointF] | Callable[[], Sequence[QPointF]],
        detour: bool = False,
    ) -> None:
        """Points that cost time may be given as what finds them, once they are asked for."""
        self.path = path
        self._points = points
        self.detour = detour  # not the straight way: it might be once blocks have moved

    @cached_property
    def points(self) -> tuple[QPointF, ...]:
        """Along the wire, from its output to its input."""
        return tuple(self._points() if callable(self._points) else self._points)

    def distance(self, point: QPointF) -> float:
        """How far a point is from the wire."""
        return min(_distance(point, a, b) for a, b in pairwise(self.points))

    def hits(self, rects: Iterable[QRectF]) -> list[QRectF]:
        """The rectangles that the wire runs through."""
        return [rect for rect in rects if any(leg.intersects(rect) for leg in self._boxes)]

    def met(self, ground: Ground) -> list[QRectF]:
        """The blocks that the wire runs through."""
        if self.box.width() * self.box.height() < WIDE_AREA:
            return self.hits(ground.blocks(self.box))
        found = {rect.getRect(): rect for box in self._boxes for rect in ground.blocks(box)}
        return list(found.values())

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
    def legs(self) -> tuple[QRectF, ...]:
        """The level and upright parts of a detour, without those at the two ports."""
        return tuple(_leg(a, b) for a, b in pairwise(self.points[1:-1])) if self.detour else ()

    @cached_property
    def _lengths(self) -> tuple[float, ...]:
        return tuple(_length(a, b) for a, b in pairwise(self.points))

    @cached_property
    def _boxes(self) -> tuple[QRectF, ...]:
        return tuple(_leg(a, b) for a, b in pairwise(self.points))


def straight_course(start: QPointF, end: QPointF) -> Course:
    """A single curve from an output to an input, whatever lies between."""
    reach = min(max(abs(end.x() - start.x()) / 2, 24.0), 160.0)
    first, second = QPointF(start.x() + reach, start.y()), QPointF(end.x() - reach, end.y())
    path = QPainterPath(start)
    path.cubicTo(first, second, end)
    if start.y() == end.y():  # a level line
        return Course(path, (start, end))
    return Course(path, partial(_curve, start, first, second, end))


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


def lane_course(
    start: QPointF, end: QPointF, lane_y: float, out: float = TURN, into: float = TURN
) -> Course:
    """Out to the right, along a horizontal lane, and into the input from the left."""
    corners = [
        start,
        QPointF(start.x() + out, start.y()),
        QPointF(start.x() + out, lane_y),
        QPointF(end.x() - into, lane_y),
        QPointF(end.x() - into, end.y()),
        end,
    ]
    return Course(_rounded(corners), corners, detour=True)


def course(start: QPointF, end: QPointF, source: QRectF, target: QRectF, ground: Ground) -> Course:
    """A curve where the way is free; else a lane beside the blocks that stand in it."""
    if end.x() - start.x() < 2 * CORNER:
        return _best_lane(start, end, _lanes_back(source, target, ground), ground)
    direct = straight_course(start, end)
    in_the_way = direct.met(ground)
    if not in_the_way:
        return direct
    rects = [*in_the_way, source, target]
    above = min(rect.top() for rect in rects) - LANE
    below = max(rect.bottom() for rect in rects) + LANE
    middle = (start.y() + end.y()) / 2
    beside = (above, below) if middle - above <= below - middle else (below, above)
    # First along its own row or the target's, as a branch should look; then beside both.
    return _best_lane(start, end, (start.y(), end.y(), *beside), ground)


def _best_lane(start: QPointF, end: QPointF, lanes: Iterable[float], ground: Ground) -> Course:
    """The first lane that runs through no block, or that runs through the fewest."""
    tried: list[tuple[int, int, float]] = []
    for order, lane in enumerate(lanes):
        hits = len(lane_course(start, end, lane).met(ground))
        tried.append((hits, order, lane))
        if not hits:
            break
    hits, _, lane = min(tried)
    return _beside_others(start, end, lane, hits, ground)


def _beside_others(start: QPointF, end: QPointF, lane: float, hits: int, ground: Ground) -> Course:
    """On this lane or just beside it, where no other wire runs, through no more blocks."""
    out, into = start.x() + TURN, end.x() - TURN
    for shift in SHIFTS:
        y = lane + shift
        if ground.taken(_leg(QPointF(out, y), QPointF(into, y))):
            continue
        found = lane_course(
            start, end, y, _turn(start, y, 1.0, ground), _turn(end, y, -1.0, ground)
        )
        if not shift or len(found.met(ground)) <= hits:
            return found
    return lane_course(start, end, lane)


def _turn(port: QPointF, lane: float, side: float, ground: Ground) -> float:
    """How far from a port the wire turns: where no other wire goes up or down."""
    for turn in TURNS:
        x = port.x() + side * turn
        if not ground.taken(_leg(QPointF(x, port.y()), QPointF(x, lane))):
            return turn
    return TURN


def _lanes_back(source: QRectF, target: QRectF, ground: Ground) -> Iterator[float]:
    """Between two rows where there is room, beside either block, or around everything near."""
    upper, lower = (source, target) if source.top() <= target.top() else (target, source)
    if lower.top() - upper.bottom() > CORNER:
        yield (upper.bottom() + lower.top()) / 2
        yield lower.top() - LANE
        yield upper.bottom() + LANE
    yield lower.bottom() + LANE
    yield upper.top() - LANE
    near = source.united(target).adjusted(-LANE, -2 * LANE, LANE, 2 * LANE)
    rects = [source, target, *ground.blocks(near)]
    yield max(r.bottom() for r in rects) + LANE
    yield min(r.top() for r in rects) - LANE


def _leg(a: QPointF, b: QPointF) -> QRectF:
    """A rectangle around a line; never empty, for an empty one meets nothing."""
    return QRectF(a, b).normalized().adjusted(-0.5, -0.5, 0.5, 0.5)


def _curve(a: QPointF, b: QPointF, c: QPointF, d: QPointF) -> list[QPointF]:
    return [_bezier(a, b, c, d, piece) for piece in range(CURVE_PIECES + 1)]


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
