"""From blocks to a kept group: made, repeated, trained, kept, used in another document."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from explorer.ui.palette.own_blocks import TITLE
from tests.plan.test_groups import residual


def own_rows(guide):
    tree = guide.window.palette_list.tree
    first = tree.topLevelItem(0)
    if first is None or first.text(0) != TITLE:
        return []
    return [first.child(row) for row in range(first.childCount())]


def test_a_group_is_repeated_trained_kept_and_used_again(guide):
    window = guide.window
    window.store.open(residual())
    window.selection.set(window.store.document.groups[0].members)
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    window.inspector.group_page.first_field().setValue(3)
    assert window.store.plan.ready
    assert "range(3)" in window.panels["sourcePanel"].editor.toPlainText()
    item = window.canvas.canvas.nodes["block1"]
    window.runner.train()
    guide.wait("the group has a thumbnail", lambda: item.picture is not None, 120)
    window.runner.stop()
    window.inspector.group_page.keep.click()
    guide.wait("it is in the palette", lambda: len(own_rows(guide)) == 1, 5)
    window.files.new()
    tree = window.palette_list.tree
    spot = tree.visualItemRect(own_rows(guide)[0]).center()
    QTest.mouseDClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert window.store.document.groups[0].repeat == 3
    assert list(window.canvas.canvas.nodes) == ["block1"]
    for entry in window.library.entries:
        entry.path.unlink()
