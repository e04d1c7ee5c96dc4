"""Alignment guides, and splicing a block that is there already; real mouse events."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt

from explorer.blocks.catalogue import catalogue
from explorer.graph.document import Wire
from explorer.graph.edits import add_node, move
from explorer.ui.canvas.guides import Guides, alignment

CONTROL = Qt.KeyboardModifier.ControlModifier


def guides(view):
    return [item for item in view.canvas.items() if isinstance(item, Guides)]


def pull(hand, view, name, by, modifiers=Qt.KeyboardModifier.NoModifier):
    """Press a block and drag it, without letting go; returns where the hand is."""
    start = view.node_position(name) + QPoint(0, 20)
    hand.press(start, modifiers)
    hand.go(start + by / 2, start + by)
    return start + by


def test_a_block_snaps_to_the_row_of_another_and_a_line_shows_it(cnn, hand, view):
    cnn.edit("Off", lambda d: move(d, {"relu": (432.0, 205.0), "output": (1080.0, 401.0)}))
    hand.control(Qt.Key.Key_0)
    zoom = view.camera.zoom
    at = pull(hand, view, "output", QPoint(0, round(-194 * zoom)))
    (lines,) = guides(view)
    assert lines.path().boundingRect().contains(QPointF(432, 205)) or not lines.path().isEmpty()
    hand.release(at)
    assert cnn.document.nodes["output"].y == 205.0
    assert guides(view) == []
    assert cnn.history.undo_label == "Move output"


def test_control_moves_freely(cnn, hand, view):
    zoom = view.camera.zoom
    at = pull(hand, view, "relu", QPoint(3, round(100 * zoom)), CONTROL)
    assert all(item.path().isEmpty() for item in guides(view))
    hand.release(at, CONTROL)
    assert cnn.document.nodes["relu"].x % 12 != 0


def test_escape_takes_guides_and_block_back(cnn, hand, view):
    before = cnn.document
    at = pull(hand, view, "relu", QPoint(40, 60))
    assert guides(view)
    hand.key(Qt.Key.Key_Escape)
    hand.release(at)
    assert guides(view) == []
    assert cnn.document is before


@pytest.fixture
def loose(cnn, hand, view):
    """A dropout that is connected to nothing, below the row."""
    dropout = catalogue()["dropout"]()
    cnn.edit("Add", lambda d: add_node(d, dropout, 540.0, 240.0)[0])
    hand.control(Qt.Key.Key_0)
    return cnn


def test_a_loose_block_put_on_a_wire_is_spliced_in(loose, hand, view):
    wire = Wire("relu", "flatten")
    target = view.wire_position(wire)
    start = view.node_position("dropout") + QPoint(0, 20)
    at = pull(hand, view, "dropout", target - start + QPoint(0, 20))
    assert view.canvas.wires[wire].look.lit
    assert "Insert dropout into relu -> flatten" in view.bubble.text()
    hand.release(at)
    assert wire not in loose.document.wires
    assert {Wire("relu", "dropout"), Wire("dropout", "flatten")} <= set(loose.document.wires)
    bodies = [item.scene_body() for item in view.canvas.nodes.values()]
    assert not any(a.intersects(b) for i, a in enumerate(bodies) for b in bodies[:i])
    loose.undo()
    assert loose.document.nodes["dropout"].y == 240.0
    assert wire in loose.document.wires


def test_a_block_pulled_over_a_wire_and_away_leaves_it(loose, hand, view):
    wire = Wire("relu", "flatten")
    start = view.node_position("dropout") + QPoint(0, 20)
    pull(hand, view, "dropout", view.wire_position(wire) - start + QPoint(0, 20))
    hand.go(start + QPoint(0, 60))
    assert not view.canvas.wires[wire].look.lit
    hand.release(start + QPoint(0, 60))
    assert wire in loose.document.wires


def test_a_wired_block_is_never_spliced(cnn, hand, view):
    wires = cnn.document.wires
    start = view.node_position("relu") + QPoint(0, 20)
    wire = Wire("flatten", "fc1")
    at = pull(hand, view, "relu", view.wire_position(wire) - start + QPoint(0, 20))
    hand.release(at)
    assert cnn.document.wires == wires


def test_the_nearest_wins():
    found = alignment(
        QPointF(10, 50), [QPointF(4, 0), QPointF(12, 100), QPointF(12, 300), QPointF(99, 52)], 6
    )
    assert (found.x, found.y) == (12, 52)
    assert len(found.column) == 2
    assert alignment(QPointF(0, 0), [QPointF(50, 50)], 6).x is None
