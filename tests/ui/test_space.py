"""Nothing moves for a message or under the pen; what is not needed yet is small."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QDockWidget, QLabel, QWidget

from explorer.blocks.catalogue import catalogue
from explorer.graph.edits import add_node, set_title
from explorer.ui.kit.one_line import one_line
from explorer.ui.tour.guide import rest
from explorer.ui.window.assembly import main_window


@pytest.fixture
def window(qtbot):
    """The window without an engine."""
    window = main_window(lambda command: None, lambda: [], lambda: None)
    window.files.open_example("tutorial-cnn")
    window.resize(1440, 900)
    window.show()
    rest(60)
    yield window
    window.store.mark_saved(window.store.document)
    window.close()
    window.settings.clear()
    window.deleteLater()


def places(window):
    rest(20)
    shown = [d for d in window.findChildren(QDockWidget) if d.isVisible()]
    return {d.objectName(): d.geometry() for d in shown} | {
        "canvas": window.canvas.geometry(),
        "sight": window.canvas.mapToScene(window.canvas.viewport().rect()).boundingRect(),
    }


@pytest.mark.parametrize("level", ["good", "warning", "error"])
def test_nothing_moves_for_a_message(window, level):
    before = places(window)
    for text in ("Short.", "A long one. " * 40):
        window.messages.tell(level, text, "details\n" * 3, actions=(("Do it", lambda: None),))
        assert window.messages.isVisible()
        assert places(window) == before
        assert window.rect().contains(window.messages.geometry())
        label = window.messages.findChild(QLabel, "messageText")
        assert label.height() >= label.heightForWidth(label.width())
    window.messages.close_message()
    assert places(window) == before


def test_a_message_is_seen_while_a_panel_fills_the_window(window):
    window.messages.tell("error", "Something went wrong.")
    window.docks.toggle_maximised("curvesPanel")
    rest(20)
    assert window.messages.isVisible()
    assert window.rect().contains(window.messages.geometry())


def test_a_confirmation_goes_by_itself_an_offer_and_a_fault_stay(qtbot, window):
    bar = window.messages
    bar._fade.setInterval(30)
    QTest.mouseMove(window.statusBar())  # what is under the pointer is being read, and stays
    bar.tell("good", "Written.")
    assert bar.isVisible()
    qtbot.waitUntil(bar.isHidden, timeout=20_000)
    for level, actions in (("good", (("Open", lambda: None),)), ("warning", ()), ("error", ())):
        bar.tell(level, f"{level} stays.", actions=actions)
        rest(80)
        assert bar.isVisible()


def test_a_confirmation_whose_details_are_read_stays(window):
    bar = window.messages
    bar._fade.setInterval(30)
    bar.tell("good", "Written.", details="a.py")
    bar.findChild(QAbstractButton, "messageDetails").setChecked(True)
    rest(120)
    assert bar.isVisible()


def test_why_an_edit_was_refused_goes_with_the_next_one(window):
    window.store.refused.emit("This would make a loop.")
    assert window.messages.isVisible()
    window.store.edit("Title", lambda d: set_title(d, "Another"))
    assert not window.messages.isVisible()
    window.messages.tell("error", "A fault of the run.")
    window.store.edit("Title", lambda d: set_title(d, "A third"))
    assert window.messages.isVisible()


def test_the_pad_is_small_until_it_is_drawn_on_and_never_moves_under_the_pen(qtbot, window):
    pad, dock = window.findChild(QWidget, "digitPad"), window.findChild(QDockWidget, "tryPanelDock")
    least = dock.minimumSizeHint
    # The docks are settled once the window is shown: on a busy machine that takes its time.
    qtbot.waitUntil(lambda: dock.height() <= least().height() + 2, timeout=20_000)
    assert window.findChild(QDockWidget, "inspectorDock").height() > 0.35 * window.height()
    small, place = dock.height(), pad.mapToGlobal(QPoint(0, 0))
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
    rest(1100)  # held still
    QTest.mouseMove(pad, QPoint(60, 60))
    rest(20)
    assert (dock.height(), pad.mapToGlobal(QPoint(0, 0))) == (small, place)
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=QPoint(60, 60))
    rest(20)
    assert pad.mapToGlobal(QPoint(0, 0)) == place
    qtbot.waitUntil(lambda: dock.height() > small + 60, timeout=20_000)


def test_a_pad_that_was_given_another_size_keeps_it(window):
    pad, dock = window.findChild(QWidget, "digitPad"), window.findChild(QDockWidget, "tryPanelDock")
    inspector = window.findChild(QDockWidget, "inspectorDock")
    window.resizeDocks([inspector, dock], [200, 600], Qt.Orientation.Vertical)
    rest(20)
    height = dock.height()
    QTest.mouseClick(pad, Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
    rest(1100)
    assert dock.height() == height


def test_the_class_bars_have_room_for_their_names(window):
    bars = window.findChild(QWidget, "digitPadBars")
    assert bars.height() >= 10 * bars.fontMetrics().height()


@pytest.mark.parametrize("kind", sorted(catalogue()))
def test_what_a_block_does_is_the_first_line_of_the_inspector(window, kind):
    block = catalogue()[kind]()
    made = []

    def add(document):
        document, name = add_node(document, block, 0, 900)
        made.append(name)
        return document

    window.store.edit("Add", add)
    window.selection.set(made)
    rest(5)
    lead = window.findChild(QLabel, "nodeLead")
    assert lead.text() == one_line(block.summary)
    first = window.findChild(QWidget, "nodeKind")
    assert lead.y() - first.geometry().bottom() < 12
    assert not lead.visibleRegion().isEmpty()
