"""Place a block by dragging it from the palette; on a wire it is spliced in."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QGraphicsRectItem

from explorer.blocks.catalogue import block_of
from explorer.graph.block import Block
from explorer.graph.document import Document, Wire
from explorer.graph.drawn_edits import splice_drawn
from explorer.graph.edits import add_node
from explorer.ui.canvas.geometry import WIDTH, height_of, snapped
from explorer.ui.canvas.gestures.gesture import Gesture
from explorer.ui.canvas.placing import free_place, make_room
from explorer.ui.canvas.stage import Hand, Stage

BLOCK_MIME = "application/x-architecture-explorer-block"
WIRE_REACH = 16.0


class Drop(Gesture):
    """A ghost follows the hand; the wire that would take the block in is lit."""

    def __init__(self, stage: Stage, kind: str) -> None:
        super().__init__(stage)
        block_class = block_of(kind)
        if block_class is None:
            raise ValueError(f"there is no block '{kind}'")
        self._block: Block = block_class()
        self._wire: Wire | None = None
        self._ghost = QGraphicsRectItem()
        pen = QPen(QColor(stage.colours.accent), 1.5, Qt.PenStyle.DashLine)
        self._ghost.setPen(pen)
        self._ghost.setZValue(6)
        stage.scene.addItem(self._ghost)

    def move(self, hand: Hand) -> None:
        """Show where it would go."""
        x, y = snapped(hand.place.x(), hand.place.y())
        high = height_of(self._block)
        self._ghost.setRect(QRectF(x - WIDTH / 2, y - high / 2, WIDTH, high))
        self._light(self._wire_under(hand.place))
        if self._wire is not None:
            self.stage.say(f"Insert {self._block.title} into {self._wire}", "good", hand.spot)
        else:
            self.stage.say("")

    def release(self, hand: Hand) -> None:
        """Place it, and select it."""
        wire = self._wire_under(hand.place)
        self.cancel()
        made: list[str] = []

        def edit(document: Document) -> Document:
            x, y = snapped(hand.place.x(), hand.place.y())
            if wire is not None:
                document, name = splice_drawn(document, wire, self._block, x, y)
                document = make_room(document, name)
            else:
                x, y = free_place(document, self._block, x, y)
                document, name = add_node(document, self._block, x, y)
            made.append(name)
            return document

        if self.stage.store.edit(f"Add {self._block.title}", edit):
            self.stage.selection.set(made)

    def cancel(self) -> None:
        """Take the ghost away."""
        self._light(None)
        self.stage.say("")
        if self._ghost.scene() is not None:
            self.stage.scene.removeItem(self._ghost)

    def _wire_under(self, place: QPointF) -> Wire | None:
        if not self._block.inputs or not self._block.outputs:
            return None
        if self.stage.scene.node_at(place) is not None:
            return None
        item = self.stage.scene.wire_at(place, WIRE_REACH)
        return item.wire if item is not None else None

    def _light(self, wire: Wire | None) -> None:
        if wire == self._wire:
            return
        for one, lit in ((self._wire, False), (wire, True)):
            item = self.stage.scene.wires.get(one) if one is not None else None
            if item is not None:
                item.set_look(replace(item.look, lit=lit))
        self._wire = wire
