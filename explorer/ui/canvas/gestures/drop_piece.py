"""Place a group from the user's own blocks by dragging it from the palette, or into a wire."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QGraphicsRectItem

from explorer.blocks.catalogue import block_of
from explorer.graph.block import Block
from explorer.graph.document import Document, Wire
from explorer.graph.drawn_edits import paste_piece, splice_piece
from explorer.graph.files import DocumentError, load
from explorer.graph.folding import drawn
from explorer.ui.canvas.geometry import WIDTH, height_of, snapped
from explorer.ui.canvas.gestures.gesture import Gesture
from explorer.ui.canvas.placing import free_place, make_room
from explorer.ui.canvas.stage import Hand, Stage

PIECE_MIME = "application/x-architecture-explorer-piece"
WIRE_REACH = 16.0


def piece_of(text: str) -> tuple[Document, Block]:
    """A kept group and the block that it is drawn as; raises ValueError with the reason."""
    try:
        piece = load(text, block_of).document
    except DocumentError as error:
        raise ValueError(str(error)) from error
    drawing = drawn(piece)
    if len(drawing.nodes) != 1 or not drawing.groups:
        raise ValueError("this is not a group")
    return piece, next(iter(drawing.nodes.values())).block


def placed(document: Document, piece: Document, x: float, y: float) -> tuple[Document, str]:
    """The group near this place, on nothing else; returns its name."""
    block = next(iter(drawn(piece).nodes.values())).block
    document, name = paste_piece(document, piece, *free_place(document, block, x, y))
    return document, name


class DropPiece(Gesture):
    """A ghost follows the hand; the wire that would take the group in is lit."""

    def __init__(self, stage: Stage, text: str) -> None:
        super().__init__(stage)
        self._piece, self._block = piece_of(text)
        self._wire: Wire | None = None
        self._ghost = QGraphicsRectItem()
        self._ghost.setPen(QPen(QColor(stage.colours.accent), 1.5, Qt.PenStyle.DashLine))
        self._ghost.setZValue(6)
        stage.scene.addItem(self._ghost)

    def move(self, hand: Hand) -> None:
        """Show where it would go."""
        x, y = snapped(hand.place.x(), hand.place.y())
        high = height_of(self._block)
        self._ghost.setRect(QRectF(x - WIDTH / 2, y - high / 2, WIDTH, high))
        self._light(self._wire_under(hand))
        words = f"Insert {self._piece.title} into {self._wire}" if self._wire else ""
        self.stage.say(words, "good", hand.spot)

    def release(self, hand: Hand) -> None:
        """Place it, and select it."""
        wire = self._wire_under(hand)
        self.cancel()
        made: list[str] = []

        def edit(document: Document) -> Document:
            x, y = snapped(hand.place.x(), hand.place.y())
            if wire is None:
                document, name = placed(document, self._piece, x, y)
            else:
                document, name = splice_piece(document, wire, self._piece, x, y)
                document = make_room(document, name)
            group = document.group(name)
            made.extend(group.members if group is not None else ())
            return document

        if self.stage.store.edit(f"Add {self._piece.title}", edit):
            self.stage.selection.set(made)

    def cancel(self) -> None:
        """Take the ghost away."""
        self._light(None)
        self.stage.say("")
        if self._ghost.scene() is not None:
            self.stage.scene.removeItem(self._ghost)

    def _wire_under(self, hand: Hand) -> Wire | None:
        through = self._block.inputs and self._block.outputs
        if not through or self.stage.scene.node_at(hand.place) is not None:
            return None
        item = self.stage.scene.wire_at(hand.place, WIRE_REACH)
        return item.wire if item is not None else None

    def _light(self, wire: Wire | None) -> None:
        if wire == self._wire:
            return
        for one, lit in ((self._wire, False), (wire, True)):
            item = self.stage.scene.wires.get(one) if one is not None else None
            if item is not None:
                item.set_look(replace(item.look, lit=lit))
        self._wire = wire
