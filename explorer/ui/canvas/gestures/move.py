"""Select a block by pressing it, and move all selected ones by dragging."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication

from explorer.graph.document import Document, Wire
from explorer.graph.drawn_edits import splice_placed
from explorer.graph.edits import move
from explorer.graph.folding import drawn
from explorer.ui.canvas.geometry import GRID, snapped
from explorer.ui.canvas.gestures.gesture import Gesture
from explorer.ui.canvas.guides import Alignment, Guides, alignment
from explorer.ui.canvas.highlights import LitWire
from explorer.ui.canvas.placing import make_room
from explorer.ui.canvas.stage import Hand, Stage


class Move(Gesture):
    """The pressed block snaps to blocks that it is in line with, or to the grid (Ctrl: it doesn't),
    the others keep their distance. The blocks of a group, pressed as one, are selected and moved
    as one. A block without wires that is put on a wire is spliced in.
    """

    def __init__(self, stage: Stage, hand: Hand, names: tuple[str, ...]) -> None:
        super().__init__(stage)
        self._names, self._name, self._start = names, names[-1], hand
        self._was_selected = set(names) <= set(stage.selection.ids)
        self._moved = False
        ids = stage.selection.ids
        if not self._was_selected:
            rest = [name for name in ids if name not in names] if hand.adds else []
            stage.selection.set((*rest, *names))
        nodes = stage.store.document.nodes
        self._from = {key: (nodes[key].x, nodes[key].y) for key in stage.selection.ids}
        self._guides: Guides | None = None
        self._in_line = Alignment(None, None)
        self._lit = LitWire(stage.scene)  # takes the block in, if it is let go now

    def _places(self, hand: Hand) -> dict[str, tuple[float, float]]:
        x, y = self._from[self._name]
        shift = hand.place - self._start.place
        to_x, to_y = x + shift.x(), y + shift.y()
        self._in_line = Alignment(None, None)
        if not hand.modifiers & Qt.KeyboardModifier.ControlModifier:
            self._in_line = self._aligned(QPointF(to_x, to_y))
            grid_x, grid_y = snapped(to_x, to_y)
            to_x = grid_x if self._in_line.x is None else self._in_line.x
            to_y = grid_y if self._in_line.y is None else self._in_line.y
        return {
            key: (old_x + to_x - x, old_y + to_y - y) for key, (old_x, old_y) in self._from.items()
        }

    def move(self, hand: Hand) -> None:
        """Show the blocks where they would be."""
        way = (hand.spot - self._start.spot).manhattanLength()
        if self._moved or way >= QApplication.startDragDistance():
            self._moved = True
            places = self._places(hand)
            self.stage.scene.preview(places)
            if self._guides is None:
                self._guides = Guides(self.stage.scene, self.stage.colours.accent)
            self._guides.show_lines(self._in_line, QPointF(*places[self._name]))
            wire = self._wire_under(QPointF(*places[self._name]))
            self._lit.show(wire)
            told = f"Insert {self._name} into {wire}" if wire is not None else ""
            self.stage.say(told, "good", hand.spot)

    def _aligned(self, place: QPointF) -> Alignment:
        """With the other blocks in sight; of a group drawn as one block, with none."""
        scene, view = self.stage.scene, self.stage.view
        if self._name not in scene.nodes:
            return Alignment(None, None)
        sight = view.mapToScene(view.viewport().rect()).boundingRect()
        others = [
            item.pos()
            for name, item in scene.nodes.items()
            if name not in self._from and sight.contains(item.pos())
        ]
        return alignment(place, others, max(GRID / 2, 6 / self.stage.zoom))

    def _wire_under(self, place: QPointF) -> Wire | None:
        """The wire that a single block without wires would go into."""
        document = self.stage.store.document
        node = document.nodes[self._name]
        if len(self._from) > 1 or not node.block.inputs or not node.block.outputs:
            return None
        if any(self._name in (wire.source, wire.target) for wire in document.wires):
            return None
        return self._lit.near(place)

    def _spliced(self, document: Document, wire: Wire) -> Document:
        document = splice_placed(document, wire, self._name)
        return make_room(document, drawn(document).item(self._name))

    def _clear(self) -> None:
        if self._guides is not None:
            self._guides.remove()
        self._lit.show(None)
        self.stage.say("")

    def release(self, hand: Hand) -> None:
        """One edit; a press without a drag selects."""
        if not self._moved:
            self._click()
            return
        places, wire = self._places(hand), self._lit.wire
        self._clear()
        if wire is not None:
            label = f"Insert {self._name} into {wire}"
            self.stage.store.edit(label, lambda d: self._spliced(move(d, places), wire))
            return
        if places == self._from:
            self.stage.scene.preview(self._from)
            return
        label = f"Move {self._name}" if len(places) == 1 else f"Move {len(places)} blocks"
        self.stage.store.edit(label, lambda d: move(d, places))

    def _click(self) -> None:
        ids = self.stage.selection.ids
        if not self._was_selected:
            return
        if self._start.adds:
            self.stage.selection.set(name for name in ids if name not in self._names)
        else:
            self.stage.selection.set(self._names)

    def cancel(self) -> None:
        """Back to their places, as the document has them."""
        self._clear()
        nodes = self.stage.store.document.nodes
        self.stage.scene.preview({n: (nodes[n].x, nodes[n].y) for n in self._from if n in nodes})
