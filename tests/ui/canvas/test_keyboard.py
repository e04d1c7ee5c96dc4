"""Everything that the mouse can do, done with keys."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from explorer.graph.document import Wire
from explorer.graph.files import dump
from explorer.ui.canvas.view import CanvasView
from explorer.ui.kit.theme import Theme
from explorer.ui.session.store import Selection, Store

CONTROL = Qt.KeyboardModifier.ControlModifier
ENTER = Qt.Key.Key_Return


def test_three_blocks_are_placed_and_connected_with_keys(hand, view, store, selection):
    for kind in ("input", "flatten", "linear"):
        selection.set(())
        view.insert(kind)
    assert store.document.wires == ()
    hand.key(Qt.Key.Key_Escape)
    hand.key(Qt.Key.Key_Right)
    assert selection.ids == ("input",)
    hand.key(ENTER)
    assert "flatten" in view.bubble.text()
    hand.key(Qt.Key.Key_Right)
    assert "fc1" in view.bubble.text()
    hand.key(Qt.Key.Key_Left)
    hand.key(ENTER)
    hand.key(Qt.Key.Key_Right)
    assert selection.ids == ("flatten",)
    hand.key(ENTER)
    hand.key(ENTER)
    assert set(store.document.wires) == {Wire("input", "flatten"), Wire("flatten", "fc1")}
    hand.key(Qt.Key.Key_Left)
    assert selection.ids == ("input",)


def test_inserting_appends_to_the_selected_block(view, store, selection):
    for kind in ("input", "conv2d", "relu"):
        view.insert(kind)
    assert set(store.document.wires) == {Wire("input", "conv1"), Wire("conv1", "relu")}
    assert selection.ids == ("relu",)
    xs = [node.x for node in store.document.nodes.values()]
    assert xs == sorted(xs)
    assert store.history.place == 3


def test_inserting_in_a_chain_goes_between(cnn, view, selection):
    selection.set(("relu",))
    view.insert("dropout")
    assert Wire("relu", "dropout") in cnn.document.wires
    assert Wire("dropout", "flatten") in cnn.document.wires


def test_what_fits_nowhere_in_a_chain_is_placed_beside_it(cnn, view, selection, qtbot):
    before = set(cnn.document.wires)
    selection.set(("flatten",))
    with qtbot.waitSignal(view.told) as told:
        view.insert("max_pool2d")
    assert "in use" in told.args[0]
    assert "pool" in cnn.document.nodes
    assert set(cnn.document.wires) == before


def test_a_type_that_does_not_fit_is_placed_and_told(view, store, selection, qtbot):
    view.insert("input")
    with qtbot.waitSignal(view.told) as told:
        view.insert("linear")
    assert "fc1" in told.args[0]
    assert "fc1" in store.document.nodes
    assert store.document.wires == ()


def test_connecting_can_be_left(cnn, hand, view, selection, qtbot):
    selection.set(("conv1",))
    before = cnn.document
    hand.key(ENTER)
    hand.key(Qt.Key.Key_Escape)
    assert not view.bubble.isVisible()
    assert cnn.document is before
    selection.set(("output",))
    with qtbot.waitSignal(view.told) as told:
        hand.key(ENTER)
    assert "no output" in told.args[0]


def test_arrows_go_along_wires_and_by_place(cnn, hand, view, selection):
    selection.set(("conv1",))
    for key, there in (
        (Qt.Key.Key_Right, "relu"),
        (Qt.Key.Key_Right, "flatten"),
        (Qt.Key.Key_Left, "relu"),
        (Qt.Key.Key_Up, "relu"),
    ):
        hand.key(key)
        assert selection.ids == (there,)
    hand.key(Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert selection.ids == ("relu", "flatten")


def test_control_and_arrows_move_in_one_step(cnn, hand, selection):
    selection.set(("relu",))
    for _ in range(5):
        hand.control(Qt.Key.Key_Down)
    assert cnn.document.nodes["relu"].y == 60
    assert cnn.history.place == 1
    hand.control(Qt.Key.Key_Z)
    assert cnn.document.nodes["relu"].y == 0


def test_rename_in_place(cnn, hand, view, selection):
    selection.set(("conv1",))
    hand.key(Qt.Key.Key_F2)
    hand.type("stem")
    assert "stem" in cnn.document.nodes
    assert Wire("input", "stem") in cnn.document.wires
    assert selection.ids == ("stem",)
    assert view.hasFocus()


@pytest.mark.parametrize(
    ("bad", "reason"), [("for", "Python"), ("relu", "already"), ("1x", "name")]
)
def test_a_bad_name_is_told_and_can_be_mended(cnn, hand, view, selection, bad, reason):
    before = cnn.document
    selection.set(("conv1",))
    hand.key(Qt.Key.Key_F2)
    hand.type(bad)
    assert reason in view.bubble.text()
    field = view.findChild(object, "renameField")
    assert field.isVisible()
    assert cnn.document is before
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert not field.isVisible()
    assert cnn.document is before


def test_delete_and_delete_with_heal(cnn, hand, selection):
    before = cnn.document
    selection.set(("relu",))
    hand.key(Qt.Key.Key_Delete)
    assert "relu" not in cnn.document.nodes
    assert not [w for w in cnn.document.wires if "relu" in (w.source, w.target)]
    assert selection.ids == ()
    hand.control(Qt.Key.Key_Z)
    assert cnn.document is before
    selection.set(("relu",))
    hand.control(Qt.Key.Key_Delete)
    assert Wire("conv1", "flatten") in cnn.document.wires


def test_undo_and_redo_give_back_the_very_same_documents(cnn, hand, view, selection):
    seen = [cnn.document]
    hand.control(Qt.Key.Key_A)
    hand.control(Qt.Key.Key_D)
    seen.append(cnn.document)
    hand.key(Qt.Key.Key_Backspace)
    seen.append(cnn.document)
    start = view.node_position("fc1")
    hand.drag(start, start + QPoint(0, 100))
    seen.append(cnn.document)
    for document in reversed(seen[:-1]):
        hand.control(Qt.Key.Key_Z)
        assert cnn.document is document
    for document in seen[1:]:
        hand.key(Qt.Key.Key_Z, CONTROL | Qt.KeyboardModifier.ShiftModifier)
        assert cnn.document is document


def test_duplicate_keeps_the_wires_between(cnn, hand, selection):
    selection.set(("conv1", "relu"))
    hand.control(Qt.Key.Key_D)
    assert selection.ids == ("conv2", "relu2")
    assert Wire("conv2", "relu2") in cnn.document.wires
    assert cnn.document.nodes["conv2"].block == cnn.document.nodes["conv1"].block


def test_copy_and_paste_between_windows(cnn, hand, selection, qtbot):
    selection.set(("conv1", "relu"))
    hand.control(Qt.Key.Key_C)
    store, theirs = Store(), Selection()
    other = CanvasView(store, theirs, Theme())
    qtbot.addWidget(other)
    for count in (2, 4):
        QTest.keyClick(other, Qt.Key.Key_V, CONTROL)
        assert len(store.document.nodes) == count
    assert Wire("conv1", "relu") in store.document.wires
    places = [(node.x, node.y) for node in store.document.nodes.values()]
    assert len(set(places)) == 4
    hand.control(Qt.Key.Key_X)
    assert "conv1" not in cnn.document.nodes


@pytest.mark.parametrize(
    "text", ["", "hello", "[1]", "{}", '{"format": "architecture-explorer"}', "cut short"]
)
def test_a_clipboard_without_blocks_changes_nothing(cnn, hand, view, qtbot, text):
    if text == "cut short":
        text = dump(cnn.document)[:200]
    before = cnn.document
    QGuiApplication.clipboard().setText(text)
    with qtbot.waitSignal(view.told) as told:
        hand.control(Qt.Key.Key_V)
    assert "clipboard" in told.args[0]
    assert cnn.document is before


@pytest.mark.qt_log_ignore("^This plugin does not support grabbing the keyboard", extend=True)
def test_the_menu_offers_the_fix(hand, view, store, selection):
    hand.drop_block("input", QPoint(200, 300))
    hand.drop_block("linear", QPoint(500, 300))
    hand.drag(view.port_position("input", "y", "output"), view.port_position("fc1", "x", "input"))
    assert store.plan.problem_of["fc1"].fix is not None
    selection.set(("fc1",))
    at = view.node_position("fc1")
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, view.viewport().mapToGlobal(at))
    QApplication.sendEvent(view.viewport(), event)
    menu = QApplication.activePopupWidget()
    fix = next(action for action in menu.actions() if action.objectName() == "fixAction")
    fix.trigger()
    menu.close()
    assert {"input", "flatten", "fc1"} == set(store.document.nodes)
    assert "fc1" not in store.plan.problem_of
