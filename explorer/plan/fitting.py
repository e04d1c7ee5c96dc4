"""Which blocks can take a value, or give one: what the canvas offers at the end of a wire."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.blocks.catalogue import catalogue
from explorer.graph.block import Block, Shape, ShapeError


@dataclass(frozen=True, slots=True)
class Offer:
    """A kind of block with its first parameters; `refusal` says why it doesn't fit."""

    kind: str
    title: str
    refusal: str = ""
    gives: bool = True  # it has an output


def takers(shape: Shape | None) -> tuple[Offer, ...]:
    """The blocks that have an input: those that fit the shape first, in the palette's order."""
    blocks = [block() for block in catalogue().values()]
    found = [
        Offer(block.kind, block.title, _refusal(block, shape), bool(block.outputs))
        for block in blocks
        if block.inputs
    ]
    return tuple(sorted(found, key=lambda offer: bool(offer.refusal)))


def givers() -> tuple[Offer, ...]:
    """The blocks that have an output."""
    return tuple(Offer(kind, block.title) for kind, block in catalogue().items() if block().outputs)


def everything() -> tuple[Offer, ...]:
    """Every block."""
    return tuple(Offer(kind, block.title) for kind, block in catalogue().items())


def _refusal(block: Block, shape: Shape | None) -> str:
    """Why the block can't take this shape; a second input is taken to have the same."""
    if shape is None:
        return ""
    try:
        block.output_shapes(*(shape for _ in block.inputs))
    except ShapeError as error:
        return f"{block.title} {error}"
    return ""
