"""Place a block, or a kept group, by dragging it from the palette; on a wire it is spliced in."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QGraphicsRectItem

from explorer.graph.document import Document, Wire
from explorer.ui.canvas.additions import Addition
from explorer.ui.canvas.geometry import WIDTH, height_of, snapped
from explorer.ui.canvas.gestures.gesture import Gesture
from explorer.ui.canvas.highlights import LitWire
from explorer.ui.canvas.placing import make_room
from explorer.ui.canvas.stage import Hand, Stage


class Drop(Gesture):
    """A ghost follows the hand; the wire that would take the block in is lit."""

    def __init__(self, stage: Stage, addition: Addition) -> None:
        super().__init__(stage)
        self._addition = addition
        self._lit = LitWire(stage.scene)
        self._ghost = QGraphicsRectItem()
        self._ghost.setPen(QPen(QColor(stage.colours.accent), 1.5, Qt.PenStyle.DashLine))
        self._ghost.setZValue(6)
        stage.scene.addItem(self._ghost)

    def move(self, hand: Hand) -> None:
        """Show where it would go."""
        x, y = snapped(hand.place.x(), hand.place.y())
        high = height_of(self._addition.block)
        self._ghost.setRect(QRectF(x - WIDTH / 2, y - high / 2, WIDTH, high))
        wire = self._wire_under(hand.place)
        self._lit.show(wire)
        words = f"Insert {self._addition.title} into {wire}" if wire is not None else ""
        self.stage.say(words, "good", hand.spot)

    def release(self, hand: Hand) -> None:
        """Place it, and select it."""
        wire = self._wire_under(hand.place)
        self.cancel()
        made: list[str] = []

        def edit(document: Document) -> Document:
            x, y = snapped(hand.place.x(), hand.place.y())
            if wire is None:
                document, name = self._addition.placed(document, x, y)
            else:
                document, name = self._addition.spliced(document, wire, x, y)
                document = make_room(document, name)
            group = document.group(name)
            made.extend(group.members if group is not None else (name,))
            return document

        if self.stage.store.edit(f"Add {self._addition.title}", edit):
            self.stage.selection.set(made)

    def cancel(self) -> None:
        """Take the ghost away."""
        self._lit.show(None)
        self.stage.say("")
        if self._ghost.scene() is not None:
            self.stage.scene.removeItem(self._ghost)

    def _wire_under(self, place: QPointF) -> Wire | None:
        block = self._addition.block
        if not block.inputs or not block.outputs or self.stage.scene.node_at(place) is not None:
            return None
        return self._lit.near(place)
