"""Finds what is under the mouse and the gesture that a press on it begins."""

from __future__ import annotations

from explorer.ui.canvas.fields import FieldSurface
from explorer.ui.canvas.gestures.band import Band
from explorer.ui.canvas.gestures.connect import Connect
from explorer.ui.canvas.gestures.gesture import Gesture
from explorer.ui.canvas.gestures.hold_note import HoldNote
from explorer.ui.canvas.gestures.move import Move
from explorer.ui.canvas.gestures.rewire import Rewire
from explorer.ui.canvas.stage import Hand


def gesture_at(view: FieldSurface, hand: Hand) -> Gesture | None:
    """For the port, block, wire, note or group here; None where the press has done all already."""
    canvas, stage = view.canvas, view.stage
    port = canvas.port_at(hand.place, stage.reach)
    if port is not None:
        name, side, label = port
        led = canvas.drawing.into(name, label) if side == "input" else None
        return Rewire(stage, hand, led) if led is not None else Connect(stage, port)
    node = canvas.node_at(hand.place)
    if node is not None and node.fold_area().contains(hand.place):
        view.editing.groups.set_folded(node.node.id, folded=False)
        return None
    if node is not None:
        return Move(stage, hand, canvas.drawing.ids(node.node.id))
    wire = canvas.wire_at(hand.place, 8 / view.camera.zoom)
    if wire is not None:
        canvas.select_wire(wire.wire)
        return None
    note = canvas.notes.at(hand.place)
    return HoldNote(stage, hand, note) if note is not None else _behind_all(view, hand)


def _behind_all(view: FieldSurface, hand: Hand) -> Gesture | None:
    """A group's frame, or the bare ground."""
    frame = view.canvas.frame_at(hand.place)
    if frame is None:
        return Band(view.stage, hand)
    if frame.button_area().contains(hand.place):
        view.editing.groups.set_folded(frame.framed.name, folded=True)
        return None
    return Move(view.stage, hand, frame.framed.members)
