"""A canvas on a small network, and a hand that uses it as a person would."""

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from explorer.blocks.catalogue import catalogue
from explorer.graph.document import Document
from explorer.graph.edits import chain, move
from explorer.ui.canvas.additions import BLOCK_MIME
from explorer.ui.canvas.view import CanvasView
from explorer.ui.kit.theme import DARK, LIGHT, Theme
from explorer.ui.session.store import Selection, Store


def row(*kinds):
    """Blocks in a row, each wired to the one before, with room between them."""
    blocks = [(None, catalogue()[kind]()) for kind in kinds]
    document = chain(Document(), blocks)
    places = {name: (216.0 * i, 0.0) for i, name in enumerate(document.nodes)}
    return move(document, places)


def in_colours(theme, dark):
    """Another scheme for what is painted by hand; the application keeps its style."""
    theme.dark, theme.colours = dark, DARK if dark else LIGHT
    theme.changed.emit()


class Hand:
    """Real mouse and key events at the canvas."""

    def __init__(self, view):
        self.view = view

    def press(self, at, modifiers=Qt.KeyboardModifier.NoModifier):
        QTest.mousePress(self.view.viewport(), Qt.MouseButton.LeftButton, modifiers, at)

    def go(self, *places):
        for place in places:
            QTest.mouseMove(self.view.viewport(), place)

    def release(self, at, modifiers=Qt.KeyboardModifier.NoModifier):
        QTest.mouseRelease(self.view.viewport(), Qt.MouseButton.LeftButton, modifiers, at)

    def drag(self, start, end, modifiers=Qt.KeyboardModifier.NoModifier):
        self.press(start, modifiers)
        self.go(start + QPoint(15, 3), (start + end) / 2, end)
        self.release(end, modifiers)

    def click(self, at, modifiers=Qt.KeyboardModifier.NoModifier):
        QTest.mouseClick(self.view.viewport(), Qt.MouseButton.LeftButton, modifiers, at)

    def key(self, key, modifiers=Qt.KeyboardModifier.NoModifier):
        QTest.keyClick(self.view, key, modifiers)

    def control(self, key):
        self.key(key, Qt.KeyboardModifier.ControlModifier)

    def type(self, text):
        field = self.view.findChild(object, "renameField")
        QTest.keyClicks(field, text)
        QTest.keyClick(field, Qt.Key.Key_Return)

    def hover_block(self, kind, at):
        """Bring a block in from the palette and hold it here."""
        self.data = QMimeData()
        self.data.setData(BLOCK_MIME, kind.encode())
        self._send(QDragEnterEvent, at)
        self._send(QDragMoveEvent, at)

    def drop_block(self, kind, at):
        """As the palette does."""
        self.hover_block(kind, at)
        event = QDropEvent(QPointF(at), *self._rest())
        QApplication.sendEvent(self.view.viewport(), event)

    def _send(self, event_class, at):
        event = event_class(at, *self._rest())
        QApplication.sendEvent(self.view.viewport(), event)
        assert event.isAccepted()

    def _rest(self):
        return (
            Qt.DropAction.CopyAction,
            self.data,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )


@pytest.fixture
def store():
    return Store()


@pytest.fixture
def selection():
    return Selection()


@pytest.fixture
def view(qtbot, store, selection):
    view = CanvasView(store, selection, Theme())
    qtbot.addWidget(view)
    view.resize(1000, 640)
    with qtbot.waitExposed(view):
        view.show()
    return view


@pytest.fixture
def hand(view):
    return Hand(view)


@pytest.fixture
def cnn(store):
    """input -> conv1 -> relu -> flatten -> fc1 -> output in a row."""
    store.open(row("input", "conv2d", "relu", "flatten", "linear", "output"))
    return store
