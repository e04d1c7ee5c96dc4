"""Asks the network about a picture: often enough to follow a pen, never faster than it helps."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from explorer.protocol.commands import Command, Picture, Predict
from explorer.protocol.events import Prediction
from explorer.ui.timers import single_shot

PREDICT_MS = 15  # between two questions while the pen moves
AGAIN_S = 0.3  # between two questions while the network learns


class Questions(QObject):
    """The latest picture, and the Predict commands about it."""

    asked = Signal()  # a Predict was sent: look for its answer soon

    def __init__(self, send: Callable[[Command], None]) -> None:
        super().__init__()
        self.picture: Picture | None = None
        self.allowed = False  # there is a network that can answer
        self._send = send
        self._request = 0
        self._void_below = 0  # answers to older questions are about another drawing
        self._asked_s = 0.0
        self._new = False
        self._pause = single_shot(self, PREDICT_MS)
        self._pause.timeout.connect(self._ask_if_new)

    def about(self, picture: Picture | None) -> None:
        """Ask about this picture now, or as soon as the last question is 15 ms old."""
        self.picture = picture
        if picture is None:
            self._void_below = self._request + 1
        elif self._pause.isActive():
            self._new = True
        else:
            self.ask()

    def ask(self) -> None:
        """Send the picture; of several waiting, the engine answers the latest."""
        self._new = False
        if self.picture is None or not self.allowed:
            return
        self._request += 1
        self._asked_s = time.monotonic()
        self._send(Predict(self._request, self.picture))
        self._pause.start()
        self.asked.emit()

    def ask_again(self) -> None:
        """The network has learned a little: ask, unless that was done a moment ago."""
        if time.monotonic() - self._asked_s >= AGAIN_S:
            self.ask()

    def answered_by(self, event: Prediction) -> bool:
        """Whether the answer is about the present drawing."""
        return self.picture is not None and event.request >= self._void_below

    def _ask_if_new(self) -> None:
        if self._new:
            self.ask()
