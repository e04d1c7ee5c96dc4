"""Where new blocks go, so that none lies on another."""

from __future__ import annotations

from collections.abc import Iterable

from explorer.graph.block import Block
from explorer.graph.document import Document, Node
from explorer.graph.drawn_edits import move_drawn
from explorer.graph.folding import drawn
from explorer.plan.problems import Fix
from explorer.ui.canvas.geometry import (
    GRID,
    HEIGHT,
    STEP_X,
    STEP_Y,
    WIDTH,
    body_of,
    height_of,
    snapped,
)
from explorer.ui.session.store import Store


def free_place(document: Document, block: Block, x: float, y: float) -> tuple[float, float]:
    """The first free place from (x, y) downwards, on the grid."""
    x, y = snapped(x, y)
    others = drawn(document).nodes.values()
    while _overlaps(Node("new", block, x, y), others):
        y += STEP_Y
    return x, y


def mend(store: Store, fix: Fix) -> None:
    """Do a repair, as one step of undo; a block that it inserts gets room."""
    store.edit(fix.label, lambda document: settled(document, fix.edit(document)))


def settled(before: Document, after: Document) -> Document:
    """`after`, with room made for each block that is new in it, in sight, and lies on others."""
    hidden = drawn(after).item_of
    for name in after.nodes:
        if name not in before.nodes and name not in hidden:
            after = make_room(after, name)
    return after


def make_room(document: Document, name: str) -> Document:
    """Where it lies on others: behind the block that feeds it, what is to the right pushed on."""
    drawing = drawn(document)
    node = drawing.nodes[name]
    others = [other for other in drawing.nodes.values() if other.id != name]
    if not _overlaps(node, others):
        return document
    feeding = next((wire.source for wire in drawing.wires if wire.target == name), None)
    x, y = snapped(node.x, node.y)
    if feeding is not None:
        before = drawing.nodes[feeding]
        x, y = before.x + STEP_X, before.y
    places = {name: (x, y)}
    limit = x + STEP_X
    start = x - STEP_X + 1 if feeding is not None else x - WIDTH
    row = [
        other
        for other in others
        if abs(other.y - y) < (height_of(other.block) + HEIGHT) / 2 and other.x >= start
    ]
    for other in sorted(row, key=lambda other: other.x):
        if other.x < limit:
            places[other.id] = (limit, other.y)
        limit = max(other.x, limit) + STEP_X if other.x < limit else other.x + STEP_X
    return move_drawn(document, places)


def _overlaps(node: Node, others: Iterable[Node]) -> bool:
    body = body_of(node).adjusted(-GRID, -GRID, GRID, GRID)
    return any(body.intersects(body_of(other)) for other in others)
