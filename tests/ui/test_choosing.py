"""After a choice in the toolbar the keys go to the canvas: Space trains, it opens no list again."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox

from explorer.ui.tour.guide import rest
from explorer.ui.window.assembly import main_window

CHOOSERS = ("exampleChooser", "datasetChooser")


@pytest.fixture
def window(qtbot):
    """The window without an engine."""
    window = main_window(lambda command: None, lambda: [], lambda: None)
    window.settings.clear()
    window.files.open_example("tutorial-cnn")
    window.resize(1440, 900)
    window.show()
    window.activateWindow()
    rest(60)
    yield window
    window.store.mark_saved(window.store.document)
    window.close()
    window.settings.clear()
    window.deleteLater()


def open_list(window, name):
    box = window.findChild(QComboBox, name)
    QTest.mouseClick(box, Qt.MouseButton.LeftButton)
    rest(60)
    assert box.view().isVisible()
    return box


@pytest.mark.parametrize("name", CHOOSERS)
@pytest.mark.parametrize("by", ["mouse", "enter", "the same again"])
def test_space_after_a_choice_from_the_list_goes_to_the_canvas(window, qtbot, name, by):
    taps = []
    window.canvas.space_tapped.connect(lambda: taps.append(name))
    box = open_list(window, name)
    row = box.currentIndex() + (by != "the same again")
    if by == "enter":
        QTest.keyClick(box.view(), Qt.Key.Key_Down)
        QTest.keyClick(box.view(), Qt.Key.Key_Return)
    else:
        spot = box.view().visualRect(box.model().index(row, 0)).center()
        rest(500)  # a click so soon after the list came is taken for its opening
        QTest.mouseClick(box.view().viewport(), Qt.MouseButton.LeftButton, pos=spot)
    rest(60)
    assert box.currentIndex() == row
    assert window.focusWidget() is window.canvas
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: taps == [name], timeout=2000)
    assert not box.view().isVisible()


@pytest.mark.parametrize("name", CHOOSERS)
def test_who_walks_with_the_arrows_stays(window, name):
    box = window.findChild(QComboBox, name)
    box.setFocus(Qt.FocusReason.TabFocusReason)
    before = box.currentIndex()
    for step in (1, 2):
        QTest.keyClick(box, Qt.Key.Key_Down)
        rest(60)
        assert box.currentIndex() == before + step
        assert window.focusWidget() is box


@pytest.mark.parametrize("name", CHOOSERS)
def test_a_list_that_is_left_chooses_nothing(window, name):
    box = open_list(window, name)
    QTest.keyClick(box.view(), Qt.Key.Key_Escape)
    rest(60)
    assert window.focusWidget() is box
