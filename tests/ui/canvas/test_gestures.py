"""The canvas under real mouse events: place, connect, refuse, splice, move, select."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from explorer.blocks.catalogue import catalogue
from explorer.graph.document import Wire
from explorer.graph.edits import add_node, connect, set_params

CONTROL = Qt.KeyboardModifier.ControlModifier


def test_a_dropped_block_is_placed_selected_and_on_the_grid(view, hand, store, selection):
    hand.drop_block("conv2d", QPoint(403, 297))
    (node,) = store.document.nodes.values()
    assert (node.id, node.block.kind) == ("conv1", "conv2d")
    assert (node.x % 12, node.y % 12) == (0, 0)
    assert (view.node_position("conv1") - QPoint(403, 297)).manhattanLength() < 16
    assert selection.ids == ("conv1",)
    assert store.history.place == 1


def test_foreign_drops_are_left_alone(view, hand, store, qtbot):
    with qtbot.waitSignal(view.told) as told, pytest.raises(AssertionError):
        hand.hover_block("no_such_block", QPoint(200, 200))
    assert "no_such_block" in told.args[0]
    assert not store.document.nodes


def test_a_block_dropped_on_a_block_finds_room(hand, view, store):
    hand.drop_block("relu", QPoint(400, 300))
    hand.drop_block("relu", view.node_position("relu"))
    first, second = store.document.nodes.values()
    assert abs(first.y - second.y) >= 108


def test_connect_by_dragging_from_port_to_port(hand, view, store):
    hand.drop_block("input", QPoint(200, 300))
    hand.drop_block("conv2d", QPoint(500, 300))
    hand.drag(view.port_position("input", "y", "output"), view.port_position("conv1", "x", "input"))
    assert store.document.wires == (Wire("input", "conv1"),)
    assert store.plan.shapes["conv1", "y"].dims == (32, 26, 26)


def test_connect_backwards_from_an_input(hand, view, store):
    hand.drop_block("input", QPoint(200, 300))
    hand.drop_block("conv2d", QPoint(500, 300))
    hand.drag(view.port_position("conv1", "x", "input"), view.port_position("input", "y", "output"))
    assert store.document.wires == (Wire("input", "conv1"),)


def test_a_wire_may_end_anywhere_on_a_block(hand, view, store):
    hand.drop_block("input", QPoint(200, 300))
    hand.drop_block("add", QPoint(500, 300))
    for _ in "ab":
        hand.drag(view.port_position("input", "y", "output"), view.node_position("add"))
    assert store.document.wires == (
        Wire("input", "add", "y", "a"),
        Wire("input", "add", "y", "b"),
    )


@pytest.mark.parametrize("away", [QPoint(10, 0), QPoint(0, 11), QPoint(-8, -8)])
def test_ports_are_easy_to_hit(hand, view, store, away):
    hand.drop_block("input", QPoint(200, 300))
    hand.drop_block("relu", QPoint(500, 300))
    start = view.port_position("input", "y", "output") + away
    hand.drag(start, view.port_position("relu", "x", "input") - away)
    assert store.document.wires == (Wire("input", "relu"),)


def test_a_loop_is_refused_while_dragging(cnn, hand, view):
    before = cnn.document
    start = view.port_position("fc1", "y", "output")
    end = view.port_position("conv1", "x", "input")
    hand.press(start)
    hand.go(start + QPoint(20, 0), end)
    assert view.bubble.isVisible()
    assert "loop" in view.bubble.text()
    assert "fc1" in view.bubble.text()
    hand.release(end)
    assert cnn.document is before
    assert not view.bubble.isVisible()


def test_a_shape_that_does_not_fit_is_told_while_dragging(hand, view, store):
    hand.drop_block("input", QPoint(200, 300))
    hand.drop_block("linear", QPoint(500, 300))
    start = view.port_position("input", "y", "output")
    end = view.port_position("fc1", "x", "input")
    hand.press(start)
    hand.go(start + QPoint(20, 0), end)
    assert "expects" in view.bubble.text()
    assert "Flatten" in view.bubble.text()
    hand.release(end)
    assert store.plan.problem_of["fc1"].fix is not None


def test_escape_leaves_no_trace(cnn, hand, view):
    before = cnn.document
    start = view.port_position("input", "y", "output")
    for begin in (start, view.node_position("conv1")):
        hand.press(begin)
        hand.go(begin + QPoint(30, 30), begin + QPoint(60, 80))
        hand.key(Qt.Key.Key_Escape)
        hand.release(begin + QPoint(60, 80))
        assert cnn.document is before
        item = view.canvas.nodes["conv1"]
        assert (item.pos().x(), item.pos().y()) == (216.0, 0.0)


@pytest.mark.parametrize("part", ["body", "port", "wire"])
def test_a_change_under_the_hand_ends_the_gesture(cnn, hand, view, part):
    cnn.edit("Add", lambda d: add_node(d, catalogue()["relu"](), 432, 200)[0])
    cnn.edit("Wire", lambda d: connect(d, Wire("conv1", "relu2")))
    start = {
        "body": view.node_position("relu2"),
        "port": view.port_position("relu2", "y", "output"),
        "wire": view.port_position("relu2", "x", "input"),
    }[part]
    hand.press(start)
    hand.go(start + QPoint(20, 30), view.port_position("output", "x", "input"))
    cnn.jump(0)
    hand.go(start + QPoint(40, 40))
    hand.release(start + QPoint(40, 40))
    assert "relu2" not in view.canvas.nodes
    assert cnn.history.place == 0
    for name, node in cnn.document.nodes.items():
        assert (view.canvas.nodes[name].x(), view.canvas.nodes[name].y()) == (node.x, node.y)


def test_rewire_by_dragging_a_wires_end(cnn, hand, view):
    hand.drag(view.port_position("output", "x", "input"), view.port_position("relu", "x", "input"))
    assert Wire("fc1", "output") in cnn.document.wires  # refused: it would close a circle
    hand.drag(view.port_position("fc1", "x", "input"), view.port_position("output", "x", "input"))
    assert Wire("flatten", "output") in cnn.document.wires
    assert Wire("flatten", "fc1") not in cnn.document.wires
    assert cnn.history.place == 1


def test_a_wires_end_dropped_on_nothing_removes_it(cnn, hand, view):
    start = view.port_position("fc1", "x", "input")
    hand.drag(start, start + QPoint(-20, 150))
    assert Wire("flatten", "fc1") not in cnn.document.wires
    cnn.undo()
    assert Wire("flatten", "fc1") in cnn.document.wires


def test_a_drop_on_a_wire_splices_and_makes_room(cnn, hand, view):
    at = view.wire_position(Wire("relu", "flatten"))
    hand.hover_block("dropout", at)
    assert view.canvas.wires[Wire("relu", "flatten")].look.lit
    assert "relu -> flatten" in view.bubble.text()
    hand.drop_block("dropout", at)
    wires = cnn.document.wires
    assert Wire("relu", "dropout") in wires
    assert Wire("dropout", "flatten") in wires
    assert Wire("relu", "flatten") not in wires
    assert cnn.plan.ready or cnn.plan.problems
    bodies = [item.scene_body() for item in view.canvas.nodes.values()]
    assert not any(a.intersects(b) for i, a in enumerate(bodies) for b in bodies[:i])
    cnn.undo()
    assert cnn.history.place == 0


@pytest.mark.parametrize("chosen", [False, True], ids=["whole", "chosen"])
def test_room_made_for_a_drop_leaves_nothing_out_of_sight(cnn, hand, view, chosen):
    if chosen:
        view.zoom_in()
        view.zoom_out()
    zoom = view.camera.zoom
    hand.drop_block("dropout", view.wire_position(Wire("relu", "flatten")))
    sight = view.mapToScene(view.viewport().rect()).boundingRect()
    assert sight.contains(view.canvas.extent()) is not chosen
    assert (view.camera.zoom == pytest.approx(zoom)) is chosen  # the user's own choice stays


def test_a_block_without_a_way_through_is_not_spliced(cnn, hand, view):
    hand.drop_block("input", view.wire_position(Wire("relu", "flatten")))
    assert Wire("relu", "flatten") in cnn.document.wires


def test_a_move_is_one_step_of_undo_and_snaps(cnn, hand, view):
    before = cnn.document
    start = view.node_position("relu")
    hand.drag(start, start + QPoint(37, 91))
    after = cnn.document.nodes["relu"]
    assert (after.x, after.y) != (432.0, 0.0)
    assert (after.x % 12, after.y % 12) == (0, 0)
    assert cnn.history.place == 1
    assert [n for n in before.nodes if before.nodes[n] is not cnn.document.nodes[n]] == ["relu"]
    cnn.undo()
    assert cnn.document is before
    assert view.canvas.nodes["relu"].pos().y() == 0


def test_rubber_band_and_moving_many(cnn, hand, view, selection):
    left = view.node_position("conv1") - QPoint(75, 75)
    right = view.node_position("flatten") + QPoint(0, 75)
    hand.drag(left, right)
    assert set(selection.ids) == {"conv1", "relu", "flatten"}
    start = view.node_position("relu")
    hand.drag(start, start + QPoint(0, 120))
    places = {name: node.y for name, node in cnn.document.nodes.items()}
    assert len({places[n] for n in ("conv1", "relu", "flatten")}) == 1
    assert places["conv1"] > 0 == places["input"]
    assert cnn.history.place == 1


def test_clicks_select_add_and_take_away(cnn, hand, view, selection):
    hand.click(view.node_position("conv1"))
    assert selection.ids == ("conv1",)
    hand.click(view.node_position("relu"), CONTROL)
    assert selection.ids == ("conv1", "relu")
    hand.click(view.node_position("conv1"), CONTROL)
    assert selection.ids == ("relu",)
    hand.click(QPoint(500, 30))
    assert selection.ids == ()


def test_a_wire_is_selected_and_deleted(cnn, hand, view, selection):
    wire = Wire("relu", "flatten")
    hand.click(view.node_position("conv1"))
    hand.click(view.wire_position(wire))
    assert view.canvas.wire == wire
    assert selection.ids == ()
    hand.key(Qt.Key.Key_Delete)
    assert wire not in cnn.document.wires


def test_pan_and_zoom(cnn, hand, view):
    before = view.node_position("conv1")
    viewport, middle = view.viewport(), Qt.MouseButton.MiddleButton
    QTest.mousePress(viewport, middle, Qt.KeyboardModifier.NoModifier, QPoint(300, 300))
    hand.go(QPoint(340, 350))
    QTest.mouseRelease(viewport, middle, Qt.KeyboardModifier.NoModifier, QPoint(340, 350))
    assert view.node_position("conv1") - before == QPoint(40, 50)
    zoom = view.camera.zoom
    hand.control(Qt.Key.Key_Plus)
    assert view.camera.zoom > zoom
    hand.control(Qt.Key.Key_0)
    assert view.node_position("conv1") == before


def test_space_drags_or_is_passed_on(cnn, hand, view, qtbot):
    before = view.node_position("conv1")
    with qtbot.assertNotEmitted(view.space_tapped):
        QTest.keyPress(view, Qt.Key.Key_Space)
        hand.drag(QPoint(300, 500), QPoint(350, 500))
        QTest.keyRelease(view, Qt.Key.Key_Space)
    assert view.node_position("conv1") - before == QPoint(50, 0)
    with qtbot.waitSignal(view.space_tapped):
        hand.key(Qt.Key.Key_Space)


def test_the_empty_canvas_says_what_to_do(view, hand):
    hint = view.findChild(object, "canvasHint")
    assert hint.isVisible()
    hand.drop_block("input", QPoint(300, 300))
    assert not hint.isVisible()


def test_a_wire_in_the_hand_tells_what_it_replaces(cnn, hand, view):
    """Input to flatten: relu's wire goes, and what leads there leads nowhere."""
    hand.press(view.port_position("input", "y", "output"))
    hand.go(view.port_position("flatten", "x", "input"))
    words = view.bubble.text()
    assert "Replaces relu -> flatten" in words
    assert "relu would lead nowhere" in words
    hand.key(Qt.Key.Key_Escape)


SIZES = {"in_features": 32 * 26 * 26, "out_features": 10}


def test_a_wire_in_the_hand_tells_what_it_breaks(cnn, hand, view):
    cnn.edit("Size", lambda d: set_params(d, "fc1", SIZES))
    assert cnn.plan.ready
    hand.press(view.port_position("input", "y", "output"))
    hand.go(view.port_position("flatten", "x", "input"))
    words = view.bubble.text()
    assert "fc1" in words
    assert "784" in words
    assert cnn.plan.ready, "nothing is done yet"
    hand.key(Qt.Key.Key_Escape)


def test_a_wire_that_is_led_elsewhere_is_no_loss_by_itself(cnn, hand, view):
    hand.press(view.port_position("relu", "x", "input"))
    hand.go(view.port_position("flatten", "x", "input"), view.port_position("relu", "x", "input"))
    assert "Replaces" not in view.bubble.text()
    hand.key(Qt.Key.Key_Escape)
