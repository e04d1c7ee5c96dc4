"""Where an arrow key leads: along the wires to the left and right, by place up and down."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeVar

from explorer.graph.document import Document
from explorer.graph.folding import Drawing

Direction = Literal["left", "right", "up", "down"]
Place = tuple[float, float]
T = TypeVar("T")


def neighbour(document: Document | Drawing, name: str, direction: Direction) -> str | None:
    """The next block from this one, if there is one."""
    here = document.nodes[name]
    if direction == "right":
        wired = [wire.target for wire in document.wires if wire.source == name]
    elif direction == "left":
        wired = [wire.source for wire in document.wires if wire.target == name]
    else:
        wired = []
    if wired:
        return min(wired, key=lambda other: abs(document.nodes[other].y - here.y))
    others = [(node.id, (node.x, node.y)) for node in document.nodes.values() if node.id != name]
    return nearest((here.x, here.y), others, direction)


def nearest(here: Place, others: Iterable[tuple[T, Place]], direction: Direction) -> T | None:
    """The nearest in that direction; what lies straight ahead counts as nearer."""
    found: list[tuple[float, int, T]] = []
    for order, (other, place) in enumerate(others):
        dx, dy = place[0] - here[0], place[1] - here[1]
        ahead, aside = (dx, dy) if direction in ("left", "right") else (dy, dx)
        if direction in ("left", "up"):
            ahead = -ahead
        if ahead > 1.0:
            found.append((ahead + 2.0 * abs(aside), order, other))
    return min(found)[2] if found else None
