"""Full screen, one panel alone, larger text: on, off, and nothing is left behind."""

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
)

from explorer.ui.tour.guide import rest
from explorer.ui.window.assembly import main_window

TEXTS = (QAbstractButton, QAbstractItemView, QComboBox, QLabel, QLineEdit, QPlainTextEdit, QTabBar)


def made():
    window = main_window(lambda command: None, lambda: [], lambda: None)
    window.files.open_example("tutorial-cnn")
    window.resize(1440, 900)
    window.show()
    rest(60)
    return window


def end(window):
    window.store.mark_saved(window.store.document)
    window.theme.enlarge(False)
    window.close()
    window.deleteLater()


@pytest.fixture
def window(qtbot):
    """The window without an engine."""
    window = made()
    yield window
    window.settings.clear()
    end(window)


def ask(window, name):
    action = window.findChild(QAction, name)
    action.trigger()
    rest(60)
    return action


def sizes(window):
    """Of all text, by widget."""
    window.grab()
    shown = [w for kind in TEXTS for w in window.findChildren(kind)]
    return {id(w): (w, w.fontInfo().pointSizeF()) for w in shown}


def test_larger_text_reaches_every_widget_and_goes_again(window):
    for name in ("sourcePanel", "runsPanel", "curvesPanel"):
        window.docks.show(name)
        rest(10)
    window.selection.set(("conv1",))
    before = sizes(window)
    zoom = window.canvas.camera.zoom
    action = ask(window, "largerTextAction")
    assert action.isChecked()
    for key, (widget, size) in sizes(window).items():
        if key in before:
            words = f"{type(widget).__name__} {widget.objectName()}"
            assert size > 1.35 * before[key][1], words
    ask(window, "largerTextAction")
    assert not action.isChecked()
    for key, (_, size) in sizes(window).items():
        if key in before:
            assert size == pytest.approx(before[key][1], rel=0.05)
    assert window.canvas.camera.zoom == pytest.approx(zoom, rel=0.1)


def test_larger_text_enlarges_a_canvas_that_was_not_fitted(window):
    window.canvas.zoom_in()
    zoom = window.canvas.camera.zoom
    ask(window, "largerTextAction")
    assert window.canvas.camera.zoom > 1.3 * zoom


def test_larger_text_is_remembered(qtbot):
    usual = QApplication.font().pointSizeF()
    window = made()
    ask(window, "largerTextAction")
    end(window)
    again = made()
    assert again.theme.larger
    assert QApplication.font().pointSizeF() == pytest.approx(1.5 * usual)
    assert again.findChild(QAction, "largerTextAction").isChecked()
    again.settings.clear()
    end(again)
    assert QApplication.font().pointSizeF() == pytest.approx(usual)


def test_larger_text_fits_into_a_small_window(window):
    window.resize(1024, 768)
    rest(30)
    ask(window, "largerTextAction")
    assert (window.width(), window.height()) == (1024, 768)


def test_full_screen_and_back(window):
    action = ask(window, "fullScreenAction")
    assert window.isFullScreen()
    assert action.isChecked()
    ask(window, "fullScreenAction")
    assert not window.isFullScreen()
    assert not action.isChecked()
    assert action.shortcut().toString() == "F11"


def test_what_has_the_keys_fills_the_window(window):
    window.activateWindow()
    for widget, name in (
        (window.canvas, "canvas"),
        (window.palette_list.search, "palette"),
        (window.docks.tabs.strip.panels, "curvesPanel"),
        (window.panels["tryPanel"].draw_button, "tryPanel"),
    ):
        widget.setFocus()
        action = ask(window, "maximiseAction")
        assert window.docks.maximised == name
        assert action.isChecked()
        assert window.canvas.isVisible() == (name == "canvas")
        ask(window, "maximiseAction")
        assert not window.docks.maximised
        assert not action.isChecked()
        assert window.canvas.isVisible()
