"""The docks around the canvas and their three arrangements."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Literal

from PySide6.QtCore import QByteArray, QSettings, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabBar, QWidget

from explorer.ui.named import named

Arrangement = Literal["build", "train", "look"]
ARRANGEMENTS: Mapping[Arrangement, str] = {
    "build": "Build",
    "train": "Train",
    "look": "Look inside",
}
LAYOUT_VERSION = 1
LEFT, RIGHT, BOTTOM = (
    Qt.DockWidgetArea.LeftDockWidgetArea,
    Qt.DockWidgetArea.RightDockWidgetArea,
    Qt.DockWidgetArea.BottomDockWidgetArea,
)

NARROWEST = {LEFT: 190, RIGHT: 280, BOTTOM: 480}  # pixels, below which forms are cut off


class Docks:
    """Makes docks, arranges them, remembers where the user has put them."""

    def __init__(self, window: QMainWindow, settings: QSettings) -> None:
        self._window = window
        self._settings = settings
        self.all: dict[str, QDockWidget] = {}
        window.setDockNestingEnabled(True)
        window.setCorner(Qt.Corner.BottomLeftCorner, LEFT)
        window.setCorner(Qt.Corner.BottomRightCorner, RIGHT)
        window.setTabPosition(BOTTOM, window.tabPosition(BOTTOM).North)

    def add(self, widget: QWidget, title: str, area: Qt.DockWidgetArea) -> QDockWidget:
        """Put a widget into a dock; docks of the bottom area become tabs."""
        dock = named(QDockWidget(title, self._window), f"{widget.objectName()}Dock")
        dock.setWidget(widget)
        widget.setMinimumWidth(max(widget.minimumWidth(), NARROWEST.get(area, 0)))
        self._window.addDockWidget(area, dock)
        earlier = [d for d in self.all.values() if self._window.dockWidgetArea(d) == area]
        if area == BOTTOM and earlier:
            self._window.tabifyDockWidget(earlier[-1], dock)
        self.all[widget.objectName()] = dock
        return dock

    def show(self, name: str) -> None:
        """Bring a dock to the front."""
        self.all[name].show()
        self.all[name].raise_()

    def arrange(self, arrangement: Arrangement) -> None:
        """One of the three arrangements: every dock in its first place, sizes for the purpose."""
        window = self._window
        for dock in self.all.values():
            dock.setFloating(False)
            dock.show()
        left, inspector, pad = self.all["palette"], self.all["inspector"], self.all["tryPanel"]
        front = {"build": "problemsPanel", "train": "curvesPanel", "look": "featureMapsPanel"}
        bottom = self.all[front[arrangement]]
        left.setVisible(arrangement == "build" or window.width() >= 1200)
        height = window.height()
        share = {"build": 0.2, "train": 0.3, "look": 0.45}[arrangement]
        wide = min(max(round(window.width() * 0.22), 270), 360)
        window.resizeDocks([left, inspector], [min(252, wide), wide], Qt.Orientation.Horizontal)
        window.resizeDocks([bottom], [round(height * share)], Qt.Orientation.Vertical)
        upper = 0.55 if arrangement == "build" else 0.35
        window.resizeDocks(
            [inspector, pad],
            [round(height * upper), round(height * (1 - upper))],
            Qt.Orientation.Vertical,
        )
        bottom.raise_()
        self._unfold_tabs()

    def _unfold_tabs(self) -> None:
        """Whole titles and scroll buttons, rather than titles cut to two letters."""
        for bar in self._window.findChildren(QTabBar):
            bar.setElideMode(Qt.TextElideMode.ElideNone)
            bar.setUsesScrollButtons(True)

    def remember(self) -> None:
        """Keep window and docks as they are."""
        geometry, docks = self._window.saveGeometry(), self._window.saveState(LAYOUT_VERSION)
        self._settings.setValue("geometry", geometry)
        self._settings.setValue("docks", docks)
        self._settings.setValue("docks_sha256", _seal(geometry, docks))
        self._settings.setValue("front", self._front())

    def restore(self) -> bool:
        """As they were at the end of the last session; False where nothing is known."""
        geometry, docks = self._settings.value("geometry"), self._settings.value("docks")
        if not isinstance(geometry, QByteArray) or not isinstance(docks, QByteArray):
            return False
        if self._settings.value("docks_sha256") != _seal(geometry, docks):
            return False  # Qt reads past the end of a damaged state, which can end the program
        if QGuiApplication.platformName() != "offscreen":  # whose screen is small by nature
            self._window.restoreGeometry(geometry)
        known = self._window.restoreState(docks, LAYOUT_VERSION)
        self._unfold_tabs()
        front = self.all.get(str(self._settings.value("front", "")))
        if front is not None:  # which tab is in front is not part of Qt's state
            QTimer.singleShot(0, front, front.raise_)
        return known

    def _front(self) -> str:
        """The bottom dock that can be seen."""
        return next(
            (
                name
                for name, dock in self.all.items()
                if self._window.dockWidgetArea(dock) == BOTTOM
                and not dock.visibleRegion().isEmpty()
            ),
            "",
        )


def _seal(geometry: QByteArray, docks: QByteArray) -> str:
    return sha256(bytes(geometry.data()) + bytes(docks.data())).hexdigest()
