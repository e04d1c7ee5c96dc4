"""A wire dropped on the empty canvas gets a list of what fits; real mouse and key events."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from explorer.blocks.catalogue import catalogue
from explorer.graph.block import Shape, ShapeError
from explorer.graph.document import Wire
from explorer.graph.edits import set_params
from explorer.plan.fitting import givers, takers


@pytest.fixture
def offered(view, hand, store):
    """An Input whose wire was let go on the empty canvas; gives the box."""

    def drop(kind="input", side="output", by=(250, 60)):
        hand.drop_block(kind, QPoint(300, 250))
        (name,) = store.document.nodes
        block = store.document.nodes[name].block
        port = (block.inputs if side == "input" else block.outputs)[0]
        start = view.port_position(name, port, side)
        hand.drag(start, start + QPoint(*by))
        return view.findChild(object, "offerBox")

    return drop


def test_a_wire_let_go_offers_what_fits_and_enter_places_it(view, store, selection, offered):
    box = offered()
    assert "1 x 28 x 28" in box.heading.text()
    assert {"conv2d", "flatten", "rows_to_sequence"} <= set(box.kinds())
    assert not {"linear", "lstm", "input"} & set(box.kinds())
    QTest.keyClicks(box.search, "conv2")
    assert box.kinds()[0] == "conv2d"
    QTest.keyClick(box.search, Qt.Key.Key_Return)
    assert store.document.wires == (Wire("input", "conv1"),)
    assert selection.ids == ("conv1",)
    assert not box.isVisible()
    assert view.hasFocus()
    store.undo()
    assert list(store.document.nodes) == ["input"]
    assert store.history.place == 1


def test_the_block_lies_where_the_wire_ended(view, store, offered):
    box = offered()
    start = view.port_position("input", "y", "output")
    QTest.keyClick(box.search, Qt.Key.Key_Return)
    new = list(store.document.nodes)[1]
    port = view.port_position(new, store.document.nodes[new].block.inputs[0], "input")
    assert (port - start - QPoint(250, 60)).manhattanLength() < 40


def test_arrows_and_a_click_choose(hand, view, store, offered):
    box = offered()
    second = box.kinds()[1]
    QTest.keyClick(box.search, Qt.Key.Key_Down)
    assert box.list.currentRow() == 1
    spot = box.list.visualItemRect(box.list.item(1)).center()
    QTest.mouseClick(box.list.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert [node.block.kind for node in store.document.nodes.values()] == ["input", second]


def test_what_does_not_fit_is_told_with_the_reason(store, offered):
    box = offered()
    QTest.keyClicks(box.search, "lstm")
    assert box.kinds() == []
    assert "expects a sequence" in box.why.text()
    QTest.keyClick(box.search, Qt.Key.Key_Return)
    assert len(store.document.nodes) == 1
    box.search.clear()
    QTest.keyClicks(box.search, "qqq")
    assert box.why.text() == "No block of that name."


@pytest.mark.parametrize("way", ["escape", "click"])
def test_it_can_be_left(view, hand, store, offered, way):
    box = offered()
    if way == "escape":
        QTest.keyClick(box.search, Qt.Key.Key_Escape)
    else:
        hand.click(QPoint(60, 560))
    assert not box.isVisible()
    assert view.hasFocus()
    assert store.history.place == 1


def test_from_an_input_backwards(store, offered):
    box = offered("linear", "input", (-200, 40))
    assert "input" in box.kinds()
    assert "output" not in box.kinds()
    QTest.keyClicks(box.search, "flatten")
    QTest.keyClick(box.search, Qt.Key.Key_Return)
    assert store.document.wires == (Wire("flatten", "fc1"),)
    nodes = store.document.nodes
    assert nodes["flatten"].x < nodes["fc1"].x


def test_a_click_on_a_port_offers_nothing(hand, view, store):
    hand.drop_block("input", QPoint(300, 250))
    hand.click(view.port_position("input", "y", "output"))
    assert view.findChild(object, "offerBox") is None


def test_the_box_stays_inside_a_small_canvas(view, offered):
    view.resize(420, 300)
    box = offered(by=(100, 40))
    assert view.viewport().rect().contains(box.geometry())


@pytest.mark.parametrize(
    "shape", [Shape("image", (3, 8, 8)), Shape("sequence", (5, 4)), Shape("vector", (7,))], ids=str
)
def test_offers_are_those_that_a_block_would_take(shape):
    for offer in takers(shape):
        block = catalogue()[offer.kind]()
        if offer.refusal:
            with pytest.raises(ShapeError):
                block.output_shapes(*[shape for _ in block.inputs])
        else:
            assert len(block.output_shapes(*[shape for _ in block.inputs])) == len(block.outputs)
    assert {offer.kind for offer in givers()} == {k for k, b in catalogue().items() if b().outputs}


def test_a_mismatch_is_told_with_its_arithmetic_while_dragging(view, hand, store):
    hand.drop_block("input", QPoint(200, 300))
    hand.drop_block("linear", QPoint(600, 300))
    store.edit("Set", lambda d: set_params(d, "fc1", {"in_features": 100}))
    hand.drop_block("flatten", QPoint(400, 300))
    hand.drag(
        view.port_position("input", "y", "output"), view.port_position("flatten", "x", "input")
    )
    start = view.port_position("flatten", "y", "output")
    end = view.port_position("fc1", "x", "input")
    hand.press(start)
    hand.go(start + QPoint(20, 0), end)
    told = view.bubble.text()
    assert "100" in told
    assert "784" in told
    assert "1 x 28 x 28" in told
    assert "Fix on offer" in told
    hand.release(end)
