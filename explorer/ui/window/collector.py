"""Python's garbage collection, done by the window's thread and in small pieces.

The automatic one runs in whatever thread makes the next object: in the engine's it could take
widgets apart, and with torch loaded a full pass holds everything up for some 200 ms.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

INTERVAL_MS = 500
FULL_PASS_EVERY = 240  # turns: two minutes


class Collector(QObject):
    """Collects on a timer while the window lives; afterwards Python does it by itself again."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._turns = 0
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self._collect)

    def start(self) -> None:
        """From now on only this collects."""
        gc.disable()
        self._timer.start()

    def settle(self) -> None:
        """What is here now stays: modules and widgets need not be looked through again."""
        gc.freeze()

    def stop(self) -> None:
        """Back to Python's own way."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()

    def _collect(self) -> None:
        self._turns += 1
        gc.collect(2 if self._turns % FULL_PASS_EVERY == 0 else 1)
