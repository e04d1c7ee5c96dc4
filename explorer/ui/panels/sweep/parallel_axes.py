"""Where trials lie on parallel axes: scales, lines, distances; nothing is painted here."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF

from explorer.graph.block import Argument
from explorer.plan.amounts import percent
from explorer.plan.ranges import shown

WIDE = 15  # times as large as the least value: then a scale is logarithmic


@dataclass(frozen=True, slots=True)
class Axis:
    """A scale: numbers from `low` to `high`, or choices at even distances."""

    name: str
    low: float = 0.0
    high: float = 1.0
    log: bool = False
    choices: tuple[Argument, ...] = ()
    percent: bool = False

    def place(self, value: Argument) -> float:
        """0 (below) to 1 (above)."""
        if self.choices:
            last = len(self.choices) - 1
            return self.choices.index(value) / last if last and value in self.choices else 0.5
        number = float(str(value))
        if self.high <= self.low:
            return 0.5
        if self.log:
            return math.log(number / self.low) / math.log(self.high / self.low)
        return (number - self.low) / (self.high - self.low)

    def ticks(self, digits: int = 3) -> list[tuple[float, str]]:
        """Places and words."""
        if self.choices:
            return [(self.place(each), shown(each)) for each in self.choices]
        ends = [self.low] if self.high <= self.low else [self.low, self.high]
        return [(self.place(each), self.text(each, digits)) for each in ends]

    def text(self, value: float, digits: int) -> str:
        """A number on it."""
        if self.percent:
            return percent(value, 1 if digits > 2 else 0)
        return f"{value:,.0f}" if value.is_integer() else f"{value:.{digits}g}"


@dataclass(frozen=True, slots=True)
class Thread:
    """A trial: its places on the axes; None on an axis where it has no value."""

    number: int
    values: tuple[Argument, ...]
    words: str


def axis_of(name: str, values: Sequence[Argument], percent: bool = False) -> Axis:
    """A scale that just holds these values; logarithmic where they span much."""
    if any(isinstance(value, str | bool) for value in values):
        return Axis(name, choices=tuple(sorted(dict.fromkeys(values), key=str)))
    numbers = [float(str(value)) for value in values]
    if not numbers:
        return Axis(name, percent=percent)
    low, high = min(numbers), max(numbers)
    log = not percent and low > 0 and high / low >= WIDE
    return Axis(name, low, high, log, percent=percent)


def diamond(at: QPointF) -> list[QPointF]:
    r = 5.0
    return [at + QPointF(0, -r), at + QPointF(r, 0), at + QPointF(0, r), at + QPointF(-r, 0)]


def distance(points: Sequence[QPointF], place: QPointF) -> float:
    """From a place to the nearest piece of a line."""
    if len(points) < 2:
        return math.inf
    corners = np.array([[point.x(), point.y()] for point in points])
    at, begin, along = np.array([place.x(), place.y()]), corners[:-1], np.diff(corners, axis=0)
    length = np.maximum((along**2).sum(1), 1e-9)
    share = np.clip(((at - begin) * along).sum(1) / length, 0, 1)[:, None]
    return float(np.sqrt((((begin + share * along) - at) ** 2).sum(1)).min())
