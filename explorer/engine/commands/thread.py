"""The engine's own thread: it imports torch, so that the window need not wait for it."""

from __future__ import annotations

import threading
import traceback

from explorer.engine.device.environment import prepare_environment
from explorer.protocol.commands import Quit
from explorer.protocol.events import Failed
from explorer.protocol.mailbox import CommandBox, EventBox


class EngineThread(threading.Thread):
    """Owns all torch state; talks through the two boxes only. `stop` it before the program ends."""

    def __init__(self, commands: CommandBox, events: EventBox, device: str | None = None) -> None:
        # A daemon, so that a crashed window leaves no process behind; `stop` is the way to end.
        super().__init__(name="engine", daemon=True)
        self._commands = commands
        self._events = events
        self._device = device
        prepare_environment()

    def run(self) -> None:
        """Import torch and serve until Quit."""
        try:
            from explorer.engine.commands.serve import serve

            serve(self._commands, self._events, self._device)
        except Exception as error:
            self._events.put(
                Failed(
                    run=0,
                    doing="starting the engine",
                    message=f"The engine stopped: {type(error).__name__}: {error}. "
                    "Start the program again; if it happens once more, install PyTorch again.",
                    details=traceback.format_exc(),
                )
            )

    def stop(self, timeout_s: float = 10.0) -> bool:
        """Ask the engine to quit and wait for it; says whether it has ended."""
        self._commands.put(Quit())
        if self.is_alive():
            self.join(timeout_s)
        return not self.is_alive()
