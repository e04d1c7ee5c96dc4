"""The canvas from the keyboard: look, walk, move, connect, and the usual editing keys."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from explorer.ui.canvas.fields import FieldSurface
from explorer.ui.canvas.geometry import GRID
from explorer.ui.canvas.gestures.key_connect import ARROWS
from explorer.ui.canvas.walk import Direction, neighbour

STEPS: dict[Direction, tuple[float, float]] = {
    "left": (-GRID, 0.0),
    "right": (GRID, 0.0),
    "up": (0.0, -GRID),
    "down": (0.0, GRID),
}
MOVING = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


class Keys:
    """Finds what a key press asks for and has it done."""

    def __init__(self, view: FieldSurface, connect: Callable[[], None]) -> None:
        stage, editing = view.stage, view.editing
        self._view, self._stage, self._editing = view, stage, editing
        self._connect = connect  # a wire, from the keyboard
        standard = QKeySequence.StandardKey
        self._standard: list[tuple[QKeySequence.StandardKey, Callable[[], object]]] = [
            (standard.Copy, editing.copy),
            (standard.Cut, editing.cut),
            (standard.Paste, editing.paste),
            (standard.SelectAll, editing.select_all),
            (standard.Undo, stage.store.undo),
            (standard.Redo, stage.store.redo),
        ]

    def press(self, event: QKeyEvent) -> bool:
        """Whether the key meant something here."""
        if self._looking_key(event) or self._arrow(event) or self._editing_key(event):
            return True
        for sequence, action in self._standard:
            if event.matches(sequence):
                action()
                return True
        return False

    def _looking_key(self, event: QKeyEvent) -> bool:
        """Keys that change what is seen or begin something, and edit nothing themselves."""
        view, key = self._view, event.key()
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if key == Qt.Key.Key_F2:
            view.start_rename()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._connect()
        elif key == Qt.Key.Key_Escape:
            self._deselect()
        elif control and key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            view.zoom_in()
        elif control and key == Qt.Key.Key_Minus:
            view.zoom_out()
        elif control and key == Qt.Key.Key_0:
            view.fit()
        elif control and key == Qt.Key.Key_9:
            view.fit_selection()
        elif control and key == Qt.Key.Key_F:
            view.start_find()
        else:
            return False
        return True

    def _deselect(self) -> None:
        self._view.canvas.select_wire(None)
        self._view.canvas.notes.choose(None)
        self._stage.selection.set(())

    def _arrow(self, event: QKeyEvent) -> bool:
        direction = ARROWS.get(event.key())
        if direction is None:
            return False
        if event.modifiers() & MOVING:
            self._editing.nudge(*STEPS[direction])
        else:
            self._walk(direction, bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        return True

    def _editing_key(self, event: QKeyEvent) -> bool:
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                return False  # Cut, on some systems
            self._editing.delete(heal=control)
            return True
        if control and event.key() == Qt.Key.Key_D:
            self._editing.duplicate()
            return True
        if control and event.key() == Qt.Key.Key_G:
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            (self._editing.groups.ungroup if shift else self._editing.groups.group)()
            return True
        if control and event.key() == Qt.Key.Key_E:
            self._editing.groups.fold()
            return True
        if control and event.key() == Qt.Key.Key_L:
            self._editing.arrange()
            return True
        return False

    def _walk(self, direction: Direction, add: bool) -> None:
        store, selection = self._stage.store, self._stage.selection
        if not store.document.nodes:
            return
        drawing, here = self._stage.scene.drawing, selection.one
        there = (
            neighbour(drawing, drawing.item(here), direction)
            if here is not None
            else next(iter(drawing.nodes))
        )
        if there is None:
            return
        ids = drawing.ids(there)
        rest = [name for name in selection.ids if name not in ids] if add else []
        selection.set((*rest, *ids))
        self._editing.revealed.emit(ids)
