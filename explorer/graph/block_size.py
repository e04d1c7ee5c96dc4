"""How large a block is drawn and how far apart blocks stand, in scene units (pixels at zoom 1)."""

from __future__ import annotations

import math
from dataclasses import replace

from explorer.graph.block import Block
from explorer.graph.document import Document
from explorer.graph.layered import Measures
from explorer.graph.layout import arranged

GRID = 12.0
WIDTH = 156.0
HEIGHT = 132.0
PORT_SPACING = 25.0
PORTS_FROM, PORTS_TO = 66.0, 12.0  # several ports lie below the text, above the lower edge
STEP_X = 252.0  # from one block to the next in a row
STEP_Y = 180.0  # from one row to the next
TIGHT_X, TIGHT_Y = 216.0, 168.0  # where the whole is so small that wires carry no labels


def height_of(block: Block) -> float:
    """A block is higher where it has many ports."""
    ports = max(len(block.inputs), len(block.outputs))
    needed = PORTS_FROM + ports * PORT_SPACING + PORTS_TO
    return max(HEIGHT, math.ceil(needed / GRID) * GRID) if ports > 1 else HEIGHT


MEASURES = Measures(height_of, STEP_X, STEP_Y - HEIGHT, GRID)


def placed(document: Document, placeless: frozenset[str]) -> Document:
    """The document with places for these nodes: all are laid out, or some below the others."""
    if not placeless or len(document.nodes) < 2:
        return document
    laid = arranged(document, MEASURES)
    known = [node for name, node in document.nodes.items() if name not in placeless]
    if not known:
        return laid
    lowest = max(node.y + height_of(node.block) / 2 for node in known)
    highest = min(laid.nodes[each].y for each in placeless)
    down = math.ceil((lowest + STEP_Y - highest) / GRID) * GRID
    nodes = {
        name: replace(node, x=laid.nodes[name].x, y=laid.nodes[name].y + down)
        if name in placeless
        else node
        for name, node in document.nodes.items()
    }
    return replace(document, nodes=nodes)
