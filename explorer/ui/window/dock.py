"""One dock with a quiet title bar: its name, and buttons to maximise, detach and close it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QDockWidget, QHBoxLayout, QLabel, QToolButton, QWidget

from explorer.ui.kit.guard import guarded
from explorer.ui.kit.icons import icon
from explorer.ui.kit.named import named

BUTTON = QSize(14, 14)  # of the icon


class TitleButton(QToolButton):
    """A small button with a drawn icon in the colour of the text around it."""

    def __init__(self, picture: str, name: str, words: str, act: Callable[[], object]) -> None:
        super().__init__()
        named(self, name, words, words)
        self._picture = picture
        self.setAutoRaise(True)
        self.setIconSize(BUTTON)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clicked.connect(lambda checked=False: act())
        self._draw()

    def show_picture(self, picture: str, words: str) -> None:
        """Another icon, as the button does something else now."""
        self._picture = picture
        self.setAccessibleName(words)
        self.setToolTip(words)
        self._draw()

    def _draw(self) -> None:
        palette = self.palette()
        colour, faint = palette.windowText().color(), palette.mid().color()
        self.setIcon(icon(self._picture, colour.name(), faint.name()))

    @guarded
    def changeEvent(self, event: QEvent) -> None:
        """Another scheme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw()


class TitleBar(QWidget):
    """What stands above a dock that is no tab. A double click maximises it, as on a tab."""

    def __init__(self, dock: Dock) -> None:
        super().__init__()
        self._dock = dock
        self.title = QLabel(dock.windowTitle())
        self.title.setProperty("role", "heading")
        name = dock.objectName()
        self.maximise = TitleButton("maximise", f"{name}Maximise", "Maximise", dock.maximise)
        self.detach = TitleButton("detach", f"{name}Float", "To a window of its own", dock.float)
        self.close_button = TitleButton("close", f"{name}Close", "Close", dock.close)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 3, 4, 1)
        row.setSpacing(1)
        row.addWidget(self.title, 1)
        for button in (self.maximise, self.detach, self.close_button):
            row.addWidget(button)
        dock.windowTitleChanged.connect(self.title.setText)

    @guarded
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Maximise the dock, or have it as before."""
        self._dock.maximise()
        event.accept()


class Dock(QDockWidget):
    """A dock that tells when its user closes it, and asks to be maximised."""

    closed = Signal(str)  # objectName of what is in it
    maximise_asked = Signal(str)

    def __init__(self, title: str, name: str, parent: QWidget) -> None:
        super().__init__(title, parent)
        self._window = parent
        self.content = name  # objectName of the widget that it holds
        self.setObjectName(f"{name}Dock")
        self.bar = TitleBar(self)
        self.setTitleBarWidget(self.bar)

    def maximise(self) -> None:
        """Ask for it: the window knows how."""
        self.maximise_asked.emit(self.content)

    def float(self) -> None:
        """To a window of its own, or back."""
        self.setFloating(not self.isFloating())

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A key that nothing in it had a use for is the main window's, floating or not."""
        super().keyPressEvent(event)
        if self.isFloating() and not event.isAccepted():
            QApplication.sendEvent(self._window, event)

    @guarded
    def closeEvent(self, event: QCloseEvent) -> None:
        """Closed by its user, not by the window."""
        super().closeEvent(event)
        self.closed.emit(self.content)
