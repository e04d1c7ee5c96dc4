"""Tells the engine what to observe: only what a panel shows that can be seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject

from explorer.protocol.commands import Command, Picture, Watch
from explorer.ui.kit.timers import single_shot
from explorer.ui.panels.panel import Panel


class Watcher(QObject):
    """Composes one Watch from all panels; several reasons in a row make one command."""

    def __init__(self, panels: Sequence[Panel], send: Callable[[Command], None]) -> None:
        super().__init__()
        self._panels = panels
        self._send = send
        self._stopped = False
        self._soon = single_shot(self, 0)
        self._soon.timeout.connect(self.tell)
        for panel in panels:
            panel.watch_changed.connect(self.refresh)

    def refresh(self) -> None:
        """Something may be watched otherwise: say so once this event is over."""
        if not self._stopped:
            self._soon.start()

    def stop(self) -> None:
        """The window closes: say nothing more."""
        self._stopped = True
        self._soon.stop()

    def tell(self) -> None:
        """Send what is watched now."""
        visible = [panel for panel in self._panels if panel.seen]
        focus = frozenset[str]().union(*(panel.watches() for panel in visible))
        sample: int | Picture = 0
        dataset = ""
        for panel in self._panels:
            chosen = panel.sample()
            if chosen is not None:
                sample, dataset = chosen, panel.desk.store.document.dataset
        self._send(Watch(focus=focus, thumbnails=True, sample=sample, dataset=dataset))
