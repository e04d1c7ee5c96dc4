"""Works the real window from outside, as a user's hands and eyes would: for the tour and tests."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QByteArray, QEventLoop, QMimeData, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QWidget

from explorer.protocol.events import Attention, Event, Exported, Hidden
from explorer.ui.canvas.additions import BLOCK_MIME
from explorer.ui.kit.picture_file import write_png
from explorer.ui.session.store import Store
from explorer.ui.window.window import MainWindow

W = TypeVar("W", bound=QWidget)


def rest(milliseconds: int) -> None:
    """Let the window and all threads live so long. (QTest.qWait keeps Python's lock all the while:
    the engine beside it goes at a tenth of its speed.)
    """
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


class TourFault(AssertionError):
    """A step did not show what it should."""


class Guide:
    """Hands and eyes: finds widgets by name, sends ordinary events, waits, takes pictures."""

    def __init__(self, window: MainWindow, folder: Path) -> None:
        self.window = window
        self.folder = folder
        self.count = 0
        self.exports: list[Exported] = []
        self.shown_steps: dict[str, int] = {}  # of the latest look inside each node
        window.exporter.done.connect(self.exports.append)
        for kind in (Hidden, Attention):
            window.pump.connect_to(kind, self._look)

    def _look(self, event: Event) -> None:
        if isinstance(event, Hidden | Attention):
            self.shown_steps[event.node] = event.step

    @property
    def store(self) -> Store:
        """The window's document."""
        return self.window.store

    def find(self, kind: type[W], name: str) -> W:
        """The widget of this objectName."""
        found = self.window.findChild(kind, name)
        if found is None:
            raise TourFault(f"there is no {kind.__name__} named {name}")
        return found

    def wait(self, what: str, until: Callable[[], bool], seconds: float = 60.0) -> None:
        """Let the window live until something is so; raises TourFault when it never is."""
        end = time.monotonic() + seconds
        while not until():
            if time.monotonic() > end:
                raise TourFault(f"{what}: not within {seconds:.0f} s")
            rest(15)

    def expect(self, what: str, so: bool) -> None:
        """Raise TourFault unless it is so."""
        if not so:
            raise TourFault(what)

    def picture(self, name: str) -> None:
        """A numbered PNG of the window."""
        self.picture_of(self.window, name)

    def picture_of(self, widget: QWidget, name: str) -> None:
        """A numbered PNG of a dialog."""
        rest(250)
        self.count += 1
        write_png(self.folder / f"{self.count:02d}-{name}.png", widget.grab().toImage())

    def press(self, name: str) -> None:
        """Click a button of the toolbar."""
        button = self.find(QAbstractButton, name)
        self.expect(f"{name} is disabled: {button.toolTip()}", button.isEnabled())
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def choose(self, name: str, value: str) -> None:
        """Choose an entry of a chooser by its id, as the keyboard would."""
        box = self.find(QComboBox, name)
        row = box.findData(value)
        self.expect(f"{name} has no entry {value}", row >= 0)
        box.setCurrentIndex(row)
        box.activated.emit(row)

    def click_block(self, name: str) -> None:
        """Click a block on the canvas."""
        view = self.window.canvas
        view.reveal((name,))
        spot = view.node_position(name) + QPoint(0, 6)
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=spot)
        self.wait(f"{name} is selected", lambda: self.window.selection.one == name, 5)

    def draw(self, path: tuple[tuple[float, float], ...]) -> None:
        """Draw a stroke on the digit pad; places are shares of its side."""
        pad = self.find(QWidget, "digitPad")
        points = [QPoint(round(x * pad.width()), round(y * pad.height())) for x, y in path]
        QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=points[0])
        for start, end in pairwise(points):
            for share in range(1, 9):
                QTest.mouseMove(pad, start + (end - start) * (share / 8))
                rest(6)
        QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=points[-1])

    def drop(self, kind: str, spot: QPoint) -> None:
        """Drop a block of the palette at a place of the canvas."""
        mime = QMimeData()
        mime.setData(BLOCK_MIME, QByteArray(kind.encode()))
        viewport = self.window.canvas.viewport()
        copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
        bare = Qt.KeyboardModifier.NoModifier
        QApplication.sendEvent(viewport, QDragEnterEvent(spot, copy, mime, left, bare))
        QApplication.sendEvent(viewport, QDragMoveEvent(spot, copy, mime, left, bare))
        QApplication.sendEvent(viewport, QDropEvent(QPointF(spot), copy, mime, left, bare))

    def steps(self) -> int:
        """Training steps that the curves know of."""
        return len(self.window.log.training()[0])
