"""The canvas to work on: turns mouse, keys and drops into gestures."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QInputEvent,
    QKeyEvent,
    QMouseEvent,
)

from explorer.graph.block import Block
from explorer.ui.canvas.accessible import announce, install
from explorer.ui.canvas.drops import Drops
from explorer.ui.canvas.fields import FieldSurface
from explorer.ui.canvas.geometry import STEP_X, WIDTH, Port
from explorer.ui.canvas.gesture_at import gesture_at
from explorer.ui.canvas.gestures.gesture import Gesture
from explorer.ui.canvas.gestures.key_connect import KeyConnect
from explorer.ui.canvas.gestures.pan import Pan
from explorer.ui.canvas.highlights import HotPort
from explorer.ui.canvas.keys import Keys
from explorer.ui.canvas.menu_at import menu_at
from explorer.ui.canvas.stage import Hand
from explorer.ui.kit.guard import guarded
from explorer.ui.kit.theme import Theme
from explorer.ui.session.store import Selection, Store


class CanvasView(FieldSurface):
    """objectName `canvas`. One gesture at a time; what it does is in its own file."""

    space_tapped = Signal()  # Space without a drag: train or pause
    told = Signal(str)  # a sentence for the status bar

    def __init__(self, store: Store, selection: Selection, theme: Theme) -> None:
        super().__init__(store, selection, theme)
        install()
        self.setObjectName("canvas")
        self.setAccessibleName("Network canvas")
        self._keys = Keys(self, self.start_connection)
        self._gesture: Gesture | None = None
        self._drops = Drops(self.stage, self.told.emit)
        self._hot = HotPort(self.canvas)
        self._space: bool | None = None  # held; whether something was dragged meanwhile
        self.editing.told.connect(self.told)
        self.editing.revealed.connect(self.reveal)
        self.editing.arranged.connect(self.fit)
        self.resized.connect(self._measure)
        store.opened.connect(self.fit)
        store.restored.connect(self.fit)
        store.changed.connect(self._after_change)
        selection.changed.connect(self._describe)
        self._after_change()

    # What the window asks for

    def insert(self, kind: str) -> None:
        """Append a block to the selected one, or place it in the middle of what is in sight."""
        self.editing.insert(kind, self._middle())

    def insert_block(self, block: Block) -> None:
        """The same with a block that is made already."""
        self.editing.insert_block(block, self._middle())

    def _measure(self) -> None:
        self.editing.room = self.camera.room()

    def _middle(self) -> QPointF:
        middle = self.mapToScene(self.viewport().rect().center())
        if self.selection_is_empty() and self.canvas.nodes:
            extent = self.canvas.extent()
            middle = QPointF(extent.right() - WIDTH / 2 + STEP_X, extent.center().y())
        return middle

    def insert_piece(self, text: str) -> None:
        """Append one of the user's own blocks to the selected one, or place it in the middle."""
        self.editing.insert_piece(text, self.mapToScene(self.viewport().rect().center()))

    def selection_is_empty(self) -> bool:
        """Whether no block is selected."""
        return not self.stage.selection.ids

    def start_connection(self) -> None:
        """Draw a wire from the selected block with arrows and Enter."""
        drawing, one = self.canvas.drawing, self.stage.selection.one
        if one is None:
            return
        name = drawing.item(one)
        if not drawing.nodes[name].block.outputs:
            self.told.emit(f"{name} has no output to connect.")
            return
        gesture = KeyConnect(self.stage, name)
        if gesture.found:
            self._begin(gesture)
        else:
            gesture.cancel()
            self.told.emit(f"There is no input that {name} could be connected to.")

    # Mouse

    @guarded
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin the gesture that the press means."""
        if self._gesture is not None:
            self._gesture.cancel()
            self._end()
        hand = self._hand(event.position().toPoint(), event)
        left = event.button() == Qt.MouseButton.LeftButton
        if event.button() == Qt.MouseButton.MiddleButton or (left and self._space is not None):
            self._space = True if self._space is not None else None
            self.camera.touched = True
            self._begin(Pan(self.stage, hand))
        elif left:
            self._begin(gesture_at(self, hand))

    @guarded
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The gesture goes on; without one the port under the mouse lights up."""
        hand = self._hand(event.position().toPoint(), event)
        if self._gesture is not None:
            self._gesture.move(hand)
        elif not event.buttons():
            self._heat(self.canvas.port_at(hand.place, self.stage.reach))

    @guarded
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The gesture is done."""
        gesture = self._gesture
        if gesture is not None and event.button() != Qt.MouseButton.RightButton:
            self._end()
            gesture.release(self._hand(event.position().toPoint(), event))

    @guarded
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """On a block's name: rename it; on a folded group or on a frame's title: unfold, fold."""
        place = self.mapToScene(event.position().toPoint())
        item = self.canvas.node_at(place)
        near_port = self.canvas.port_at(place, self.stage.reach) is not None
        if item is not None and not near_port and place.y() < item.scene_body().top() + 28:
            self.start_rename(item.node.id)
        elif item is not None and not near_port and item.node.id in self.canvas.drawing.groups:
            self.editing.groups.set_folded(item.node.id, folded=False)
        elif item is None and not near_port and (note := self.note_at(place)) is not None:
            self.start_note(note.note.id)
        elif item is None and not near_port and (frame := self.canvas.frame_at(place)) is not None:
            self.editing.groups.set_folded(frame.framed.name, folded=True)
        else:
            self.mousePressEvent(event)

    @guarded
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with the thing under the mouse, or with the selected block."""
        spot = event.pos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard and self.stage.selection.one:
            spot = self.node_position(self.canvas.drawing.item(self.stage.selection.one))
        place = self.mapToScene(spot)
        menu = menu_at(self, place)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.viewport().mapToGlobal(spot))

    # Keys

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The gesture first; then the canvas's own keys."""
        if self._gesture is not None:
            goes_on = self._gesture.key(event.key())
            if goes_on is False:
                self._end()
            if goes_on is not None:
                return
        if event.key() == Qt.Key.Key_Space and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            if not event.isAutoRepeat():
                self._space = False
                self.viewport().setCursor(Qt.CursorShape.OpenHandCursor)
        elif not self._keys.press(event):
            event.ignore()

    @guarded
    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Space let go without a drag is passed on: it trains."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            tapped = self._space is False
            self._space = None
            if self._gesture is None:
                self.viewport().unsetCursor()
            if tapped:
                self.space_tapped.emit()

    @guarded
    def leaveEvent(self, event: QEvent) -> None:
        """No port is under the mouse any more."""
        self._heat(None)

    # Drops from the palette

    @guarded
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A block comes in."""
        self._drops.enter(event)

    @guarded
    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """It is here now."""
        self._drops.move(event, self._hand(event.position().toPoint()))

    @guarded
    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """It was not meant for us."""
        self._drops.forget()

    @guarded
    def dropEvent(self, event: QDropEvent) -> None:
        """Place it."""
        if self._drops.release(event, self._hand(event.position().toPoint())):
            self.keep_whole()  # what made room for it may have left the window
            self.setFocus(Qt.FocusReason.MouseFocusReason)

    # Inside

    def _hand(self, spot: QPoint, event: QInputEvent | None = None) -> Hand:
        modifiers = event.modifiers() if event else Qt.KeyboardModifier.NoModifier
        return Hand(self.mapToScene(spot), spot, modifiers)

    def _begin(self, gesture: Gesture | None) -> None:
        self._heat(None)
        self._gesture = gesture
        if gesture is not None and gesture.cursor is not None:
            self.viewport().setCursor(gesture.cursor)

    def _end(self) -> None:
        self._gesture = None
        self.viewport().unsetCursor()

    def _heat(self, port: Port | None) -> None:
        if not self._hot.show(port):
            return
        if port is not None:
            self.viewport().setCursor(Qt.CursorShape.CrossCursor)
        elif self._gesture is None:
            self.viewport().unsetCursor()

    def _after_change(self) -> None:
        if self._gesture is not None:  # undone under the hand: what it holds may be gone
            self._gesture.cancel()
            self._end()
        self.hint.setVisible(not self.canvas.nodes)
        self._describe()

    def _describe(self) -> None:
        announce(self)
