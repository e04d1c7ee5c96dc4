"""Which rectangles are near a place, answered without asking each: a grid of cells."""

from __future__ import annotations

import math
from collections.abc import Hashable
from typing import Generic, TypeVar

from PySide6.QtCore import QRectF

SIDE = 256.0  # scene units
T = TypeVar("T", bound=Hashable)


class Cells(Generic[T]):
    """Things and where they are; a thing has one rectangle or several."""

    def __init__(self) -> None:
        self._rects: dict[T, tuple[QRectF, ...]] = {}
        self._cells: dict[tuple[int, int], set[T]] = {}

    def put(self, thing: T, *rects: QRectF) -> None:
        """The thing is here now."""
        self.drop(thing)
        if not rects:
            return
        self._rects[thing] = rects
        for rect in rects:
            for cell in _cells_of(rect):
                self._cells.setdefault(cell, set()).add(thing)

    def drop(self, thing: T) -> None:
        """The thing is nowhere."""
        for rect in self._rects.pop(thing, ()):
            for cell in _cells_of(rect):
                self._cells[cell].discard(thing)

    def of(self, thing: T) -> QRectF:
        """Where a thing of one rectangle is; raises KeyError for one that is nowhere."""
        return self._rects[thing][0]

    def near(self, rect: QRectF) -> list[T]:
        """The things that this rectangle meets."""
        found: set[T] = set()
        for cell in _cells_of(rect):
            there = self._cells.get(cell)
            if there:
                found |= there
        rects, meets = self._rects, rect.intersects
        return [t for t in found if meets(rects[t][0]) or any(map(meets, rects[t][1:]))]


def cell_count(rect: QRectF) -> int:
    """How many cells a rectangle lies in."""
    across = math.floor(rect.right() / SIDE) - math.floor(rect.left() / SIDE) + 1
    return across * (math.floor(rect.bottom() / SIDE) - math.floor(rect.top() / SIDE) + 1)


def _cells_of(rect: QRectF) -> list[tuple[int, int]]:
    """Asked some thousand times for one edit: a list, and floors without a call."""
    rows = range(int(rect.top() // SIDE), int(rect.bottom() // SIDE) + 1)
    columns = range(int(rect.left() // SIDE), int(rect.right() // SIDE) + 1)
    return [(column, row) for column in columns for row in rows]
