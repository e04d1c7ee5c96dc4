"""The tutorial CNN from an empty canvas with key events alone."""

from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QListWidget

from explorer.graph.document import Wire
from explorer.plan.documents import examples, read
from explorer.plan.plan import plan
from explorer.ui.tour.guide import rest

CONTROL = Qt.KeyboardModifier.ControlModifier
Key = Qt.Key
TYPED = (
    "Input",
    "Conv2d",
    "ReLU",
    "MaxPool2d",
    "Conv2d",
    "ReLU",
    "MaxPool2d",
    "Flatten",
    "Linear",
    "ReLU",
    "Linear",
    "Output",
)
PARAMETERS = (
    ("conv1", {"padding": "1"}),
    ("conv2", {"out_channels": "64", "padding": "1"}),
    ("fc2", {"out_features": "10"}),
)


class Keys:
    """Ten fingers: every key goes to the widget that has the focus."""

    def __init__(self, guide):
        self.guide, self.count = guide, 0

    def press(self, key, modifiers=Qt.KeyboardModifier.NoModifier):
        self.count += 1
        QTest.keyClick(self.focus(), key, modifiers)
        rest(1)

    def ask(self, name):
        """Press the keys of an action."""
        window = self.guide.window
        action = window.actions_by_name[name]
        bound = not action.shortcut().isEmpty()
        chord = (action.shortcut() if bound else window.last_keys.of(action))[0]
        self.press(chord.key(), chord.keyboardModifiers())

    def type(self, text):
        for letter in text:
            self.count += 1
            QTest.keyClick(self.focus(), letter)

    def focus(self):
        return QApplication.focusWidget() or self.guide.window

    def has(self, name):
        return self.focus().objectName() == name

    def add(self, title):
        self.type(title)
        self.press(Key.Key_Return)

    def walk_to(self, name):
        """Arrow keys until the block is selected."""
        names = list(self.guide.store.document.nodes)
        here = self.guide.window.selection.one
        key = Key.Key_Left if names.index(name) < names.index(here) else Key.Key_Right
        for _ in names:
            if self.guide.window.selection.one != name:
                self.press(key)
        assert self.guide.window.selection.one == name

    def set(self, name, value):
        """Tab until the parameter has the focus, then type."""
        for _ in range(12):
            if not self.has(f"param_{name}"):
                self.press(Key.Key_Tab)
        assert self.has(f"param_{name}")
        self.type(value)
        self.press(Key.Key_Return)


def test_keys_alone_build_the_tutorial_cnn(guide):
    keys, store = Keys(guide), guide.store
    guide.window.activateWindow()
    guide.wait("the window is active", lambda: QApplication.focusWidget() is not None, 5)
    keys.ask("newAction")
    assert not store.document.nodes
    keys.ask("findBlockAction")
    assert keys.has("paletteSearch")
    for title in TYPED:
        keys.add(title)
    names = list(store.document.nodes)
    assert len(names) == len(TYPED)
    keys.press(Key.Key_Escape)  # clears the search
    keys.press(Key.Key_Escape)
    assert keys.has("canvas")

    for name, values in PARAMETERS:
        keys.walk_to(name)
        keys.ask("parametersAction")
        for parameter, value in values.items():
            keys.set(parameter, value)
        keys.press(Key.Key_Escape)
        assert keys.has("canvas")

    for source, target in pairwise(names):
        if Wire(source, target) not in store.document.wires:  # it did not fit when it was added
            keys.walk_to(source)
            keys.press(Key.Key_Return)
            assert target in guide.window.canvas.bubble.text()
            keys.press(Key.Key_Return)
    assert store.plan.ready, store.plan.problems
    assert store.plan.weights == 421_642
    tutorial = plan(read(examples()["tutorial-cnn"]).document)
    assert [step.call for step in store.plan.steps] == [step.call for step in tutorial.steps]
    assert keys.count < 250
    before = store.document
    for _ in range(store.history.place):
        keys.press(Key.Key_Z, CONTROL)
    assert not store.document.nodes
    for _ in range(len(store.history.entries)):
        keys.press(Key.Key_Y, CONTROL)
    assert store.document is before


def test_a_problem_is_mended_with_keys(guide):
    keys, store = Keys(guide), guide.store
    guide.window.activateWindow()
    guide.wait("the window is active", lambda: QApplication.focusWidget() is not None, 5)
    keys.ask("newAction")
    keys.ask("findBlockAction")
    for title in ("Input", "Linear"):
        keys.add(title)
    keys.ask("canvasAction")
    assert keys.has("canvas")
    while store.plan.problems:
        label = next(p.fix.label for p in store.plan.problems if p.fix)
        keys.ask("fixAction")
        assert store.history.undo_label == label
    assert store.plan.ready
    assert set(store.document.nodes) == {"input", "flatten", "fc1", "fc2", "output"}


def test_the_sheet_of_keys_lists_the_ways_through_the_window(guide):
    guide.window.actions_by_name["shortcutsAction"].trigger()
    sheet = guide.find(QListWidget, "commandList")
    told = "\n".join(sheet.item(row).text() for row in range(sheet.count()))
    for words in ("Add a block", "Edit parameters    F4", "Do the fix", "To the canvas", "Connect"):
        assert words in told
    guide.window.findChild(object, "shortcutSheet").close()
