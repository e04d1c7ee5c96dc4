"""What a block makes of its input shapes, kept while it stands: an edit changes one block."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from explorer.graph.block import Block, Shape
from explorer.graph.custom import Custom

T = TypeVar("T")
Shapes = tuple[Shape, ...]
MOST = 20_000  # blocks; beyond it all is worked out anew


class Remembered(Generic[T]):
    """A function of a block and its input shapes, asked for once and again with each plan.

    Blocks are immutable, so that the same one with equal shapes has the same answer; it is known by
    identity, which costs nothing. A custom block's shapes come from a trial run and may change.
    """

    def __init__(self, work_out: Callable[[Block, Shapes], T]) -> None:
        self._work_out = work_out
        self._known: dict[
            int, tuple[Block, Shapes, T]
        ] = {}  # holds the block: its id stays its own

    def __call__(self, block: Block, shapes: Shapes) -> T:
        """The answer; raises what the function raises."""
        known = self._known.get(id(block))
        if known is not None and known[0] is block and known[1] == shapes:
            return known[2]
        answer = self._work_out(block, shapes)
        if isinstance(block, Custom):
            return answer
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[id(block)] = (block, shapes, answer)
        return answer
