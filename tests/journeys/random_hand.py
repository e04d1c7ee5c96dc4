"""A hand that uses the window at random: every act is made of ordinary events."""

import random

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QDockWidget,
    QLineEdit,
    QSlider,
    QWidget,
)

from explorer.blocks.catalogue import catalogue
from explorer.ui.window.docks import ARRANGEMENTS, BOTTOM, LEFT, RIGHT

LEFT_BUTTON = Qt.MouseButton.LeftButton
KEY, CONTROL, SHIFT = Qt.Key, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
PLAIN = [
    *(KEY.Key_Tab, KEY.Key_Backtab, KEY.Key_Left, KEY.Key_Right, KEY.Key_Up, KEY.Key_Down),
    *(KEY.Key_Return, KEY.Key_Escape, KEY.Key_Delete, KEY.Key_Space, KEY.Key_Period),
    *(KEY.Key_Home, KEY.Key_End, KEY.Key_PageDown, KEY.Key_F2, KEY.Key_F4, KEY.Key_F6, KEY.Key_F7),
    *(KEY.Key_A, KEY.Key_X, KEY.Key_3, KEY.Key_Backspace),
]
WITH_CONTROL = [
    *(KEY.Key_A, KEY.Key_C, KEY.Key_X, KEY.Key_V, KEY.Key_D, KEY.Key_G, KEY.Key_E, KEY.Key_L),
    *(KEY.Key_0, KEY.Key_9, KEY.Key_Plus, KEY.Key_Minus, KEY.Key_Period, KEY.Key_F),
    *(KEY.Key_Z, KEY.Key_Z, KEY.Key_Y),
]
BUTTONS = ["trainButton", "pauseButton", "stepButton", "stopButton", "rewindButton"]
MOST_BLOCKS = 40  # more are not added: every copy of the whole doubles them


class Hand:
    """Acts by name; each does one thing that a user might do."""

    def __init__(self, window, seed):
        self.window, self.chance = window, random.Random(seed)
        own = (name for name in dir(self) if name.startswith("do_"))
        self.acts = [getattr(self, name) for name in own]
        self.weights = [OFTEN.get(act.__name__, 1) for act in self.acts]

    def act(self):
        """Something; returns what it was."""
        (act,) = self.chance.choices(self.acts, self.weights)
        act()
        return act.__name__.removeprefix("do_")

    # --- helps

    def shown(self, kind, name=""):
        """Widgets of this class that can be used now."""
        found = self.window.findChildren(kind, name) if name else self.window.findChildren(kind)
        return [each for each in found if each.isVisible() and each.isEnabled()]

    def click(self, name):
        for button in self.shown(QAbstractButton, name)[:1]:
            QTest.mouseClick(button, LEFT_BUTTON)

    def place(self, widget):
        """Somewhere in it."""
        wide, high = max(widget.width(), 1), max(widget.height(), 1)
        return QPoint(self.chance.randrange(wide), self.chance.randrange(high))

    def key(self, key, modifiers=Qt.KeyboardModifier.NoModifier):
        target = QApplication.focusWidget() or self.window
        QTest.keyClick(target, key, modifiers)

    # --- the pad

    def do_stroke(self):
        for pad in self.shown(QWidget, "digitPad"):
            place = self.place(pad)
            QTest.mousePress(pad, LEFT_BUTTON, pos=place)
            for _ in range(self.chance.randint(0, 6)):
                place = self.place(pad)
                QTest.mouseMove(pad, place)
            QTest.mouseRelease(pad, LEFT_BUTTON, pos=place)

    def do_pad_button(self):
        names = ["digitPadClear", "digitPadUndo", "tryDraw", "tryTestSample"]
        self.click(self.chance.choice(names))

    def do_sample(self):
        for box in self.shown(QAbstractSpinBox, "sampleIndex"):
            box.setFocus()
            QTest.keyClick(box, self.chance.choice([KEY.Key_Up, KEY.Key_Down, KEY.Key_PageUp]))

    # --- document, dataset, run

    def choose(self, name):
        for box in self.shown(QComboBox, name):
            box.setFocus()
            for _ in range(self.chance.randint(1, 3)):
                QTest.keyClick(box, self.chance.choice([KEY.Key_Up, KEY.Key_Down]))

    def do_dataset(self):
        self.choose("datasetChooser")

    def do_example(self):
        self.choose("exampleChooser")

    def do_run(self):
        self.click(self.chance.choice(BUTTONS))

    def do_rate(self):
        for slider in self.shown(QSlider, "rateSlider"):
            QTest.mouseClick(slider, LEFT_BUTTON, pos=self.place(slider))

    def do_undo(self):
        names = ["undoAction", "undoAction", "undoAction", "redoAction"]
        self.window.actions_by_name[self.chance.choice(names)].trigger()

    # --- wheel and keys

    def do_wheel(self):
        window = self.window
        spot = self.place(window)
        target = window.childAt(spot) or window
        place = QPointF(target.mapFrom(window, spot))
        turn = QPoint(0, self.chance.choice([-120, 120, 240]))
        event = QWheelEvent(
            place,
            target.mapToGlobal(place),
            QPoint(),
            turn,
            Qt.MouseButton.NoButton,
            self.chance.choice([Qt.KeyboardModifier.NoModifier, CONTROL]),
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(target, event)

    def do_key(self):
        self.key(self.chance.choice(PLAIN))

    def do_control_key(self):
        if self.few_blocks():
            self.key(self.chance.choice(WITH_CONTROL), CONTROL)
        else:
            self.window.actions_by_name["undoAction"].trigger()

    def do_escape(self):
        self.key(KEY.Key_Escape)

    # --- canvas

    def few_blocks(self):
        return len(self.window.store.document.nodes) <= MOST_BLOCKS

    def spot(self):
        """A place of the canvas; mostly on a block."""
        view, names = self.window.canvas, [*self.window.canvas.canvas.nodes]
        if names and self.chance.random() < 0.8:
            spot = view.node_position(self.chance.choice(names)) + QPoint(0, 6)
            if view.viewport().rect().contains(spot):
                return spot
        return self.place(view.viewport())

    def do_click_canvas(self):
        held = self.chance.choice([Qt.KeyboardModifier.NoModifier] * 3 + [SHIFT, CONTROL])
        if self.window.canvas.isVisible():
            QTest.mouseClick(self.window.canvas.viewport(), LEFT_BUTTON, held, self.spot())

    def do_drag_canvas(self):
        viewport = self.window.canvas.viewport()
        if not viewport.isVisible():
            return
        start, end = self.spot(), self.place(viewport)
        QTest.mousePress(viewport, LEFT_BUTTON, pos=start)
        for place in (start + QPoint(15, 3), (start + end) / 2, end):
            QTest.mouseMove(viewport, place)
        QTest.mouseRelease(viewport, LEFT_BUTTON, pos=end)

    def do_select(self):
        names = [*self.window.store.document.nodes]
        self.window.selection.set(self.chance.sample(names, min(len(names), 2)))

    def do_add_block(self):
        if self.few_blocks():
            self.window.canvas.insert(self.chance.choice([*catalogue()]))

    def do_fix(self):
        self.window.actions_by_name["fixAction"].trigger()

    # --- inspector and panels

    def do_inspector(self):
        inspector = self.window.inspector
        kinds = (QLineEdit, QComboBox, QCheckBox)
        fields = [each for kind in kinds for each in inspector.findChildren(kind)]
        fields = [each for each in fields if each.isVisible() and each.isEnabled()]
        if fields:
            self.edit(self.chance.choice(fields))

    def edit(self, field):
        field.setFocus()
        if isinstance(field, QLineEdit):
            text = self.chance.choice(["1", "2", "3", "7", "16", "0", "-5", "3.7", "abc", "fc1"])
            QTest.keyClick(field, KEY.Key_A, CONTROL)
            QTest.keyClicks(field, text)
            QTest.keyClick(field, self.chance.choice([KEY.Key_Return, KEY.Key_Tab, KEY.Key_Escape]))
        elif isinstance(field, QComboBox):
            QTest.keyClick(field, self.chance.choice([KEY.Key_Up, KEY.Key_Down]))
        else:
            QTest.keyClick(field, KEY.Key_Space)

    def do_panel(self):
        name = self.chance.choice(self.window.docks.names)
        change = self.chance.choice(["show", "show", "show", "toggle", "detach", "maximise"])
        docks = self.window.docks
        {
            "show": docks.show,
            "toggle": docks.toggle,
            "detach": docks.detach,
            "maximise": docks.toggle_maximised,
        }[change](name)

    def do_dock(self):
        """Floated, at another side, on top of another, hidden or shown."""
        window = self.window
        own = [each for each in window.findChildren(QDockWidget) if each.widget() is not None]
        dock, other = self.chance.choice(own), self.chance.choice(own)
        change = self.chance.randrange(4)
        if change == 0:
            dock.setFloating(not dock.isFloating())
        elif change == 1:
            window.addDockWidget(self.chance.choice([LEFT, RIGHT, BOTTOM]), dock)
        elif change == 2 and dock is not other:
            window.tabifyDockWidget(dock, other)
        else:
            dock.setVisible(not dock.isVisible())

    def do_arrange(self):
        self.window.arrange(self.chance.choice([*ARRANGEMENTS]))

    def do_click_panel(self):
        """Anywhere in a panel but on its buttons: these are other acts."""
        panel = self.chance.choice([*self.window.panels.values()])
        if panel.isVisible():
            spot = self.place(panel)
            target = panel.childAt(spot) or panel
            if not isinstance(target, QAbstractButton):
                QTest.mouseClick(target, LEFT_BUTTON, pos=target.mapFrom(panel, spot))

    def do_theme(self):
        self.window.use_theme(self.chance.choice(["light", "dark"]))

    def do_resize(self):
        sizes = [(1024, 768), (1440, 900), (1200, 700), (1600, 1000)]
        self.window.resize(*self.chance.choice(sizes))


OFTEN = {
    "do_stroke": 6,
    "do_pad_button": 5,
    "do_sample": 4,
    "do_wheel": 6,
    "do_key": 8,
    "do_control_key": 5,
    "do_click_canvas": 5,
    "do_drag_canvas": 3,
    "do_undo": 6,
    "do_run": 5,
    "do_inspector": 5,
    "do_panel": 4,
    "do_dock": 2,
    "do_dataset": 2,
    "do_click_panel": 3,
    "do_select": 3,
    "do_fix": 2,
}
