"""Panels behind tabs, grouped by purpose: one row chooses the group and the panel in it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QStackedWidget,
    QTabBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.ui.kit.guard import guarded
from explorer.ui.kit.named import named
from explorer.ui.window.dock import TitleButton


class TabArea(QWidget):
    """Holds the panels, one in front, below the `strip` that chooses which.

    Panels are known by their objectName.
    """

    front_changed = Signal()
    maximise_asked = Signal(str)
    detach_asked = Signal(str)
    close_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("tabArea")
        self.titles: dict[str, str] = {}  # of all that belong here, in the order of the tabs
        self.groups: dict[str, str] = {}  # of each panel
        self._fronts: dict[str, str] = {}  # the panel of each group that was looked at last
        self._widgets: dict[str, QWidget] = {}  # of those that are here now
        self._stack = QStackedWidget()
        self.strip = TabStrip(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.strip)
        column.addWidget(self._stack, 1)

    def add(self, widget: QWidget, title: str, group: str) -> None:
        """Put a panel behind a tab of its group; the first one comes to the front."""
        name = widget.objectName()
        self.titles[name], self.groups[name] = title, group
        self.take_back(widget)

    def take_back(self, widget: QWidget) -> None:
        """A panel that was elsewhere is a tab again."""
        self._widgets[widget.objectName()] = widget
        self._stack.addWidget(widget)
        self.strip.refill()

    def give_away(self, name: str) -> QWidget:
        """A panel that shall be elsewhere; the next one of its group comes to the front."""
        widget = self._widgets.pop(name)
        self._stack.removeWidget(widget)
        self.strip.refill()
        self.front_changed.emit()
        return widget

    def holds(self, name: str) -> bool:
        """Whether the panel is a tab here now."""
        return name in self._widgets

    @property
    def front(self) -> str:
        """The panel in front; empty where there is none."""
        current = self._stack.currentWidget()
        return current.objectName() if current is not None else ""

    def names(self, group: str) -> list[str]:
        """The panels of a group that are here, in order."""
        return [name for name, of in self.groups.items() if of == group and self.holds(name)]

    def group_names(self) -> list[str]:
        """The groups of which there is something here, in order."""
        return [group for group in dict.fromkeys(self.groups.values()) if self.names(group)]

    def retitle(self, name: str, title: str) -> None:
        """Another title, with a count perhaps."""
        self.titles[name] = title
        self.strip.refill()

    def show_panel(self, name: str) -> None:
        """Bring a panel to the front."""
        if self.holds(name) and name != self.front:
            self._stack.setCurrentWidget(self._widgets[name])
            self._fronts[self.groups[name]] = name
            self.strip.refill()
            self.front_changed.emit()

    def show_group(self, group: str) -> None:
        """Bring the panel of a group to the front that was there last."""
        names = self.names(group)
        if names:
            last = self._fronts.get(group, names[0])
            self.show_panel(last if last in names else names[0])

    def group_title(self, group: str) -> str:
        """The group's name; what a panel counts is told here too, as its tab may not be seen."""
        counts = [
            title.partition(" (")[2] for name in self.names(group) if (title := self.titles[name])
        ]
        count = next((each for each in counts if each), "")
        return f"{group} ({count}" if count else group


class TabStrip(QWidget):
    """The row above the panels: groups, the tabs of the present one, what can be done with it.

    Two rows where one has no room: no title is ever cut.
    """

    def __init__(self, area: TabArea) -> None:
        super().__init__()
        self._area = area
        self.setObjectName("tabStrip")
        self.groups = _bar("groupTabs", "Groups of panels")
        self.panels = _bar("panelTabs", "Panels")
        self.maximise = self._button("maximise", "Maximise the panel", self._maximise)
        self._detach = self._button("detach", "The panel to a window of its own", self._give_away)
        self._close = self._button("close", "Close the panels", area.close_asked.emit)
        self._line = QFrame()
        self._line.setFrameShape(QFrame.Shape.VLine)
        self._line.setFrameShadow(QFrame.Shadow.Plain)
        self._line.setProperty("role", "line")
        self._rows = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._lay_out()
        self.groups.currentChanged.connect(self._choose_group)
        self.panels.currentChanged.connect(self._choose_panel)
        for bar in (self.groups, self.panels):
            bar.tabBarDoubleClicked.connect(self._double_clicked)

    def _button(self, picture: str, words: str, act: Callable[[], object]) -> TitleButton:
        return TitleButton(picture, f"tab{picture.title()}", words, act)

    def _lay_out(self) -> None:
        self._rows.setSpacing(4)
        self._rows.addWidget(self.groups)
        self._rows.addWidget(self._line)
        self._rows.addWidget(self.panels)
        self._rows.addStretch(1)
        buttons = QHBoxLayout()
        buttons.setSpacing(1)
        for button in (self.maximise, self._detach, self._close):
            buttons.addWidget(button)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(6, 2, 4, 0)
        whole.addLayout(self._rows, 1)
        whole.addLayout(buttons)
        whole.setAlignment(buttons, Qt.AlignmentFlag.AlignTop)

    def refill(self) -> None:
        """Write the tabs anew; nobody is told, as nothing has been chosen."""
        area = self._area
        groups, group = area.group_names(), area.groups.get(area.front, "")
        names = area.names(group)
        _fill(self.groups, [(each, area.group_title(each)) for each in groups], group)
        _fill(self.panels, [(each, area.titles[each]) for each in names], area.front)
        for row, each in enumerate(groups):
            self.groups.setTabToolTip(row, ", ".join(area.titles[n] for n in area.names(each)))
        self._fit()

    def _fit(self) -> None:
        """One row, or two where the window is narrow or the letters are large."""
        wide = QBoxLayout.Direction.LeftToRight
        needed = self.groups.sizeHint().width() + self.panels.sizeHint().width() + 40
        room = self.width() - 3 * self._close.sizeHint().width()
        direction = wide if needed <= room else QBoxLayout.Direction.TopToBottom
        if direction != self._rows.direction():
            self._rows.setDirection(direction)
            self._line.setVisible(direction == wide)
            self.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        """Narrow: there can be two rows, and the bars can be scrolled."""
        return QSize(120, super().minimumSizeHint().height())

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        """More room, or less."""
        super().resizeEvent(event)
        self._fit()

    def _choose_group(self, row: int) -> None:
        self._area.show_group(str(self.groups.tabData(row)))

    def _choose_panel(self, row: int) -> None:
        self._area.show_panel(str(self.panels.tabData(row)))

    def _double_clicked(self, row: int) -> None:
        if row >= 0:
            self._maximise()

    def _maximise(self) -> None:
        self._area.maximise_asked.emit(self._area.front)

    def _give_away(self) -> None:
        self._area.detach_asked.emit(self._area.front)


def _bar(name: str, words: str) -> QTabBar:
    bar = named(QTabBar(), name, words)
    bar.setExpanding(False)
    bar.setDrawBase(False)
    bar.setElideMode(Qt.TextElideMode.ElideNone)
    bar.setUsesScrollButtons(True)
    for arrow in bar.findChildren(QToolButton):
        arrow.setAccessibleName("Scroll the tabs")
    return bar


def _fill(bar: QTabBar, entries: list[tuple[str, str]], current: str) -> None:
    """Set what differs: tabs that stay keep the focus."""
    bar.blockSignals(True)
    while bar.count() > len(entries):
        bar.removeTab(bar.count() - 1)
    while bar.count() < len(entries):
        bar.addTab("")
    for row, (name, title) in enumerate(entries):
        bar.setTabData(row, name)
        if bar.tabText(row) != title:
            bar.setTabText(row, title)
        if name == current:
            bar.setCurrentIndex(row)
    bar.blockSignals(False)
    bar.updateGeometry()  # Qt does so for a bar that can be seen only
