"""Groups on the canvas, with real mouse and key events."""

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from explorer.graph.document import Wire
from explorer.graph.edits import connect, fragment, set_title
from explorer.graph.files import dump
from explorer.graph.groups import fold, make_group, set_repeat
from explorer.ui.canvas.additions import PIECE_MIME
from tests.ui.canvas.conftest import row

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def net(store, view):
    """input -> conv1 -> relu -> add -> output, and input -> add.b."""
    document = row("input", "conv2d", "relu", "add", "output")
    store.open(connect(document, Wire("input", "add", "y", "b")))
    return store


@pytest.fixture
def grouped(net, selection, hand):
    selection.set(("conv1", "relu", "add"))
    hand.key(Qt.Key.Key_G, CONTROL)
    return net


@pytest.fixture
def folded(grouped, hand):
    hand.key(Qt.Key.Key_E, CONTROL)
    return grouped


def spot(view, place):
    return view.mapFromScene(place)


def title(view, name="block1"):
    return spot(view, view.canvas.frames[name].title_area().center())


def double_click(view, at):
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)


def test_ctrl_g_groups_and_ctrl_shift_g_takes_it_apart(grouped, view, hand, selection):
    assert [group.members for group in grouped.document.groups] == [("conv1", "relu", "add")]
    assert selection.ids == ("conv1", "relu", "add")
    assert view.canvas.frames["block1"].selected
    hand.key(Qt.Key.Key_G, CONTROL | SHIFT)
    assert grouped.document.groups == ()
    assert view.canvas.frames == {}
    grouped.undo()
    assert "block1" in view.canvas.frames


def test_a_group_that_can_not_be_is_refused_in_words(net, selection, hand, qtbot):
    selection.set(("conv1", "add"))
    with qtbot.waitSignal(net.refused) as refused:
        hand.key(Qt.Key.Key_G, CONTROL)
    assert "through relu" in refused.args[0]
    assert net.document.groups == ()


def test_folded_it_is_one_block_and_unfolded_all_is_where_it_was(grouped, view, hand):
    before = grouped.document.nodes
    hand.key(Qt.Key.Key_E, CONTROL)
    assert set(view.canvas.nodes) == {"input", "block1", "output"}
    assert set(view.canvas.wires) == {Wire("input", "block1"), Wire("block1", "output")}
    assert view.canvas.frames == {}
    assert view.canvas.nodes["block1"].look.selected
    hand.key(Qt.Key.Key_E, CONTROL)
    assert set(view.canvas.nodes) == set(before)
    assert grouped.document.nodes == before


def test_the_gap_is_closed_and_neighbours_make_room_again(folded, view, hand):
    nodes = view.canvas.nodes
    assert nodes["block1"].pos().x() - nodes["input"].pos().x() < 260
    assert nodes["output"].pos().x() - nodes["block1"].pos().x() < 260
    hand.key(Qt.Key.Key_E, CONTROL)
    assert nodes["conv1"].pos().x() - nodes["input"].pos().x() == 216


def test_a_double_click_on_the_title_folds_and_on_the_block_unfolds(grouped, view):
    double_click(view, title(view))
    assert grouped.document.groups[0].folded
    block = view.canvas.nodes["block1"]
    double_click(view, spot(view, block.pos() + QPointF(-20, 30)))
    assert not grouped.document.groups[0].folded


def test_the_signs_fold_and_unfold_with_one_click(grouped, view, hand):
    hand.click(spot(view, view.canvas.frames["block1"].button_area().center()))
    assert grouped.document.groups[0].folded
    hand.click(spot(view, view.canvas.nodes["block1"].fold_area().center()))
    assert not grouped.document.groups[0].folded


@pytest.mark.parametrize("is_folded", [True, False])
def test_it_moves_as_one(grouped, view, hand, selection, is_folded):
    if is_folded:
        hand.key(Qt.Key.Key_E, CONTROL)
    selection.set(())
    before = grouped.document.nodes
    start = spot(view, view.canvas.nodes["block1"].pos()) if is_folded else title(view)
    hand.drag(start, start + QPoint(0, 120))
    after = grouped.document.nodes
    moved = [after[name].y - before[name].y for name in ("conv1", "relu", "add")]
    assert moved[0] > 0
    assert moved == [moved[0]] * 3
    assert after["output"] == before["output"]
    grouped.undo()
    assert grouped.document.nodes == before


def test_a_press_selects_all_its_blocks_and_delete_takes_them(folded, view, hand, selection):
    selection.set(())
    hand.click(view.node_position("block1"))
    assert set(selection.ids) == {"conv1", "relu", "add"}
    hand.key(Qt.Key.Key_Delete)
    assert list(folded.document.nodes) == ["input", "output"]
    assert folded.history.entries[-1].label == "Delete block1"
    assert folded.document.groups == ()


def test_its_wire_is_taken_off_and_drawn_again_for_all_inputs(folded, view, hand):
    before = set(folded.document.wires)
    at = view.port_position("block1", "x", "input")
    hand.drag(at, at + QPoint(-60, 170))
    assert {wire.target for wire in folded.document.wires} == {"relu", "add", "output"}
    assert len(folded.document.wires) == 3
    hand.drag(view.port_position("input", "y", "output"), at)
    assert set(folded.document.wires) == before


def test_a_block_is_spliced_into_its_wire(folded, view, hand):
    hand.drop_block("dropout", view.wire_position(Wire("input", "block1")))
    wires = set(folded.document.wires)
    assert {Wire("input", "dropout"), Wire("dropout", "conv1")} <= wires
    assert Wire("dropout", "add", "y", "b") in wires
    assert "dropout" not in folded.document.group_of


def test_a_block_is_appended_after_it(folded, view, hand, selection):
    view.insert("relu")
    assert Wire("add", "relu2") in folded.document.wires
    assert Wire("relu2", "output") in folded.document.wires
    assert "relu2" not in folded.document.group_of


def test_a_block_joins_the_group_that_is_selected_with_it_and_leaves_it(
    grouped, hand, selection, view
):
    view.insert("relu")
    selection.set((*grouped.document.groups[0].members, "relu2"))
    hand.key(Qt.Key.Key_G, CONTROL)
    assert grouped.document.groups[0].members == ("conv1", "relu", "add", "relu2")
    assert selection.ids == grouped.document.groups[0].members
    selection.set(("relu2",))
    view.editing.groups.take_out()
    assert grouped.document.groups[0].members == ("conv1", "relu", "add")


def test_find_leads_to_the_group_and_to_the_blocks_in_it(folded, view, selection, qtbot):
    view.start_find()
    for text, ids in (("block1", ("conv1", "relu", "add")), ("conv", ("conv1",))):
        view.find_bar.field.selectAll()
        QTest.keyClicks(view.find_bar.field, text)
        assert selection.ids == ids
        QTest.keyClick(view.find_bar.field, Qt.Key.Key_Return)
        assert selection.ids == ids


def test_a_group_that_was_changed_since_the_run_is_marked(folded, view):
    view.canvas.set_run_document(folded.document)
    assert not view.canvas.nodes["block1"].look.changed
    folded.edit("repeat", lambda d: set_repeat(d, "block1", 2))
    assert view.canvas.nodes["block1"].look.changed


def test_arrows_walk_over_it(folded, view, hand, selection):
    selection.set(("input",))
    hand.key(Qt.Key.Key_Right)
    assert selection.ids == ("conv1", "relu", "add")
    hand.key(Qt.Key.Key_Right)
    assert selection.ids == ("output",)
    hand.key(Qt.Key.Key_Left)
    assert set(selection.ids) == {"conv1", "relu", "add"}


@pytest.mark.parametrize("is_folded", [True, False])
def test_f2_renames_it(grouped, hand, is_folded):
    if is_folded:
        hand.key(Qt.Key.Key_E, CONTROL)
    hand.key(Qt.Key.Key_F2)
    hand.type("residual")
    assert grouped.document.groups[0].name == "residual"
    assert set(grouped.document.nodes) == {"input", "conv1", "relu", "add", "output"}


def test_copies_are_groups_too(folded, view, hand, selection):
    hand.key(Qt.Key.Key_D, CONTROL)
    assert [group.name for group in folded.document.groups] == ["block1", "block2"]
    assert selection.ids == folded.document.groups[1].members
    assert "block2" in view.canvas.nodes
    hand.control(Qt.Key.Key_C)
    hand.control(Qt.Key.Key_V)
    assert len(folded.document.groups) == 3


def test_it_tells_how_often_it_is_repeated_and_what_is_wrong(folded, view):
    folded.edit("repeat", lambda d: set_repeat(d, "block1", 3))
    item = view.canvas.nodes["block1"]
    assert item.look.summary == "\u00d7 3, 3 blocks"
    assert item.look.problem
    assert "block1" in item.describe()


def test_screen_readers_get_the_folded_group(folded, view, selection):
    interface = QAccessible.queryAccessibleInterface(view)
    names = [interface.child(i).text(QAccessible.Text.Name) for i in range(interface.childCount())]
    assert "block1, Group" in names
    selection.set(folded.document.groups[0].members)
    assert "block1" in view.accessibleDescription()


def test_the_thumbnail_is_that_of_the_blocks_output(folded, view):
    import numpy as np

    view.canvas.set_thumbnails({"conv1": np.zeros((4, 4)), "relu": np.zeros((4, 4))})
    assert view.canvas.nodes["block1"].picture is None
    view.canvas.set_thumbnails({"add": np.ones((4, 4))})
    assert view.canvas.nodes["block1"].picture is not None


def test_the_menu_offers_what_fits(folded, view, selection):
    from explorer.ui.canvas.menu import node_menu

    selection.set(folded.document.groups[0].members)
    texts = [a.text().split("\t")[0] for a in node_menu(view, view.editing, None, int).actions()]
    assert {"Unfold block1", "Ungroup block1", "Keep block1 in the palette"} <= set(texts)
    selection.set(("input",))
    assert "Group\tCtrl+G" in [a.text() for a in node_menu(view, view.editing, None, int).actions()]


def drop_piece(view, text, at):
    carried = QMimeData()
    carried.setData(PIECE_MIME, text.encode())
    rest = (
        Qt.DropAction.CopyAction,
        carried,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    enter = QDragEnterEvent(at, *rest)
    QApplication.sendEvent(view.viewport(), enter)
    if enter.isAccepted():
        QApplication.sendEvent(view.viewport(), QDragMoveEvent(at, *rest))
        QApplication.sendEvent(view.viewport(), QDropEvent(QPointF(at), *rest))
    return enter.isAccepted()


def kept(document):
    group = document.groups[0]
    return dump(set_title(fold(fragment(document, group.members), group.name), "Residual"))


def test_a_kept_block_is_dropped_into_a_wire_with_all_its_inputs(folded, store, view, selection):
    text = kept(folded.document)
    store.open(row("input", "conv2d", "output"))
    view.fit()
    assert drop_piece(view, text, view.wire_position(Wire("conv1", "output")))
    group = store.document.groups[0]
    assert group.members == ("conv2", "relu", "add") == selection.ids
    wires = set(store.document.wires)
    assert {Wire("conv1", "conv2"), Wire("conv1", "add", "y", "b"), Wire("add", "output")} <= wires
    store.undo()
    assert store.document.groups == ()


def test_a_kept_block_is_dropped_on_the_canvas_or_appended(folded, store, view, selection):
    text = kept(folded.document)
    store.open(row("input", "conv2d"))
    view.fit()
    assert drop_piece(view, text, QPoint(500, 500))
    assert "block1" in view.canvas.nodes
    selection.set(("conv1",))
    view.insert_piece(text)
    wires = set(store.document.wires)
    assert {Wire("conv1", "conv3"), Wire("conv1", "add2", "y", "b")} <= wires


@pytest.mark.parametrize("text", ["", "{}", "no json", dump(row("relu"))])
def test_what_is_no_group_is_not_taken(net, view, text):
    before = net.document
    assert not drop_piece(view, text, QPoint(300, 300))
    view.insert_piece(text)
    assert net.document is before


def test_a_group_in_a_file_is_shown_as_it_was_left(store, view):
    document, _ = make_group(row("input", "conv2d", "relu", "output"), ["conv1", "relu"])
    store.open(fold(document, "block1"))
    assert set(view.canvas.nodes) == {"input", "block1", "output"}
    store.open(document)
    assert set(view.canvas.frames) == {"block1"}
