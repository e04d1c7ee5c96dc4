"""The docks around the canvas: tabs below, forms at the sides, and their three arrangements."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Literal

from PySide6.QtCore import QByteArray, QObject, QSettings, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMainWindow, QWidget

from explorer.ui.window.dock import Dock
from explorer.ui.window.tab_area import TabArea

Arrangement = Literal["build", "train", "look"]
ARRANGEMENTS: Mapping[Arrangement, str] = {
    "build": "Build",
    "train": "Train",
    "look": "Look inside",
}
FRONT: Mapping[Arrangement, str] = {
    "build": "problemsPanel",
    "train": "curvesPanel",
    "look": "featureMapsPanel",
}
TAB_SHARE: Mapping[Arrangement, float] = {"build": 0.2, "train": 0.3, "look": 0.45}
CANVAS = "canvas"  # what is in the middle, by its objectName
LAYOUT_VERSION = 2
LEFT, RIGHT, BOTTOM = (
    Qt.DockWidgetArea.LeftDockWidgetArea,
    Qt.DockWidgetArea.RightDockWidgetArea,
    Qt.DockWidgetArea.BottomDockWidgetArea,
)

NARROWEST = {LEFT: 190, RIGHT: 280, BOTTOM: 480}  # pixels, below which forms are cut off
USUAL_LETTERS, MOST_WIDER = 17, 1.2  # pixels a line, for which those widths hold
MOST_INSPECTOR = 0.9  # of the height, while nobody has tried the network; the pad keeps its least
SMALL = 40  # pixels above a dock's least height, up to which nobody has enlarged it
DETACHED_WIDTH = 640  # of a panel that gets a window of its own


class Docks(QObject):
    """Knows where each panel is, brings it to the front, and remembers where it was put.

    A panel is known by its objectName. Those of the bottom are tabs of one dock, `tabs`, until
    the user gives them a window of their own.
    """

    seen_changed = Signal()  # other panels can be seen now

    def __init__(self, window: QMainWindow, settings: QSettings) -> None:
        super().__init__(window)
        self._window, self._settings = window, settings
        self._own: dict[str, Dock] = {}  # docks of panels that are no tabs, closed ones too
        self._widgets: dict[str, QWidget] = {}
        self._narrowest: dict[str, int] = {}  # pixels, with letters of the usual size
        self._before: QByteArray | None = None  # the state that a maximised panel will give back
        self._maximised = ""
        self._tried, self._inspector_share = False, 0.35  # whether the pad was drawn on
        self.tabs = TabArea()
        self._tab_dock = self._dock("Panels", "tabArea", BOTTOM)
        self._tab_dock.setTitleBarWidget(QWidget())  # the tabs say all that a title would
        self._tab_dock.setWidget(self.tabs)
        self.tabs.front_changed.connect(self.seen_changed)
        self.tabs.maximise_asked.connect(self.toggle_maximised)
        self.tabs.detach_asked.connect(self.detach)
        self.tabs.close_asked.connect(self._tab_dock.close)
        window.setDockNestingEnabled(True)
        window.setCorner(Qt.Corner.BottomLeftCorner, LEFT)
        window.setCorner(Qt.Corner.BottomRightCorner, RIGHT)

    # --- building

    def add(
        self, widget: QWidget, title: str, area: Qt.DockWidgetArea, group: str = "Panels"
    ) -> None:
        """Put a widget into a dock of its own; in the bottom area it becomes a tab of its group."""
        name = widget.objectName()
        self._widgets[name] = widget
        self._narrowest[name] = max(widget.minimumWidth(), NARROWEST.get(area, 0))
        widget.setMinimumWidth(self._narrowest[name])
        if area == BOTTOM:
            self.tabs.add(widget, title, group)
        else:
            self._own[name] = self._dock(title, name, area)
            self._own[name].setWidget(widget)
        self.follow_letters()

    def follow_letters(self) -> None:
        """Forms at the right need more room for larger letters, as far as a small window has it."""
        letters = self._window.fontMetrics().height() / USUAL_LETTERS
        wider = min(max(letters, 1.0), MOST_WIDER)
        for name, dock in self._own.items():
            if self._window.dockWidgetArea(dock) == RIGHT and name in self._narrowest:
                self._widgets[name].setMinimumWidth(round(self._narrowest[name] * wider))

    def _dock(self, title: str, name: str, area: Qt.DockWidgetArea) -> Dock:
        dock = Dock(title, name, self._window)
        dock.maximise_asked.connect(self.toggle_maximised)
        dock.visibilityChanged.connect(lambda seen: self.seen_changed.emit())
        self._window.addDockWidget(area, dock)
        return dock

    # --- panels

    @property
    def names(self) -> tuple[str, ...]:
        """All panels, in the order in which they were added."""
        return tuple(self._widgets)

    def title(self, name: str) -> str:
        """What stands on the tab or above the dock."""
        return self.tabs.titles.get(name) or self._own[name].windowTitle()

    def group(self, name: str) -> str:
        """The purpose of a tab; empty for a dock at the side."""
        return self.tabs.groups.get(name, "")

    def retitle(self, name: str, title: str) -> None:
        """Another title, with a count perhaps."""
        if name in self.tabs.titles:
            self.tabs.retitle(name, title)
        if name in self._own:
            self._own[name].setWindowTitle(title)

    def is_seen(self, name: str) -> bool:
        """Whether it can be seen: open, and in front of its tabs."""
        dock = self._dock_of(name)
        here = self._own.get(name) is dock or self.tabs.front == name
        return here and dock.isVisible() and not dock.visibleRegion().isEmpty()

    def show(self, name: str) -> None:
        """Open it and bring it to the front."""
        dock = self._dock_of(name)
        alone = None if self._maximised == CANVAS else self._dock_of(self._maximised)
        if self._maximised and alone is not dock:
            self.leave_maximised()
        self.tabs.show_panel(name)
        dock.show()
        dock.raise_()

    def toggle(self, name: str) -> None:
        """What the menu does: a panel that can't be seen comes to the front, one that can goes."""
        if self.is_seen(name):
            self._dock_of(name).close()
        else:
            self.show(name)

    def _dock_of(self, name: str) -> Dock:
        return self._tab_dock if self.tabs.holds(name) else self._own.get(name, self._tab_dock)

    def detach(self, name: str) -> None:
        """A tab gets a window of its own, which can be docked at any side; closing it undoes it."""
        if not self.tabs.holds(name):
            return
        self.leave_maximised()
        dock = self._take_out(name)
        dock.setFloating(True)
        dock.resize(DETACHED_WIDTH, max(self._tab_dock.height(), 320))
        dock.show()

    def _take_out(self, name: str) -> Dock:
        widget = self.tabs.give_away(name)
        dock = self._dock(self.tabs.titles[name], name, BOTTOM)
        dock.setWidget(widget)
        widget.show()
        dock.closed.connect(self._put_back)
        self._own[name] = dock
        return dock

    def _put_back(self, name: str) -> None:
        if self._maximised == name:
            self.leave_maximised()
        dock = self._own.pop(name)
        self.tabs.take_back(self._widgets[name])
        self._window.removeDockWidget(dock)
        dock.deleteLater()

    # --- one panel alone

    @property
    def maximised(self) -> str:
        """The panel that fills the window; empty in the usual case."""
        return self._maximised

    def toggle_maximised(self, name: str) -> None:
        """Let a panel or the canvas fill the window, or have all as before."""
        if self._maximised:
            self.leave_maximised()
            return
        alone = None if name == CANVAS else self._dock_of(name)
        if alone is not None:
            self.show(name)
        self._before, self._maximised = self._window.saveState(LAYOUT_VERSION), name
        self._show_centre(alone is None)
        for dock in (self._tab_dock, *self._own.values()):
            if dock is not alone and not dock.isFloating():
                dock.hide()
        self._tell_maximised()

    def leave_maximised(self) -> None:
        """All as before, if a panel fills the window."""
        if self._before is None:
            return
        before, self._before, self._maximised = self._before, None, ""
        self._show_centre(True)
        self._window.restoreState(before, LAYOUT_VERSION)
        self._tell_maximised()

    def maximise_focused(self) -> None:
        """What has the keys fills the window, or all is as before."""
        focus = self._window.focusWidget()
        inside = (name for name, widget in self._widgets.items() if _holds(widget, focus))
        tab = self.tabs.front if _holds(self.tabs, focus) else CANVAS
        self.toggle_maximised(next(inside, tab))

    def _show_centre(self, shown: bool) -> None:
        centre = self._window.centralWidget()
        if centre is not None:
            centre.setVisible(shown)

    def _tell_maximised(self) -> None:
        picture = "restore" if self._maximised else "maximise"
        words = "Back to the size before" if self._maximised else "Maximise"
        self.tabs.strip.maximise.show_picture(picture, words)
        for dock in self._own.values():
            dock.bar.maximise.show_picture(picture, words)
        self.seen_changed.emit()

    # --- arrangements

    def arrange(self, arrangement: Arrangement) -> None:
        """One of the three arrangements: every dock in its first place, sizes for the purpose."""
        self.leave_maximised()
        for name in [each for each in self._own if each in self.tabs.titles]:
            self._put_back(name)
        for dock in (self._tab_dock, *self._own.values()):
            if dock.isFloating():
                dock.setFloating(False)
            dock.show()
        wide = self._window.width() >= 1200
        self._own["palette"].setVisible(arrangement == "build" or wide)
        self.tabs.show_panel(FRONT[arrangement])
        self._resize(arrangement)

    def _resize(self, arrangement: Arrangement) -> None:
        window, across, down = self._window, Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        left, inspector, pad = (self._own[n] for n in ("palette", "inspector", "tryPanel"))
        height = window.height()
        wide = min(max(round(window.width() * 0.22), 270), 360)
        window.resizeDocks([left, inspector], [min(252, wide), wide], across)
        window.resizeDocks([self._tab_dock], [round(height * TAB_SHARE[arrangement])], down)
        self._inspector_share = 0.55 if arrangement == "build" else 0.35
        share = self._inspector_share if self._tried else MOST_INSPECTOR
        sizes = [round(height * share), round(height * (1 - share))]
        window.resizeDocks([inspector, pad], sizes, down)

    def make_room_to_try(self) -> None:
        """Somebody tries the network: the pad, small until then, gets its share. Once, and not
        where the user has given it another place or size.
        """
        inspector, pad = (self._own[n] for n in ("inspector", "tryPanel"))
        small = pad.height() <= pad.minimumSizeHint().height() + SMALL
        if self._tried or self._maximised:
            return
        self._tried = True
        if small and not pad.isFloating() and not inspector.isFloating():
            both, share = inspector.height() + pad.height(), self._inspector_share
            sizes = [round(both * share), round(both * (1 - share))]
            self._window.resizeDocks([inspector, pad], sizes, Qt.Orientation.Vertical)

    # --- from session to session

    def remember(self) -> None:
        """Keep window and docks as they are."""
        self.leave_maximised()
        geometry, docks = self._window.saveGeometry(), self._window.saveState(LAYOUT_VERSION)
        self._settings.setValue("geometry", geometry)
        self._settings.setValue("docks", docks)
        self._settings.setValue("docks_sha256", _seal(geometry, docks))
        self._settings.setValue("front", self.tabs.front)
        detached = [name for name in self._own if name in self.tabs.titles]
        self._settings.setValue("detached", ",".join(detached))

    def restore(self) -> bool:
        """As they were at the end of the last session; False where nothing is known."""
        geometry, docks = self._settings.value("geometry"), self._settings.value("docks")
        if not isinstance(geometry, QByteArray) or not isinstance(docks, QByteArray):
            return False
        if self._settings.value("docks_sha256") != _seal(geometry, docks):
            return False  # Qt reads past the end of a damaged state, which can end the program
        for name in str(self._settings.value("detached", "")).split(","):
            if self.tabs.holds(name):
                self._take_out(name)
        if QGuiApplication.platformName() != "offscreen":  # whose screen is small by nature
            self._window.restoreGeometry(geometry)
        known = self._window.restoreState(docks, LAYOUT_VERSION)
        front = str(self._settings.value("front", ""))
        QTimer.singleShot(0, self, lambda: self.tabs.show_panel(front))
        return known


def _holds(widget: QWidget, focus: QWidget | None) -> bool:
    return focus is not None and (widget is focus or widget.isAncestorOf(focus))


def _seal(geometry: QByteArray, docks: QByteArray) -> str:
    return sha256(bytes(geometry.data()) + bytes(docks.data())).hexdigest()
