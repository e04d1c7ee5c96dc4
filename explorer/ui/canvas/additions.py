"""What the palette adds to the drawing: a block, or a group from the user's own blocks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QMimeData

from explorer.blocks.catalogue import block_of
from explorer.graph.block import Block
from explorer.graph.document import Document, Wire
from explorer.graph.drawn_edits import paste_piece, splice_drawn, splice_piece
from explorer.graph.edits import add_node
from explorer.graph.files import DocumentError, load
from explorer.graph.folding import drawn
from explorer.ui.canvas.placing import free_place

BLOCK_MIME = "application/x-architecture-explorer-block"
PIECE_MIME = "application/x-architecture-explorer-piece"


class Addition(Protocol):
    """One thing that can be placed; both edits also give the name that it has there."""

    @property
    def title(self) -> str:
        """What people call it."""

    @property
    def block(self) -> Block:
        """As it is drawn."""

    def placed(self, document: Document, x: float, y: float) -> tuple[Document, str]:
        """With it near this place, on nothing else."""

    def spliced(self, document: Document, wire: Wire, x: float, y: float) -> tuple[Document, str]:
        """With it in this wire."""


@dataclass(frozen=True, slots=True)
class NewBlock:
    """One block."""

    block: Block

    @property
    def title(self) -> str:
        """Its kind."""
        return self.block.title

    def placed(self, document: Document, x: float, y: float) -> tuple[Document, str]:
        """With the block near this place, on nothing else."""
        return add_node(document, self.block, *free_place(document, self.block, x, y))

    def spliced(self, document: Document, wire: Wire, x: float, y: float) -> tuple[Document, str]:
        """With the block in this wire."""
        return splice_drawn(document, wire, self.block, x, y)


@dataclass(frozen=True, slots=True)
class KeptGroup:
    """A group that the user has kept among the palette's blocks."""

    piece: Document
    block: Block

    @property
    def title(self) -> str:
        """As it was kept."""
        return self.piece.title

    def placed(self, document: Document, x: float, y: float) -> tuple[Document, str]:
        """With the group near this place, on nothing else."""
        return paste_piece(document, self.piece, *free_place(document, self.block, x, y))

    def spliced(self, document: Document, wire: Wire, x: float, y: float) -> tuple[Document, str]:
        """With the group in this wire."""
        return splice_piece(document, wire, self.piece, x, y)


def new_block(kind: str) -> NewBlock:
    """A block of this kind; raises ValueError where there is none."""
    block_class = block_of(kind)
    if block_class is None:
        raise ValueError(f"there is no block '{kind}'")
    return NewBlock(block_class())


def kept_group(text: str) -> KeptGroup:
    """The group that a file's text holds; raises ValueError with the reason."""
    try:
        piece = load(text, block_of).document
    except DocumentError as error:
        raise ValueError(str(error)) from error
    drawing = drawn(piece)
    if len(drawing.nodes) != 1 or not drawing.groups:
        raise ValueError("this is not a group")
    return KeptGroup(piece, next(iter(drawing.nodes.values())).block)


def addition_in(dragged: QMimeData) -> Addition | None:
    """What is dragged here, None for something else; raises ValueError where it can't be added."""
    for form, read in ((BLOCK_MIME, new_block), (PIECE_MIME, kept_group)):
        if dragged.hasFormat(form):
            return read(bytes(dragged.data(form).data()).decode("utf-8", "replace"))
    return None
