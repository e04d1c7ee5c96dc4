"""When a panel catches up with what nobody saw: once, when it is laid out, and only in front."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow

from explorer.ui.panels.panel import Panel


class Counting(Panel):
    name, title = "countingPanel", "Counting"
    looks = 0

    def catch_up(self):
        assert self.seen
        self.looks += 1


@pytest.fixture
def tabs(qtbot, table):
    """Two panels behind one another in a window; the first is in front."""
    window = QMainWindow()
    qtbot.addWidget(window)
    window.resize(600, 400)
    docks = []
    for number in (1, 2):
        panel = Counting(table.desk)
        dock = QDockWidget(f"Dock {number}", window)
        dock.setObjectName(f"dock{number}")
        dock.setWidget(panel)
        dock.visibilityChanged.connect(
            lambda visible, panel=panel: panel.arrive_soon() if visible else None
        )
        window.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, dock)
        docks.append(dock)
    window.tabifyDockWidget(*docks)
    docks[0].raise_()
    with qtbot.waitExposed(window):
        window.show()
    docks[0].raise_()
    qtbot.wait(20)
    yield docks
    window.close()


def looks(tabs):
    return [dock.widget().looks for dock in tabs]


def test_only_the_one_in_front_looks_and_only_once(tabs):
    assert looks(tabs) == [1, 0]


def test_a_tab_that_comes_to_the_front_looks_once_it_is_laid_out(qtbot, tabs):
    tabs[1].raise_()
    qtbot.wait(1)
    assert looks(tabs) == [1, 1]
    tabs[0].raise_()
    qtbot.wait(1)
    assert looks(tabs) == [2, 1]


def test_one_that_was_closed_and_is_opened_again_looks_once(qtbot, tabs):
    tabs[0].close()
    qtbot.wait(1)
    before = looks(tabs)
    tabs[0].show()
    tabs[0].raise_()
    qtbot.wait(1)
    assert looks(tabs)[0] == before[0] + 1


def test_several_reasons_in_a_row_are_one_look(qtbot, table):
    panel = table.put(Counting)
    before = panel.looks
    for _ in range(3):
        panel.arrive_soon()
    assert panel.looks == before
    qtbot.wait(1)
    assert panel.looks == before + 1
    panel.hide()
    panel.arrive_soon()
    qtbot.wait(1)
    assert panel.looks == before + 1
