"""Edits as a hand does them to the drawing, where a folded group is one block."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from explorer.graph.block import Block
from explorer.graph.document import Document, Wire
from explorer.graph.edits import connect, disconnect, move, paste, splice
from explorer.graph.folding import drawn, place_of
from explorer.graph.membership import bundled, joined, with_group


def connect_drawn(document: Document, wire: Wire) -> Document:
    """Draw a wire that may begin or end at a folded group; raises ConnectError."""
    for real in drawn(document).real(wire):
        document = connect(document, real)
    return document


def disconnect_drawn(document: Document, wire: Wire) -> Document:
    """Remove a drawn wire; the inputs that it fed stay together."""
    real = drawn(document).wires.get(wire, (wire,))
    group = document.group(wire.target)
    if group is not None:
        shared = bundled(document, group)
        document = with_group(document, group.name, replace(group, shared=shared))
    return disconnect(document, real)


def splice_drawn(
    document: Document, wire: Wire, block: Block, x: float, y: float
) -> tuple[Document, str]:
    """Put a new block into a drawn wire, which may feed several inputs."""
    real = drawn(document).wires.get(wire, (wire,))
    document, name = splice(document, real[0], block, x, y)
    for other in real[1:]:
        document = connect(document, replace(other, source=name, output=block.outputs[0]))
    return document, name


def splice_placed(document: Document, wire: Wire, name: str) -> Document:
    """Put a node that is there already into a drawn wire; within a group it becomes a member."""
    block, (real, *_) = document.nodes[name].block, drawn(document).wires.get(wire, (wire,))
    group = document.group_of.get(real.source)
    if group is not None and real.target in group.members and name not in document.group_of:
        document = joined(document, group, name)
    document = disconnect_drawn(document, wire)
    document = connect_drawn(document, Wire(wire.source, name, wire.output, block.inputs[0]))
    return connect_drawn(document, Wire(name, wire.target, block.outputs[0], wire.input))


def move_drawn(document: Document, places: Mapping[str, tuple[float, float]]) -> Document:
    """Put drawn blocks at new places; the members of a group keep their distances."""
    drawing = drawn(document)
    moved: dict[str, tuple[float, float]] = {}
    for item, (x, y) in places.items():
        node = drawing.nodes[item]
        for name in drawing.ids(item):
            member = document.nodes[name]
            moved[name] = (member.x + x - node.x, member.y + y - node.y)
    return move(document, moved)


def paste_piece(document: Document, piece: Document, x: float, y: float) -> tuple[Document, str]:
    """Add a piece that is one group, with its middle here; returns the document and its name."""
    here_x, here_y = place_of(piece, piece.nodes)
    document, _ = paste(document, piece, x - here_x, y - here_y)
    return document, document.groups[-1].name


def splice_piece(
    document: Document, wire: Wire, piece: Document, x: float, y: float
) -> tuple[Document, str]:
    """Put a folded group into a drawn wire: through its first input and first output."""
    document, name = paste_piece(document, piece, x, y)
    block = drawn(document).nodes[name].block
    document = disconnect_drawn(document, wire)
    document = connect_drawn(document, Wire(wire.source, name, wire.output, block.inputs[0]))
    output = drawn(document).nodes[name].block.outputs[0]
    return connect_drawn(document, Wire(name, wire.target, output, wire.input)), name
