"""What menus, keys and the palette do to the drawing: insert, delete, copy, paste, rename."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF, Signal
from PySide6.QtGui import QGuiApplication

from explorer.blocks.catalogue import block_of
from explorer.graph.block import Block, Shape
from explorer.graph.document import Document, Wire
from explorer.graph.drawn_edits import connect_drawn, disconnect_drawn
from explorer.graph.edits import (
    add_node,
    connect,
    fragment,
    move,
    paste,
    remove_nodes,
    rename,
    splice,
)
from explorer.graph.files import DocumentError, dump, load
from explorer.graph.folding import drawn, whole_group
from explorer.graph.names import fresh_name, name_fault
from explorer.plan.plan import plan
from explorer.plan.problems import Fix
from explorer.ui.canvas.additions import kept_group
from explorer.ui.canvas.arranging import Room, fitted
from explorer.ui.canvas.geometry import GRID, STEP_X, WIDTH, Port
from explorer.ui.canvas.grouping import Grouping
from explorer.ui.canvas.placing import free_place, make_room, mend
from explorer.ui.canvas.scene import CanvasScene
from explorer.ui.canvas.verdict import judge

SHIFT = 2 * GRID  # between an original and its copy


class Editing(QObject):
    """One method for each thing that can be asked for, done to the selection."""

    arranged = Signal()  # blocks lie elsewhere: show them all
    told = Signal(str)  # for the status bar: why nothing happened
    keep_asked = Signal(str)  # a group's name: among the user's own blocks
    revealed = Signal(object)  # tuple of node ids that should be in sight

    def __init__(self, scene: CanvasScene) -> None:
        super().__init__()
        self._scene, self._store, self._selection = scene, scene.store, scene.selection
        self.groups = Grouping(self._store, self._selection, self.told.emit)
        self._pasted = ("", 0)  # the text pasted last and how often
        self.room: Room = (1100.0, 620.0)  # Arrange fills it

    def insert(self, kind: str, place: QPointF) -> None:
        """Append a block to the selected one; with none selected, place it here."""
        block_class = block_of(kind)
        if block_class is None:
            self.told.emit(f"There is no block '{kind}'.")
            return
        self.insert_block(block_class(), place)

    def insert_block(self, block: Block, place: QPointF) -> None:
        """The same with a block that is made already."""
        after, made = self._giver(), []

        def edit(document: Document) -> Document:
            if after is None or not document.nodes[after].block.outputs:
                x, y = free_place(document, block, place.x(), place.y())
                document, name = add_node(document, block, x, y)
            else:
                document, name = self._append(document, after, block)
            made.append(name)
            return document

        if self._store.edit(f"Add {block.title}", edit):
            self._choose(tuple(made))

    def insert_piece(self, text: str, place: QPointF) -> None:
        """Append a kept group to the selected block; with none selected, place it here."""
        try:
            piece = kept_group(text)
        except ValueError as error:
            self.told.emit(f"It can't be added: {error}")
            return
        after, made = self._giver(), []

        def edit(document: Document) -> Document:
            if after is None:
                document, name = piece.placed(document, place.x(), place.y())
            else:
                here = drawn(document).nodes[drawn(document).item(after)]
                document, name = piece.placed(document, here.x + STEP_X, here.y)
                document = self._wired(document, after, name)
            made.append(name)
            return document

        if self._store.edit(f"Add {piece.title}", edit):
            self.groups.select(made[0])
            self.revealed.emit(self._selection.ids)

    def _wired(self, document: Document, after: str, name: str) -> Document:
        """A free output of `after` led to a group's first input, where both are there."""
        drawing = drawn(document)
        inputs, led = (
            drawing.nodes[name].block.inputs,
            {(w.source, w.output) for w in document.wires},
        )
        outputs = document.nodes[after].block.outputs
        free = next((port for port in outputs if (after, port) not in led), None)
        if free is None or not inputs:
            return document
        return connect_drawn(document, Wire(after, name, free, inputs[0]))

    def _giver(self) -> str | None:
        """The block to append to: of a folded group, the member that gives its first output."""
        one, drawing = self._selection.one, self._scene.drawing
        if one is None or one not in drawing.item_of:
            return one
        return drawing.terminals[drawing.item(one)].giver or one

    def _append(self, document: Document, after: str, block: Block) -> tuple[Document, str]:
        """To the right of `after`, wired to it, in its only wire where it has one."""
        drawing, node = drawn(document), document.nodes[after]
        here = drawing.nodes[drawing.item(after)]
        out = [wire for wire in document.wires if wire.source == after]
        if len(out) == 1 and block.inputs and block.outputs and len(node.block.outputs) == 1:
            target = drawing.nodes[drawing.item(out[0].target)]
            spliced, name = splice(document, out[0], block, (here.x + target.x) / 2, here.y)
            if name not in plan(spliced).problem_of:
                return make_room(spliced, name), name
        x, y = free_place(document, block, here.x + STEP_X, here.y)
        document, name = add_node(document, block, x, y)
        led = {wire.output for wire in out}
        free = next((port for port in node.block.outputs if port not in led), None)
        if free is None or not block.inputs:
            if block.inputs:
                self.told.emit(f"{name} is not connected: every output of {after} is in use.")
            return document, name
        wire = Wire(after, name, free, block.inputs[0])
        warning = judge(document, wire).warning
        if warning:
            self.told.emit(f"{name} is not connected: {warning}")
            return document, name
        return connect(document, wire), name

    def shape_at(self, name: str, output: str) -> Shape | None:
        """What comes out of a port, where it is known; a folded group's are its members'."""
        document = self._store.document
        real = drawn(document).real(Wire(name, "", output))[0]
        return self._store.plan.shapes.get((real.source, real.output))

    def insert_at(self, kind: str, place: QPointF, port: Port) -> None:
        """Place a block where a wire from this port was let go, and wire it."""
        block_class = block_of(kind)
        if block_class is None:
            self.told.emit(f"There is no block '{kind}'.")
            return
        block, made = block_class(), []
        name, side, label = port

        def edit(document: Document) -> Document:
            reach = WIDTH / 2 if side == "output" else -WIDTH / 2
            x, y = free_place(document, block, place.x() + reach, place.y())
            document, new = add_node(document, block, x, y)
            made.append(new)
            if side == "output":
                return connect_drawn(document, Wire(name, new, label, block.inputs[0]))
            return connect_drawn(document, Wire(new, name, block.outputs[0], label))

        if self._store.edit(f"Add {block.title}", edit):
            self._choose(tuple(made))

    def arrange(self) -> None:
        """Lay the whole drawing out anew, from left to right, as the canvas has room."""
        if not self._store.document.nodes:
            self.told.emit("There is nothing to tidy up yet.")
        elif self._store.edit("Tidy up", self.fitted):
            self.arranged.emit()

    def fitted(self, document: Document) -> Document:
        """A drawing laid out anew, as large as the canvas has room for it."""
        return fitted(document, self.room)

    def delete(self, heal: bool = False) -> None:
        """Remove the selected blocks or wire; `heal` joins what was before and after."""
        ids, wire = self._selection.ids, self._scene.wire
        if ids:
            group = whole_group(self._store.document, ids)
            label = f"Delete {ids[0]}" if len(ids) == 1 else f"Delete {len(ids)} blocks"
            label = f"Delete {group.name}" if group is not None else label
            self._store.edit(label, lambda d: remove_nodes(d, ids, heal))
        elif wire is not None:
            self.remove_wire(wire)
        elif self._scene.notes.chosen is not None:
            self._scene.notes.delete(self._scene.notes.chosen)

    def remove_wire(self, wire: Wire) -> None:
        """Remove one wire."""
        self._store.edit(f"Remove {wire}", lambda d: disconnect_drawn(d, wire))

    def duplicate(self) -> None:
        """Copies of the selected blocks, a little aside."""
        ids = self._selection.ids
        if ids:
            self._add(fragment(self._store.document, ids), SHIFT, "Duplicate")

    def copy(self) -> bool:
        """The selected blocks as JSON on the clipboard; says whether there were any."""
        ids = self._selection.ids
        if ids:
            QGuiApplication.clipboard().setText(dump(fragment(self._store.document, ids)))
        return bool(ids)

    def cut(self) -> None:
        """Copy, then delete."""
        if self.copy():
            self.delete()

    def paste(self) -> None:
        """The clipboard's blocks; text that holds none is left alone, in words."""
        text = QGuiApplication.clipboard().text()
        try:
            piece = load(text, block_of).document
        except DocumentError:
            self.told.emit("The clipboard holds no blocks to paste.")
            return
        if not piece.nodes:
            self.told.emit("The clipboard holds no blocks to paste.")
            return
        times = self._pasted[1] + 1 if self._pasted[0] == text else 1
        self._pasted = (text, times)
        self._add(piece, SHIFT * times, "Paste")

    def _add(self, piece: Document, shift: float, verb: str) -> None:
        made: list[str] = []

        def edit(document: Document) -> Document:
            document, ids = paste(document, piece, shift, shift)
            made.extend(ids)
            return document

        first, count = next(iter(piece.nodes)), len(piece.nodes)
        new = fresh_name(first, self._store.document.names)
        what = new if count == 1 else f"{count} blocks"
        if self._store.edit(f"{verb} {what}", edit):
            self._choose(tuple(made))

    def keep(self) -> None:
        """Ask for the chosen group to be kept in the palette."""
        group = self.groups.chosen
        if group is None:
            self.told.emit("Select a group to keep it in the palette.")
        else:
            self.keep_asked.emit(group.name)

    def select_all(self) -> None:
        """Every block."""
        self._selection.set(self._store.document.nodes)

    def rename(self, name: str, new: str) -> str:
        """Give a block another name; returns why it can't have it, or nothing."""
        new = new.strip()
        if new == name:
            return ""
        if self._store.document.group(name) is not None:
            return self.groups.rename(name, new)
        if fault := name_fault(new, self._store.document.names):
            return fault
        self._store.edit(f"Rename {name} to {new}", lambda d: rename(d, name, new))
        return ""

    def nudge(self, dx: float, dy: float) -> None:
        """Move the selected blocks by a little; several in a row are one step of undo."""
        ids = self._selection.ids
        nodes = self._store.document.nodes
        places = {name: (nodes[name].x + dx, nodes[name].y + dy) for name in ids}
        if places:
            key = f"nudge:{','.join(ids)}"
            self._store.edit(f"Move {ids[-1]}", lambda d: move(d, places), merge=key)
            self.revealed.emit(ids)

    def fix(self, fix: Fix) -> None:
        """Do a repair; a block that it inserts gets room."""
        mend(self._store, fix)

    def _choose(self, ids: tuple[str, ...]) -> None:
        self._selection.set(ids)
        self.revealed.emit(ids)
