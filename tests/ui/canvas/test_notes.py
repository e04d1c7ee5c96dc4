"""Notes on the canvas under real events: add, write, move, resize, delete, undo."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from explorer.graph.notes import add_note, note_of

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def noted(cnn, view, hand):
    """A note below the row, in sight."""
    cnn.edit("Add", lambda d: add_note(d, "Mind the stride", 432.0, 180.0)[0])
    hand.control(Qt.Key.Key_0)
    return cnn


def field(view):
    return view.findChild(object, "noteField")


def centre(view, name="note1"):
    return view.mapFromScene(view.canvas.notes.items[name].body().center())


def test_add_and_write(cnn, view, hand):
    before = cnn.document
    view.add_note()
    assert field(view).hasFocus()
    QTest.keyClicks(field(view), "two lines")
    QTest.keyClick(field(view), Qt.Key.Key_Return)
    QTest.keyClicks(field(view), "here")
    QTest.keyClick(field(view), Qt.Key.Key_Return, CONTROL)
    (note,) = cnn.document.notes
    assert note.text == "two lines\nhere"
    assert view.hasFocus()
    cnn.undo()
    cnn.undo()
    assert cnn.document is before
    assert not view.canvas.notes.items


def test_a_double_click_edits_and_escape_leaves_it(noted, view, hand):
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=centre(view))
    QTest.keyClicks(field(view), "other")
    QTest.keyClick(field(view), Qt.Key.Key_Escape)
    assert noted.document.notes[0].text == "Mind the stride"
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=centre(view))
    editor = [f for f in view.findChildren(object, "noteField") if f.isVisible()][-1]
    QTest.keyClicks(editor, "other")
    hand.click(QPoint(20, 20))  # elsewhere: it is taken
    assert noted.document.notes[0].text == "other"


def test_move_resize_and_delete_are_single_steps(noted, view, hand, selection):
    start, place = centre(view), noted.history.place
    hand.drag(start, start + QPoint(60, 40))
    moved = noted.document.notes[0]
    assert (moved.x, moved.y) != (432.0, 180.0)
    assert moved.x % 12 == moved.y % 12 == 0
    corner = view.mapFromScene(view.canvas.notes.items["note1"].body().bottomRight())
    hand.drag(corner - QPoint(4, 4), corner + QPoint(50, 30))
    sized = noted.document.notes[0]
    assert sized.width > moved.width
    assert (sized.x, sized.y) == (moved.x, moved.y)
    assert noted.history.place == place + 2
    hand.click(centre(view))
    assert selection.ids == ()
    hand.key(Qt.Key.Key_Delete)
    assert noted.document.notes == ()
    noted.undo()
    assert noted.document.notes == (sized,)


def test_selecting_one_thing_deselects_the_other(noted, view, hand, selection):
    hand.click(centre(view))
    assert view.canvas.notes.chosen == "note1"
    hand.click(view.node_position("conv1"))
    assert view.canvas.notes.chosen is None
    hand.click(centre(view))
    assert selection.ids == ()
    hand.click(QPoint(20, 20))
    assert view.canvas.notes.chosen is None
    hand.key(Qt.Key.Key_Delete)
    assert noted.document.notes
    assert len(noted.document.nodes) == 6


def test_escape_while_dragging_leaves_no_trace(noted, view, hand):
    before, start = noted.document, centre(view)
    hand.press(start)
    hand.go(start + QPoint(30, 30), start + QPoint(60, 60))
    hand.key(Qt.Key.Key_Escape)
    hand.release(start + QPoint(60, 60))
    assert noted.document is before
    assert view.canvas.notes.items["note1"].pos().x() == 432.0


def test_undo_under_the_hand(noted, view, hand):
    start = centre(view)
    hand.press(start)
    hand.go(start + QPoint(30, 30), start + QPoint(60, 60))
    noted.jump(0)
    hand.release(start + QPoint(60, 60))
    assert note_of(noted.document, "note1") is None
    assert not view.canvas.notes.items


def test_arranging_takes_a_note_along(noted, hand):
    node, note = noted.document.nodes["flatten"], noted.document.notes[0]
    noted.edit("Alone", lambda d: d)
    hand.control(Qt.Key.Key_L)
    after = noted.document
    near = min(
        noted.history.entries[noted.history.place - 1].document.nodes.values(),
        key=lambda n: abs(n.x - note.x - note.width / 2) + abs(n.y - note.y - note.height / 2),
    )
    moved = after.nodes[near.id]
    assert (after.notes[0].x - note.x, after.notes[0].y - note.y) == (
        moved.x - near.x,
        moved.y - near.y,
    )
    assert node.id in after.nodes
