"""A key acts on what has the focus; the window's own keys come last."""

import pytest
from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QDockWidget,
    QLineEdit,
    QPushButton,
)

from explorer.ui.kit.numbers import Decimal, Whole
from explorer.ui.tour.guide import rest

CONTROL = Qt.KeyboardModifier.ControlModifier
STRONG = CONTROL | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier


@pytest.fixture
def window(guide, monkeypatch):
    """A window that counts what Space and "." ask for, and does none of it."""
    guide.window.activateWindow()
    guide.window.asked = []
    for name in ("trainAction", "stepAction"):
        action = guide.window.actions_by_name[name]
        action.triggered.disconnect()
        action.triggered.connect(lambda _=False, name=name: guide.window.asked.append(name))
    return guide.window


def press(key, modifiers=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(QApplication.focusWidget() or QApplication.activeWindow(), key, modifiers)
    rest(1)


def test_no_shortcut_of_the_window_is_a_key_that_a_widget_uses(window):
    allowed = {Qt.Key.Key_Escape, *(getattr(Qt.Key, f"Key_F{n}") for n in range(1, 25))}
    found = 0
    wide = Qt.ShortcutContext.WindowShortcut, Qt.ShortcutContext.ApplicationShortcut
    for owner in (*window.findChildren(QAction), *window.findChildren(QShortcut)):
        action = isinstance(owner, QAction)
        if (owner.shortcutContext() if action else owner.context()) not in wide:
            continue
        keys = owner.shortcuts() if action else [owner.key()]
        for sequence in keys:
            chord: QKeyCombination = sequence[0]
            found += 1
            assert chord.key() in allowed or chord.keyboardModifiers() & STRONG, owner.objectName()
    assert found > 20


# On a US keyboard the sign on the right needs Shift and the key on the left.
US_SHIFTED = dict(zip('~!@#$%^&*()_+{}|:"<>?', "`1234567890-=[]\\;',./", strict=True))


def us_press(chord: QKeyCombination) -> tuple[int, bool, Qt.KeyboardModifier]:
    """The one press that reaches a chord on a US keyboard: key, Shift, other modifiers."""
    shift = Qt.KeyboardModifier.ShiftModifier
    key, held = int(chord.key()), chord.keyboardModifiers()
    base = US_SHIFTED.get(chr(key)) if key < 128 else None
    return ord(base) if base else key, bool(base or held & shift), held & ~shift


def test_no_press_of_a_us_keyboard_reaches_two_actions_of_the_window(window):
    assert us_press(QKeySequence("Ctrl++")[0]) == us_press(QKeySequence("Ctrl+Shift+=")[0])
    reached = {}
    for action in window.actions_by_name.values():
        for sequence in action.shortcuts():
            reached.setdefault(us_press(sequence[0]), set()).add(action.objectName())
    assert len(reached) > 20
    assert [names for names in reached.values() if len(names) > 1] == []


def test_space_and_point_reach_what_has_the_focus(window, guide):
    guide.click_block("conv1")
    box = window.inspector.findChild(QCheckBox, "param_bias")
    box.setFocus()
    press(Qt.Key.Key_Space)
    assert not box.isChecked()
    assert window.asked == []
    press(Qt.Key.Key_Period)
    assert window.asked == ["stepAction"]  # a check box has no use for it


def test_every_button_in_sight_is_pressed_by_space(window):
    pressed = []
    for name in window.docks.names:
        window.docks.show(name)
        rest(20)
        for button in window.findChildren(QPushButton):
            if not (button.isVisible() and button.isEnabled()):
                continue
            button.blockSignals(True)  # it is pressed; what it does is another test's matter
            button.setFocus()
            if not button.hasFocus():
                continue
            QTest.keyPress(button, Qt.Key.Key_Space)
            pressed.append((button.objectName() or button.text(), button.isDown()))
            QTest.keyRelease(button, Qt.Key.Key_Space)
            button.blockSignals(False)
    assert pressed
    assert all(down for _, down in pressed)
    assert window.asked == []


def test_a_section_unfolds_and_the_canvas_trains(window):
    head = window.inspector.findChild(QAbstractButton, "section_augmentation")
    unfolded = window.inspector.document_page.sections["Augmentation"][1]
    assert not unfolded.isVisible()
    head.setFocus()
    press(Qt.Key.Key_Space)
    assert unfolded.isVisible()
    assert window.asked == []
    window.canvas.setFocus()
    press(Qt.Key.Key_Period)
    assert window.asked == ["stepAction"]


def test_a_dock_that_floats_passes_them_on(window):
    dock = window.findChild(QDockWidget, "inspectorDock")
    dock.setFloating(True)
    dock.widget().setFocus()
    QTest.keyClick(dock.widget(), Qt.Key.Key_Period)
    assert window.asked == ["stepAction"]
    dock.setFloating(False)


def test_every_number_field_refuses_in_words(window):
    boxes = window.findChildren(QAbstractSpinBox)
    assert len(boxes) > 10
    assert all(isinstance(box, Whole | Decimal) for box in boxes)


def test_undo_right_after_typing_is_the_documents(window, guide):
    first = window.store.document
    guide.click_block("conv1")
    box = window.inspector.findChild(QAbstractSpinBox, "param_out_channels")
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, "48")
    assert window.store.document.nodes["conv1"].block.out_channels == 48
    press(Qt.Key.Key_Z, CONTROL)
    assert window.store.document == first
    assert box.value() == 32
    press(Qt.Key.Key_Z, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    assert box.value() == 48
    press(Qt.Key.Key_Z, CONTROL)
    window.selection.set(())
    title = window.inspector.findChild(QLineEdit, "documentTitle")
    title.setFocus()
    title.selectAll()
    QTest.keyClicks(title, "Mine")
    press(Qt.Key.Key_Z, CONTROL)
    assert window.store.document == first


def test_undo_in_a_name_takes_back_the_letters_then_the_edits(window, guide):
    first = window.store.document
    guide.click_block("conv1")
    name = window.inspector.findChild(QLineEdit, "nodeName")
    name.setFocus()
    name.selectAll()
    QTest.keyClicks(name, "stem")
    press(Qt.Key.Key_Z, CONTROL)
    assert name.text() != "stem"
    name.setText("stem")
    press(Qt.Key.Key_Return)
    assert "stem" in window.store.document.nodes
    press(Qt.Key.Key_Z, CONTROL)
    assert window.store.document == first
