"""Carries the engine's events to those who show them, 30 times a second."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer

from explorer.protocol.events import Event

INTERVAL_MS = 33
E = TypeVar("E", bound=Event)
Receiver = Callable[[E], object]


class Pump(QObject):
    """Empties the event box on a timer and hands each event to the receivers of its class."""

    def __init__(self, take: Callable[[], list[Event]]) -> None:
        super().__init__()
        self._take = take
        self._receivers: dict[type[Event], list[Receiver[Any]]] = {}
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self.deliver)

    def connect_to(self, event_class: type[E], receiver: Receiver[E]) -> None:
        """From now on `receiver` gets every event of exactly this class."""
        self._receivers.setdefault(event_class, []).append(receiver)

    def start(self) -> None:
        """Begin to deliver."""
        self._timer.start()

    def stop(self) -> None:
        """Deliver nothing more."""
        self._timer.stop()

    def deliver(self) -> None:
        """Hand out all that waits, now."""
        for event in self._take():
            self.hand(event)

    def hand(self, event: Event) -> None:
        """Hand this one out."""
        for receiver in self._receivers.get(type(event), ()):
            receiver(event)
