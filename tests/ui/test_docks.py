"""Panels come to the front, leave, fill the window, get windows of their own, and come back."""

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QAction, QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDockWidget, QTabBar

from explorer.ui.panels.catalogue import panels
from explorer.ui.tour.guide import rest
from explorer.ui.window.assembly import main_window

TABS = [panel.name for panel in panels() if panel.area == "bottom"]
SIDES = ["palette", "inspector", "tryPanel"]


def shown_window(width=1440, height=900):
    window = main_window(lambda command: None, lambda: [], lambda: None)
    window.files.open_example("tutorial-cnn")
    window.resize(width, height)
    window.show()
    rest(50)
    return window


@pytest.fixture
def window(qtbot):
    """The window without an engine."""
    window = shown_window()
    yield window
    end(window)


def end(window):
    window.store.mark_saved(window.store.document)
    window.close()
    window.settings.clear()
    window.deleteLater()


def seen(window, name):
    return window.docks.is_seen(name)


def in_menu(window, name):
    return window.findChild(QAction, f"{name}Action")


def places(window):
    """Where everything is that can be seen."""
    rest(30)
    docks = {
        d.objectName(): d.geometry() for d in window.findChildren(QDockWidget) if d.isVisible()
    }
    return docks | {"centre": window.centralWidget().geometry()}


@pytest.mark.parametrize("name", [*TABS, *SIDES])
def test_the_menu_brings_to_the_front_what_is_not_seen_and_puts_away_what_is(window, name):
    for before in TABS:  # whichever tab is in front of it
        window.docks.show(before)
        rest(5)
        was = seen(window, name)
        action = in_menu(window, name)
        assert action.isChecked() == was
        action.trigger()
        rest(5)
        assert seen(window, name) != was
        assert action.isChecked() != was
        assert window.panels[name].seen != was if name in window.panels else True
        window.docks.show(name)


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_no_title_is_cut_in_a_small_window(qtbot, scale):
    font = QApplication.font()
    large = QApplication.font()
    large.setPointSizeF(large.pointSizeF() * scale)
    QApplication.setFont(large)
    window = shown_window(1024, 768)
    window.docks.retitle("problemsPanel", "Problems (12)")
    assert window.width() == 1024
    for name in TABS:
        window.docks.show(name)
        rest(20)
        for bar in window.docks.tabs.strip.findChildren(QTabBar):
            metrics = QFontMetrics(bar.font())
            for row in range(bar.count()):
                area = bar.tabRect(row)
                assert area.width() > metrics.horizontalAdvance(bar.tabText(row))
                assert QRect(0, 0, bar.width(), bar.height()).contains(area), bar.tabText(row)
    end(window)
    QApplication.setFont(font)


def test_a_title_stands_once(window):
    """No title bar repeats what stands on the tab."""
    for name in TABS:
        window.docks.show(name)
        bar = window.docks.tabs.strip.panels
        assert bar.tabText(bar.currentIndex()) == window.docks.title(name)
        assert [bar.tabData(k) for k in range(bar.count())] == [
            each for each in TABS if window.docks.group(each) == window.docks.group(name)
        ]
        dock = next(d for d in window.findChildren(QDockWidget) if d.widget() is window.docks.tabs)
        assert dock.titleBarWidget().height() == 0


def test_a_group_goes_back_to_the_panel_that_was_looked_at_last(window):
    groups = window.docks.tabs.strip.groups
    window.docks.show("runsPanel")
    groups.setCurrentIndex(3)
    assert window.docks.tabs.front == "costPanel"
    groups.setCurrentIndex(0)
    assert window.docks.tabs.front == "runsPanel"


def test_what_a_panel_counts_stands_on_its_group_too(window):
    window.docks.show("curvesPanel")
    window.docks.retitle("problemsPanel", "Problems (2)")
    groups = window.docks.tabs.strip.groups
    assert [groups.tabText(k) for k in range(4)] == ["Train", "Inside", "Result", "Network (2)"]


@pytest.mark.parametrize("name", [*TABS, *SIDES])
def test_each_panel_can_fill_the_window_and_all_is_as_before_afterwards(window, name):
    window.docks.show(name)
    before = places(window)
    window.docks.toggle_maximised(name)
    alone = places(window)
    assert seen(window, name)
    assert not window.centralWidget().isVisible()
    assert len(alone) == 2
    assert window.panels.get(name, window.inspector).width() >= window.width() - 40 or name in SIDES
    window.docks.toggle_maximised(name)
    assert places(window) == before


def test_a_double_click_on_a_tab_fills_the_window(window):
    bar = window.docks.tabs.strip.panels
    spot = bar.tabRect(bar.currentIndex()).center()
    for maximised in (True, False):
        QTest.mouseDClick(bar, Qt.MouseButton.LeftButton, pos=spot)
        rest(20)
        assert bool(window.docks.maximised) == maximised


def test_another_dock_that_is_asked_for_ends_it_another_tab_does_not(window):
    window.docks.toggle_maximised("curvesPanel")
    window.docks.show("runsPanel")
    assert window.docks.maximised
    assert seen(window, "runsPanel")
    window.docks.show("palette")
    assert not window.docks.maximised
    assert seen(window, "palette")


@pytest.mark.parametrize("name", TABS)
def test_a_panel_gets_a_window_of_its_own_and_closing_it_makes_it_a_tab_again(window, name):
    window.docks.detach(name)
    rest(20)
    assert seen(window, name)
    assert not window.docks.tabs.holds(name)
    assert window.docks.tabs.front not in ("", name)
    own = window.findChild(QDockWidget, f"{name}Dock")
    assert own.isFloating()
    own.close()
    rest(20)
    assert window.docks.tabs.holds(name)
    window.docks.show(name)
    rest(20)
    assert seen(window, name)


def test_all_is_where_it_was_at_the_next_start(qtbot):
    window = shown_window()
    window.docks.detach("sourcePanel")
    window.docks.show("runsPanel")
    window.docks.toggle_maximised("runsPanel")
    window.store.mark_saved(window.store.document)
    window.close()
    window.settings.sync()
    window.deleteLater()
    again = shown_window()
    assert not again.docks.maximised
    assert again.docks.tabs.front == "runsPanel"
    assert not again.docks.tabs.holds("sourcePanel")
    assert again.findChild(QDockWidget, "sourcePanelDock").isFloating()
    again.docks.arrange("train")
    assert again.docks.tabs.holds("sourcePanel")
    end(again)
