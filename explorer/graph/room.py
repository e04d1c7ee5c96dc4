"""Keeps edits within the limits of a document, so that what can be drawn opens again."""

from __future__ import annotations

import json
import math

from explorer.graph import limits
from explorer.graph.block import UnknownBlock
from explorer.graph.custom import Custom
from explorer.graph.document import Document
from explorer.graph.failures import EditError
from explorer.graph.written import dump

# More than a file has for one: names of 40 letters, every parameter, every port.
NODE_BYTES, WIRE_BYTES = 700, 150
LETTER_BYTES = 6  # at most, of a text's sign


def check_room(document: Document) -> Document:
    """The document, where it can be saved and opened again; raises EditError naming the limit."""
    for what, count, most in (
        ("blocks", len(document.nodes), limits.MOST_NODES),
        ("wires", len(document.wires), limits.MOST_WIRES),
        ("groups", len(document.groups), limits.MOST_GROUPS),
        ("notes", len(document.notes), limits.MOST_NOTES),
    ):
        if count > most:
            raise EditError(f"A document has {most:,} {what} at most; this would make {count:,}")
    if _at_most(document) > limits.MOST_BYTES:
        size = len(dump(document).encode())
        if size > limits.MOST_BYTES:
            raise EditError(
                f"A document has {limits.MOST_BYTES:,} bytes at most; this would make {size:,}. "
                "Shorten notes or parameters"
            )
    return document


def within(place: float) -> float:
    """A coordinate on the canvas (scene units): beyond its edge it is at the edge."""
    if math.isnan(place):
        raise EditError("A place on the canvas is a number; this is none")
    return min(max(float(place), -limits.FARTHEST), limits.FARTHEST)


def _at_most(document: Document) -> int:
    """A number of bytes that the file can't exceed, found quickly."""
    letters = sum(len(note.text) + 200 for note in document.notes)
    strange = False
    for block in (node.block for node in document.nodes.values()):
        if isinstance(block, UnknownBlock):
            strange = True
            letters += len(json.dumps(block.fields)) + len(block.name)
            letters += sum(map(len, (*block.inputs, *block.outputs)))
        elif isinstance(block, Custom):
            letters += len(block.path) + len(block.arguments)
    if strange:  # whose ports can have any names
        letters += sum(len(wire.output) + len(wire.input) for wire in document.wires)
    fixed = len(document.nodes) * NODE_BYTES + len(document.wires) * WIRE_BYTES
    return fixed + letters * LETTER_BYTES
