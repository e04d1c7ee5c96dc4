"""Take the end of a wire off its input and lead it elsewhere, or drop it to remove the wire."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QApplication

from explorer.graph.document import Document, Wire
from explorer.graph.drawn_edits import disconnect_drawn
from explorer.ui.canvas.gestures.connect import Connect
from explorer.ui.canvas.stage import Hand, Stage


class Rewire(Connect):
    """The wire's output end stays, its input end is in the hand."""

    def __init__(self, stage: Stage, hand: Hand, wire: Wire) -> None:
        super().__init__(stage, (wire.source, "output", wire.output))
        self._wire, self._start, self._moved = wire, hand, False
        self._show_held(True)

    def base(self, document: Document) -> Document:
        """Without the wire that is in the hand."""
        return disconnect_drawn(document, self._wire)

    def move(self, hand: Hand) -> None:
        """As with a new wire, once it was pulled off."""
        way = (hand.spot - self._start.spot).manhattanLength()
        if self._moved or way >= QApplication.startDragDistance():
            self._moved = True
            super().move(hand)

    def release(self, hand: Hand) -> None:
        """A press without a drag selects the wire."""
        self._show_held(False)
        if self._moved:
            super().release(hand)
            return
        super().cancel()
        self.stage.scene.select_wire(self._wire)

    def let_go(self, hand: Hand) -> None:
        """Over nothing: the wire goes."""
        self.stage.store.edit(f"Remove {self._wire}", lambda d: disconnect_drawn(d, self._wire))

    def cancel(self) -> None:
        """The wire is where it was."""
        self._show_held(False)
        super().cancel()

    def _show_held(self, held: bool) -> None:
        item = self.stage.scene.wires.get(self._wire)
        if item is not None:
            item.set_look(replace(item.look, held=held))
