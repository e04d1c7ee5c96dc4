"""Random use of the real window over a real event loop: nothing raised, warned of or shown wrongly.

EXPLORER_JOURNEY_EVENTS and EXPLORER_JOURNEY_SEED repeat a longer or another journey.
"""

import faulthandler
import os
import sys

import pytest

from explorer.app import launch
from explorer.graph.written import dump
from explorer.ui.tour.guide import Guide, rest
from tests.journeys.random_hand import Hand
from tests.journeys.watched_window import Watch, close_what_waits

SEED = int(os.environ.get("EXPLORER_JOURNEY_SEED", "0"))
USUAL = int(os.environ.get("EXPLORER_JOURNEY_EVENTS", "300"))
SOAK = int(os.environ.get("EXPLORER_JOURNEY_EVENTS", "20000"))
LOOK_EVERY = 400  # events, after which all is undone and done again
HANGS_S = 300  # without so many events: where it stands is printed, and the process ends


class Journey:
    """The window, a hand, an eye, and what the document was when it was opened."""

    def __init__(self, tmp_path, qtlog, monkeypatch, seed):
        self.window = launch([])
        self.window.resize(1440, 900)
        self.guide = Guide(self.window, tmp_path)
        self.guide.wait("PyTorch is loaded", lambda: self.window.runner.ready)
        self.watch = Watch(self.window, qtlog, monkeypatch)
        self.hand = Hand(self.window, seed)
        self.seed, self.done = seed, []
        self.first = ""
        self.window.store.opened.connect(self.opened)
        self.opened()

    def opened(self):
        self.first = dump(self.window.store.document)

    def go(self, events):
        for number in range(1, events + 1):
            self.watch.step("", self.one)
            close_what_waits()
            rest(self.hand.chance.choice([0, 0, 1, 3, 8]))
            self.watch.check()
            self.must_be_well(number)
            if number % LOOK_EVERY == 0:
                # pytest's own watchdog counts from the beginning of the test
                faulthandler.dump_traceback_later(HANGS_S, exit=True, file=sys.__stderr__)
                self.undo_all_and_back()
                self.must_be_well(number)

    def one(self):
        self.done.append("(raised)")
        self.done[-1] = self.hand.act()
        return self.done[-1]

    def must_be_well(self, number):
        last = ", ".join(self.done[-12:])
        assert not self.watch.wrong, (
            f"seed {self.seed}, event {number}, after {last}: {self.watch.wrong[0]}"
        )

    def undo_all_and_back(self):
        """To the document that was opened, byte for byte, and to the present one again."""
        store, place = self.window.store, self.window.store.history.place
        now = dump(store.document)
        while store.history.place:
            store.undo()
        assert dump(store.document) == self.first
        while store.history.place < place:
            store.redo()
        assert dump(store.document) == now

    def end(self):
        self.window.runner.stop()
        rest(50)
        undo = self.window.actions_by_name["undoAction"]
        while self.window.store.history.place:
            undo.trigger()
        rest(50)
        self.watch.check()
        self.must_be_well(len(self.done))
        assert dump(self.window.store.document) == self.first

    def close(self):
        self.watch.stop()
        self.window.store.mark_saved(self.window.store.document)
        self.window.close()
        self.window.deleteLater()


@pytest.fixture
def travel(qtbot, tmp_path, qtlog, monkeypatch, capsys):
    """Begins within the test itself: pytest-qt puts a hook of its own in place for each phase."""
    begun = []

    def go(events):
        journey = Journey(tmp_path, qtlog, monkeypatch, SEED)
        begun.append(journey)
        try:
            journey.go(events)
            journey.end()
        finally:
            told = f"{len(journey.done):,} events, seed {SEED}: {journey.watch.summary()}"
            with capsys.disabled():
                sys.stdout.write(f"\n{told}\n")

    yield go
    for journey in begun:
        journey.close()


def test_some_hundred_events(travel):
    travel(USUAL)


@pytest.mark.soak
@pytest.mark.slow
def test_twenty_thousand_events(travel):
    travel(SOAK)
