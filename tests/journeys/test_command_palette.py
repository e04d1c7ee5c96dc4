"""The command palette finds everything by its name, and Enter goes there."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QListWidget

from explorer.blocks.catalogue import catalogue
from explorer.datasets.catalogue import datasets
from explorer.graph.document import Training
from explorer.plan.documents import examples, title_of
from explorer.ui.tour.guide import rest
from explorer.ui.window.destinations import destinations

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def window(guide):
    guide.window.activateWindow()
    return guide.window


def open_palette(window, text=""):
    window.activateWindow()
    window.canvas.setFocus()
    rest(50)  # what was open before is gone, and the window has the keys
    QTest.keyClick(window.canvas, Qt.Key.Key_P, CONTROL | SHIFT)
    rest(10)
    search = window.findChildren(QLineEdit, "commandSearch")[-1]
    QTest.keyClicks(search, text)
    return search, window.findChildren(QListWidget, "commandList")[-1]


def close(window):
    window.findChild(QDialog, "commandPalette").close()
    rest(10)


def test_arrow_keys_walk_while_the_search_keeps_the_letters(window):
    search, rows = open_palette(window, "zoom")
    assert rows.currentRow() == 0
    QTest.keyClick(search, Qt.Key.Key_Down)
    assert rows.currentRow() == 1
    QTest.keyClick(search, Qt.Key.Key_Up)
    assert rows.currentRow() == 0
    QTest.keyClick(search, Qt.Key.Key_PageDown)
    assert rows.currentRow() == rows.count() - 1
    assert search.hasFocus()
    QTest.keyClicks(search, " in")
    assert search.text() == "zoom in"
    before = window.canvas.camera.zoom
    QTest.keyClick(search, Qt.Key.Key_Return)
    assert window.canvas.camera.zoom > before


def test_what_nothing_is_called_says_so_and_enter_does_nothing(window):
    search, rows = open_palette(window, "qqqq")
    assert "qqqq" in rows.item(0).text()
    QTest.keyClick(search, Qt.Key.Key_Return)
    assert window.findChild(QDialog, "commandPalette").isVisible()
    close(window)


def test_everything_has_an_entry(window):
    window.selection.set(("conv1",))
    listed = {(each.kind, each.title) for each in destinations(window)}
    wanted = {
        *(("Panel", window.docks.title(name)) for name in window.docks.names),
        *(("Example", title_of(file)) for file in examples().values()),
        *(("Dataset", each.title) for each in datasets().values()),
        *(("Go to block", name) for name in window.store.document.nodes),
        *(("Add block", block.title) for block in catalogue().values()),
        *(("Set conv1", p.name) for p in catalogue()["conv2d"].parameters()),
    }
    assert not wanted - listed
    assert {p.name for p in Training.parameters()} <= {title for _, title in listed}


def test_each_entry_leads_where_it_says(window):
    rest(50)
    for name in window.docks.names:
        by_name(window, "Panel", window.docks.title(name))
        assert window.docks.is_seen(name)
    window.selection.set(("conv1",))
    for parameter in catalogue()["conv2d"].parameters():
        by_name(window, "Set conv1", parameter.name)
        assert QApplication.focusWidget().objectName() == f"param_{parameter.name}"
    for parameter in Training.parameters():
        entry = next(
            each
            for each in destinations(window)
            if each.title == parameter.name and each.kind != "Set conv1"
        )
        entry.do()
        assert QApplication.focusWidget().objectName() == f"param_{parameter.name}"
        assert window.selection.ids == ()
    for name in window.store.document.nodes:
        by_name(window, "Go to block", name)
        assert window.selection.ids == (name,)
        assert window.canvas.hasFocus()
    for dataset in datasets().values():
        by_name(window, "Dataset", dataset.title)
        assert window.store.document.dataset == dataset.id


def by_name(window, kind, title):
    next(e for e in destinations(window) if (e.kind, e.title) == (kind, title)).do()
    rest(10)


def test_a_block_is_added_and_an_example_opened_from_the_keys(window):
    search, _ = open_palette(window, "add block dropout2d")
    QTest.keyClick(search, Qt.Key.Key_Return)
    assert any(n.block.kind == "dropout2d" for n in window.store.document.nodes.values())
    window.store.undo()
    search, _ = open_palette(window, "example lenet")
    QTest.keyClick(search, Qt.Key.Key_Return)
    assert "lenet" in window.files.example
