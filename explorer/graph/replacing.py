"""Another kind of block in the place of one that is wired."""

from __future__ import annotations

import re
from dataclasses import replace

from explorer.graph.block import Block
from explorer.graph.document import Document, Wire
from explorer.graph.edits import rename, set_block
from explorer.graph.names import fresh_name


def replaced(document: Document, name: str, block: Block) -> tuple[Document, str]:
    """The block in the place of a node's; wires lead to its ports in the same order, as far as it
    has as many. A name that said the kind becomes one of the new kind. Returns the node's name.
    """
    before = document.nodes[name].block
    into = dict(zip(before.inputs, block.inputs, strict=False))
    out = dict(zip(before.outputs, block.outputs, strict=False))
    wires = tuple(
        kept for wire in document.wires if (kept := _led(wire, name, into, out)) is not None
    )
    document = set_block(replace(document, wires=wires), name, block)
    if re.fullmatch(rf"{re.escape(before.stem or before.kind)}\d*", name) is None:
        return document, name
    new = fresh_name(block.stem or block.kind, document.names - {name})
    return rename(document, name, new), new


def _led(wire: Wire, name: str, into: dict[str, str], out: dict[str, str]) -> Wire | None:
    """The wire as it leads to the new block; None where that has no such port."""
    if wire.target == name:
        port = into.get(wire.input)
        return replace(wire, input=port) if port is not None else None
    if wire.source == name:
        port = out.get(wire.output)
        return replace(wire, output=port) if port is not None else None
    return wire
