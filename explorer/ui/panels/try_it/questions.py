"""Asks the network about a picture: often enough to follow a pen, never faster than it helps."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from explorer.protocol.commands import Command, Picture, Predict
from explorer.protocol.events import Prediction
from explorer.ui.kit.timers import single_shot

PREDICT_MS = 15  # between two questions while the pen moves
AGAIN_S = 0.3  # between two questions while the network learns
LATE_MS = 250  # so long an answer may stand for what was drawn since: less would flicker


class Questions(QObject):
    """The latest picture, and the Predict commands about it."""

    asked = Signal()  # a Predict was sent: look for its answer soon
    late = Signal()  # the pen went on, and no answer has followed it for a while

    def __init__(self, send: Callable[[Command], None]) -> None:
        super().__init__()
        self.picture: Picture | None = None
        self.allowed = False  # there is a network that can answer
        self._dataset = ""
        self._send = send
        self._request = 0
        self._void_below = 0  # answers to older questions are about another drawing or network
        self._exact_from = 0  # the first question about this very picture
        self._exact = False  # it is answered
        self._asked_s = 0.0
        self._new = False
        self._pause = single_shot(self, PREDICT_MS)
        self._pause.timeout.connect(self._ask_if_new)
        self._late = single_shot(self, LATE_MS)
        self._late.timeout.connect(self.late)

    def about(self, picture: Picture | None, dataset: str = "") -> None:
        """Ask about this picture for a dataset now, or as soon as the last question is 15 ms old;
        answers to earlier ones still count, for the pen goes on.
        """
        self.picture, self._dataset = picture, dataset
        self._exact, self._exact_from = False, self._request + 1
        if picture is None:
            self.forget()
        elif self._pause.isActive():
            self._new = True
        else:
            self.ask()

    def forget(self) -> None:
        """No answer to what was asked so far counts any more."""
        self._void_below = self._request + 1
        self._exact = False
        self._late.stop()

    def ask(self) -> None:
        """Send the picture; of several waiting, the engine answers the latest."""
        self._new = False
        if self.picture is None or not self.allowed:
            return
        self._request += 1
        self._asked_s = time.monotonic()
        self._send(Predict(self._request, self.picture, self._dataset))
        self._pause.start()
        if not self._exact and not self._late.isActive():
            self._late.start()
        self.asked.emit()

    def ask_again(self) -> None:
        """The network has learned a little: ask, unless that was done a moment ago."""
        if time.monotonic() - self._asked_s >= AGAIN_S:
            self.ask()

    def answered_by(self, event: Prediction) -> bool:
        """Whether the answer is about the present drawing, as it is or was a moment ago."""
        if self.picture is None or event.request < self._void_below:
            return False
        if event.request >= self._exact_from:
            self._exact = True
            self._late.stop()
        return True

    def _ask_if_new(self) -> None:
        if self._new:
            self.ask()
