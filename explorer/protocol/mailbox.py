"""Where one thread leaves values for another; neither ever waits for the other's work."""

from __future__ import annotations

import threading
from collections.abc import Hashable

from explorer.protocol.commands import Command, Predict, Quit, Watch
from explorer.protocol.event import Event
from explorer.protocol.run_events import Started


class EventBox:
    """Events on their way to the window; replaced and merged while unread, so none piles up."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._events: dict[Hashable, Event] = {}
        self._count = 0

    def put(self, event: Event) -> None:
        """Leave an event: called by the engine."""
        with self._lock:
            if isinstance(event, Started):  # after Rewind: nothing may be joined to what is void
                self._drop_mergeable(event.run)
            replaced, merged = event.replaces(), event.merges()
            if merged is not None and (older := self._events.pop(merged, None)) is not None:
                event = event.merged_with(older)
            if replaced is not None:
                self._events.pop(replaced, None)
            self._count += 1
            key = (
                replaced if replaced is not None else merged if merged is not None else self._count
            )
            self._events[key] = event

    def _drop_mergeable(self, run: int) -> None:
        for key, event in list(self._events.items()):
            if event.run == run and event.merges() is not None:
                del self._events[key]

    def take(self) -> list[Event]:
        """All unread events, oldest first: called by the window."""
        with self._lock:
            events = list(self._events.values())
            self._events.clear()
        return events


class CommandBox:
    """Commands on their way to the engine, in order; of Predict and Watch only the latest."""

    LATEST_WINS = (Predict, Watch)

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._commands: list[Command] = []

    def put(self, command: Command) -> None:
        """Leave a command: called by the window."""
        with self._changed:
            if isinstance(command, self.LATEST_WINS):
                self._commands = [c for c in self._commands if type(c) is not type(command)]
            self._commands.append(command)
            self._changed.notify()

    def take(self, timeout_s: float | None = 0.0) -> Command | None:
        """The next command; waits for one up to `timeout_s` (None: as long as it takes)."""
        with self._changed:
            if not self._commands and timeout_s != 0.0:
                self._changed.wait_for(lambda: bool(self._commands), timeout_s)
            return self._commands.pop(0) if self._commands else None

    def quit_waits(self) -> bool:
        """Whether a Quit is among the waiting commands: long work looks here to end early."""
        with self._changed:
            return any(isinstance(command, Quit) for command in self._commands)
