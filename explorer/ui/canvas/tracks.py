"""Where wires run level or upright, so that no two run on one line."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count

from PySide6.QtCore import QRectF

from explorer.graph.document import Wire
from explorer.ui.canvas.courses import APART

ACROSS, ALONG = 16.0, 512.0  # scene units: sides of the cells in which lines are looked for
BESIDE = APART - 2  # nearer than this, two lines look like one
SHORT = 2.0  # at either end: wires that cross, or meet at a corner, don't run on one line

Cell = tuple[bool, int, int]


@dataclass(frozen=True, slots=True)
class _Line:
    """From `begin` to `end` at `at`: of a level line an y, of an upright one an x."""

    level: bool
    at: float
    begin: float
    end: float

    @classmethod
    def of(cls, leg: QRectF) -> _Line:
        """The line in the middle of a thin rectangle."""
        centre = leg.center()
        if leg.width() >= leg.height():
            return cls(True, centre.y(), leg.left(), leg.right())
        return cls(False, centre.x(), leg.top(), leg.bottom())

    def cells(self, beside: float = 0.0) -> Iterator[Cell]:
        """Where it is, or what is so near to it."""
        first, last = math.floor(self.begin / ALONG), math.floor(self.end / ALONG)
        low = math.floor((self.at - beside) / ACROSS)
        for lane in range(low, math.floor((self.at + beside) / ACROSS) + 1):
            for place in range(first, last + 1):
                yield self.level, lane, place

    def beside(self, other: _Line) -> bool:
        """Whether both run on one line, or nearly, for a while."""
        near = abs(self.at - other.at) < BESIDE
        return near and min(self.end, other.end) - max(self.begin, other.begin) > 2 * SHORT


class Tracks:
    """The lines of all wires that were laid."""

    def __init__(self) -> None:
        self._cells: dict[Cell, dict[int, _Line]] = defaultdict(dict)
        self._lines: dict[Wire, list[tuple[int, _Line]]] = {}
        self._keys = count()

    def put(self, wire: Wire, legs: Iterable[QRectF]) -> None:
        """The wire runs along these."""
        self.drop(wire)
        lines = [(next(self._keys), _Line.of(leg)) for leg in legs]
        if lines:
            self._lines[wire] = lines
        for key, line in lines:
            for cell in line.cells():
                self._cells[cell][key] = line

    def drop(self, wire: Wire) -> None:
        """The wire runs nowhere."""
        for key, line in self._lines.pop(wire, ()):
            for cell in line.cells():
                del self._cells[cell][key]

    def taken(self, leg: QRectF) -> bool:
        """Whether a wire runs along here."""
        line = _Line.of(leg)
        if line.end - line.begin <= 2 * SHORT:
            return False
        found = (self._cells.get(cell) for cell in line.cells(BESIDE))
        return any(line.beside(other) for lines in found if lines for other in lines.values())
