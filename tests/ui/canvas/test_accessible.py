"""What a screen reader is told of the canvas."""

import gc
import weakref

from PySide6.QtCore import QEvent
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication

from explorer.graph.edits import remove_nodes, set_params
from explorer.ui.canvas.view import CanvasView
from explorer.ui.kit.theme import Theme
from explorer.ui.session.store import Selection


def test_every_block_has_a_name_and_a_value(view, cnn, selection):
    canvas = QAccessible.queryAccessibleInterface(view)
    assert canvas.role() == QAccessible.Role.List
    assert canvas.text(QAccessible.Text.Name) == "Network canvas"
    assert canvas.childCount() == len(cnn.document.nodes)
    for place, name in enumerate(cnn.document.nodes):
        block = canvas.child(place)
        assert block.text(QAccessible.Text.Name).startswith(name)
        assert block.parent() is canvas
        assert canvas.indexOfChild(block) == place
        centre = block.rect().center()
        assert canvas.childAt(centre.x(), centre.y()) is block
    conv = canvas.child(1)
    assert "1→32, 3x3" in conv.text(QAccessible.Text.Value)
    assert not conv.state().selected
    selection.set(("conv1",))
    assert conv.state().selected
    cnn.edit("Break", lambda d: set_params(d, "fc1", {"in_features": 7}))
    assert "expects 7 inputs" in canvas.child(4).text(QAccessible.Text.Value)
    cnn.edit("Delete", lambda d: remove_nodes(d, ["conv1"]))
    assert not conv.isValid()
    assert conv.text(QAccessible.Text.Name) == ""


def test_the_description_tells_the_selected_block(view, cnn, selection):
    selection.set(("fc1",))
    assert "Selected: fc1: Linear" in view.accessibleDescription()
    assert "6 blocks" in view.accessibleDescription()


def test_a_canvas_that_was_read_can_still_go(qtbot, store):
    view = CanvasView(store, Selection(), Theme())
    canvas = QAccessible.queryAccessibleInterface(view)
    assert canvas.childCount() == 0
    alive = weakref.ref(view)
    view.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    del view, canvas
    gc.collect()
    assert alive() is None
