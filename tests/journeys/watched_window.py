"""Looks over the window's shoulder: what is raised, warned of, shown wrongly, or takes long."""

import sys
import time
from collections import Counter
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QAbstractEventDispatcher, QTimer
from PySide6.QtWidgets import QApplication

from explorer.datasets.catalogue import datasets
from explorer.protocol.events import Failed, Prediction, Watched
from explorer.ui.panels.try_it.questions import LATE_MS

FOLLOWS_S = 4 * LATE_MS / 1000  # so long an answer may stand for what was drawn a moment later
VOID = ("prediction", "looking inside")


@dataclass(frozen=True)
class Told:
    """What an answer of the engine is about."""

    picture: bytes
    dataset: str
    sample: int | None


class Watch:
    """Notes what goes wrong in a window; the first thing ends the journey."""

    def __init__(self, window, qtlog, monkeypatch):
        self.window, self.log = window, qtlog
        self.wrong = []
        self.longest = {}  # by what was done: ms of the thread, ms of the clock
        self.answers, self.states = 0, Counter()
        self._doing, self._woke = "", None
        self._asked, self._told = {}, {}
        self._drawn, self._behind_s = set(), None  # pictures of this drawing, since when it waits
        self._warned = 0
        before = sys.excepthook

        def caught(kind, error, trace):
            self.wrong.append(f"raised: {error!r}")
            before(kind, error, trace)

        monkeypatch.setattr(sys, "excepthook", caught)
        self._listen(window)
        self._measure()
        self._closer = QTimer(window)
        self._closer.timeout.connect(close_what_waits)
        self._closer.start(20)

    # --- answers

    def _listen(self, window):
        questions = window.panels["tryPanel"].questions
        send = questions._send

        def note(command):
            self._asked[command.request] = command.picture
            self._drawn.add(command.picture.tobytes())
            send(command)

        questions._send = note
        window.panels["tryPanel"].drawing.surface.rewritten.connect(self._drawn.clear)
        for kind in (Prediction, Watched, Failed):
            receivers = window.pump._receivers.setdefault(kind, [])
            receivers.insert(0, self._take)

    def _take(self, event):
        if isinstance(event, Failed):
            words = event.message
            if event.doing in VOID or "refused" in words or "engine failed" in words:
                self.wrong.append(f"told: {words}\n{event.details}")
            return
        if isinstance(event, Prediction):
            picture = self._asked[event.request].tobytes()
            told = Told(picture, event.network.dataset, None)
            self._asked = {k: v for k, v in self._asked.items() if k >= event.request}
        else:
            told = Told(event.picture.tobytes(), event.network.dataset, event.sample)
        self._told.setdefault(event.probabilities.tobytes(), []).append(told)

    def check_answer(self):
        """What stands beside the pad is about what stands on it."""
        panel = self.window.panels["tryPanel"]
        if panel.bars.values is None:
            return
        self.answers += 1
        told = self._told[np.asarray(panel.bars.values, np.float32).tobytes()]
        dataset = self.window.store.document.dataset
        told = [each for each in told if each.dataset == dataset]
        if panel.draws:
            fits = self._follows(told, panel.questions.picture.tobytes())
        else:
            number, picture = panel.samples.index.value(), panel.samples.view.picture.tobytes()
            fits = (number, picture) in [(each.sample, each.picture) for each in told]
        if not fits or tuple(panel.bars.names) != datasets()[dataset].classes:
            self.wrong.append("an answer to something else stands beside the pad")

    def _follows(self, told, picture):
        """It is about this picture, or not for long about one of a moment ago."""
        pictures = {each.picture for each in told}
        now = time.monotonic()
        if picture in pictures:
            self._behind_s = None
            return True
        self._behind_s = self._behind_s or now
        return bool(pictures & self._drawn) and now - self._behind_s < FOLLOWS_S

    # --- warnings

    def check_warnings(self):
        """Qt's own words; some are the offscreen platform's and ignored."""
        records = self.log.records
        for record in records[self._warned :]:
            if not record.ignored and record.type_name in ("QtWarningMsg", "QtCriticalMsg"):
                self.wrong.append(f"Qt warned: {record.message}")
        self._warned = len(records)

    def check(self):
        self.states[self.window.runner.state] += 1
        self.check_answer()
        self.check_warnings()

    # --- time

    def _measure(self):
        dispatcher = QAbstractEventDispatcher.instance()
        dispatcher.awake.connect(self._wake)
        dispatcher.aboutToBlock.connect(self._sleep)
        self._dispatcher = dispatcher

    def _wake(self):
        self._woke = time.thread_time(), time.monotonic()

    def _sleep(self):
        if self._woke is not None:
            self._note(f"after {self._doing}", self._woke)
            self._woke = None

    def step(self, what, act):
        """Do it and note how long the window's thread took."""
        self._doing, began = what, (time.thread_time(), time.monotonic())
        self._woke = None
        self._doing = act()
        self._note(self._doing, began)

    def _note(self, what, began):
        took = 1000 * (time.thread_time() - began[0]), 1000 * (time.monotonic() - began[1])
        self.longest[what] = max(took, self.longest.get(what, (0.0, 0.0)))

    def summary(self):
        """The longest steps of the window's thread, and what was seen."""
        slow = sorted(self.longest.items(), key=lambda each: each[1], reverse=True)[:6]
        steps = [f"{what} {cpu:.0f} ms ({wall:.0f} by the clock)" for what, (cpu, wall) in slow]
        states = ", ".join(f"{state} {count:,}" for state, count in self.states.most_common())
        return f"{self.answers:,} answers seen; {states}; longest steps: {', '.join(steps)}"

    def stop(self):
        self._dispatcher.awake.disconnect(self._wake)
        self._dispatcher.aboutToBlock.disconnect(self._sleep)
        self._closer.stop()


def close_what_waits():
    """Menus and dialogs that wait for an answer: nobody gives one here."""
    popup, dialog = QApplication.activePopupWidget(), QApplication.activeModalWidget()
    if popup is not None:
        popup.close()
    elif dialog is not None:
        dialog.close()
