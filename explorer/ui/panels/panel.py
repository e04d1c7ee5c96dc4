"""What every panel is: a widget with a name, a place, and the events that it shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Literal

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.protocol.commands import Command, Picture
from explorer.protocol.events import Event
from explorer.protocol.run_log import RunLog
from explorer.ui.kit.guard import guarded
from explorer.ui.kit.theme import Theme
from explorer.ui.kit.timers import single_shot
from explorer.ui.session.runs import Runs
from explorer.ui.session.store import Selection, Store
from explorer.ui.session.sweeps import Sweeps


@dataclass(frozen=True, slots=True)
class Desk:
    """What a panel may touch: the document, the selection, the curves, the theme, the way to the
    engine, the recorded runs, and sweeps.
    """

    store: Store
    selection: Selection
    log: RunLog
    theme: Theme
    send: Callable[[Command], None]
    runs: Runs | None = None  # None: nothing is recorded
    sweeps: Sweeps | None = None  # neither is swept then


class Panel(QWidget):
    """One dock. A subclass is one file in `explorer/ui/panels`; the window finds it there."""

    name: ClassVar[str] = ""  # objectName, stable
    title: ClassVar[str] = ""  # on the tab
    area: ClassVar[Literal["bottom", "right"]] = "bottom"
    group: ClassVar[Literal["Train", "Inside", "Result", "Network"]] = "Inside"  # its purpose
    order: ClassVar[int] = 50  # among the tabs
    events: ClassVar[
        tuple[type[Event], ...]
    ] = ()  # `take` gets these, after the curves took them in

    watch_changed = Signal()  # `watches` or `sample` would answer otherwise now

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.setObjectName(self.name)
        self.setAccessibleName(self.title)
        self._arrival = single_shot(self, 0)
        self._arrival.timeout.connect(self._arrive)

    def fill(self, content: QWidget) -> None:
        """Let this be all that the panel holds."""
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(content)

    def take(self, event: Event) -> None:
        """Show an event of one of the classes in `events`."""

    @property
    def seen(self) -> bool:
        """Whether it can be seen. A tab behind another one counts as visible for Qt, which only
        moves it out of the window, beyond the upper left corner.
        """
        corner = self.mapTo(self.window(), self.rect().bottomRight())
        return self.isVisible() and corner.x() >= 0 and corner.y() >= 0

    def arrive_soon(self) -> None:
        """It may have come to the front: catch up once this event is over and it is laid out.
        Several reasons in a row make one look; a panel behind another tab does nothing.
        """
        self._arrival.start()

    def _arrive(self) -> None:
        if self.seen:
            self.catch_up()

    def catch_up(self) -> None:
        """It has come to the front: show what changed while nobody looked."""

    def watches(self) -> frozenset[str]:
        """Nodes whose activations the panel wants while it is seen."""
        return frozenset()

    def sample(self) -> int | Picture | None:
        """The sample that all views should show, where this panel is the one that chooses it."""
        return None

    @guarded
    def showEvent(self, event: QShowEvent) -> None:
        """Shown; a tab that comes to the front is told by the window."""
        super().showEvent(event)
        self.arrive_soon()
