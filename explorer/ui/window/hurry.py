"""Answers without delay: while one is awaited, the mailbox is looked into far more often."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer

from explorer.ui.kit.timers import single_shot

HURRY_MS = 4  # between two looks into the mailbox while an answer is awaited
HURRY_FOR_MS = 400


class Hurry(QObject):
    """Delivers in short steps from `start` to `stop`, or until it has been long enough."""

    def __init__(self, deliver: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._often = QTimer(self)
        self._often.setInterval(HURRY_MS)
        self._often.setTimerType(Qt.TimerType.PreciseTimer)
        self._often.timeout.connect(deliver)
        self._calm = single_shot(self, HURRY_FOR_MS)
        self._calm.timeout.connect(self._often.stop)

    def start(self) -> None:
        """An answer is awaited."""
        self._often.start()
        self._calm.start()

    def stop(self) -> None:
        """It has come."""
        self._often.stop()
