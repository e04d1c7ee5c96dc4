"""The wheel changes no value of the window unless its field has the focus: a law over all widgets,
dialogs, editors of tables and widgets of Qt's own among them.
"""

import pyqtgraph as pg
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDateTimeEdit,
    QDial,
    QFileDialog,
    QScrollArea,
    QScrollBar,
    QSlider,
    QSpinBox,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from explorer.protocol.events import Device, Devices, Ready
from explorer.records.folder import VARIABLE
from explorer.ui.dialogs.custom_dialog import TrustDialog
from explorer.ui.dialogs.device_button import DeviceChooser
from explorer.ui.kit.theme import Theme
from explorer.ui.window.assembly import main_window
from explorer.ui.window.command_palette import CommandPalette
from explorer.ui.window.destinations import commands

NOTCH = 120
MODIFIERS = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier)


def turn(widget, notches, modifier=Qt.KeyboardModifier.NoModifier):
    """The wheel over the middle of a widget, as the system tells of it."""
    place = QPointF(widget.rect().center())
    event = QWheelEvent(
        place,
        widget.mapToGlobal(place),
        QPoint(),
        QPoint(0, NOTCH * notches),
        Qt.MouseButton.NoButton,
        modifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def really_turn(window, field, notches):
    """The wheel over the middle of a field, through the window."""
    place = QPointF(field.mapTo(window, field.rect().center()))
    QTest.wheelEvent(window.windowHandle(), place, QPoint(0, NOTCH * notches))


def value_of(widget):
    """What a widget holds for the user: Qt declares it. How far something is scrolled is none."""
    if isinstance(widget, QScrollBar):
        return None
    if isinstance(widget, QTabWidget):
        return widget.currentIndex()
    declared = widget.metaObject().userProperty()
    held = [declared.read(widget)] if declared.isValid() else []
    return (*held, widget.property("currentIndex"), widget.property("value"))


def all_widgets(top):
    return [top, *top.findChildren(QWidget)]


def assert_the_wheel_changes_nothing(top, what=lambda: None):
    """Over each widget of a window, both ways, whatever it holds."""
    before, held = what(), {widget: value_of(widget) for widget in all_widgets(top)}
    for widget in held:
        if not widget.hasFocus():
            for notches in (1, -1, -1):
                for modifier in MODIFIERS:
                    turn(widget, notches, modifier)
            assert value_of(widget) == held[widget], f"{type(widget)} {widget.objectName()!r}"
    changed = [widget.objectName() for widget, was in held.items() if value_of(widget) != was]
    assert changed == []
    assert what() == before


@pytest.fixture
def window(qtbot, tmp_path, monkeypatch):
    """The real window; the test is the engine."""
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    sent = []
    window = main_window(sent.append, list, lambda: None)
    window.resize(1440, 900)
    window.files.open_example("mlp")
    window.show()
    window.pump.hand(Ready(0, "cpu", "CPU", "2"))
    qtbot.waitUntil(lambda: bool(sent))
    window.sent = sent
    yield window
    window.store.mark_saved(window.store.document)
    window.close()
    window.deleteLater()


@pytest.mark.parametrize("node", ["", "dropout1", "fc1", "input"])
def test_no_value_of_the_window_changes_by_the_wheel(window, qtbot, node):
    if node:
        assert node in window.store.document.nodes, list(window.store.document.nodes)
        window.selection.set((node,))
    window.canvas.setFocus()
    window.recording.deliver()
    assert_the_wheel_changes_nothing(
        window, lambda: (window.store.document, window.files.example, len(window.sent))
    )


@pytest.mark.parametrize("name", ["exampleChooser", "datasetChooser", "rateSlider"])
def test_with_the_focus_it_still_does(window, name):
    field = window.findChild(QWidget, name)
    field.setFocus()
    before = value_of(field)
    turn(field, -1)
    turn(field, 1)
    turn(field, 1)
    turn(field, -1)
    turn(field, -1)
    assert value_of(field) != before


def test_the_wheel_gives_a_field_no_focus(window):
    """What turned it once would turn it at the next notch."""
    field = window.findChild(QComboBox, "exampleChooser")
    window.canvas.setFocus()
    for _ in range(3):
        really_turn(window, field, -1)
    assert window.canvas.hasFocus()
    assert field.currentData() == "mlp"


def test_over_a_field_the_area_around_it_scrolls(window):
    inspector = window.inspector
    window.resize(1100, 500)
    QApplication.processEvents()
    window.canvas.setFocus()
    bar = inspector.verticalScrollBar()
    assert bar.maximum() > 0
    for name in ("param_optimiser", "param_rate", "param_batch"):
        field = inspector.findChild(QWidget, name)
        inspector.ensureWidgetVisible(field)
        before = bar.value()
        really_turn(window, field, -1)
        assert bar.value() > before, name


# --- other windows


def shown(qtbot, widget):
    Theme().choose("light")
    qtbot.addWidget(widget)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def test_nor_in_dialogs(window, qtbot):
    devices = Devices(0, (Device("cpu", "CPU"), Device("cuda:0", "GPU")), "cpu")
    chooser = DeviceChooser(devices, lambda device: None, window)
    chooser.setWindowFlags(Qt.WindowType.Dialog)  # a popup would grab keys that nobody has here
    for dialog in (
        chooser,
        TrustDialog(window, "block.py", "ab" * 32, "class Block: ...\n" * 99),
        CommandPalette(window, commands(window.deeds), all_entries=True),
    ):
        assert_the_wheel_changes_nothing(shown(qtbot, dialog))
    files = QFileDialog(window, "Open", "", "Documents (*.json);;All files (*)")
    files.setOption(QFileDialog.Option.DontUseNativeDialog)
    assert_the_wheel_changes_nothing(shown(qtbot, files))


def test_nor_in_widgets_that_nobody_has_thought_of(qtbot):
    page = QWidget()
    column = QVBoxLayout(page)
    slider = QSlider()
    slider.setValue(50)
    colours = pg.SpinBox(value=3.0)
    for field in (QSpinBox(), colours, QComboBox(), slider, QDial(), QDateTimeEdit()):
        if isinstance(field, QComboBox):
            field.addItems("abc")
        column.addWidget(field)
    tabs = QTabWidget()
    tabs.addTab(QWidget(), "one")
    tabs.addTab(QWidget(), "two")
    column.addWidget(tabs)
    line = QScrollArea()
    column.addWidget(line)
    shown(qtbot, page)
    line.setFocus()
    assert_the_wheel_changes_nothing(page)


def test_nor_in_an_editor_of_a_table(qtbot):
    table = QTableWidget(1, 1)
    shown(qtbot, table)
    table.setItem(0, 0, QTableWidgetItem())
    table.item(0, 0).setData(Qt.ItemDataRole.EditRole, 7)
    index = table.model().index(0, 0)
    editor = QStyledItemDelegate(table).createEditor(
        table.viewport(), QStyleOptionViewItem(), index
    )
    assert isinstance(editor, QSpinBox)
    editor.setValue(7)
    editor.show()
    table.setFocus()
    assert_the_wheel_changes_nothing(editor)
    assert editor.value() == 7
