"""Looking inside: what is watched is sent, as often as it costs little."""

from __future__ import annotations

import time
from dataclasses import replace

from explorer.engine.commands.bench import Bench
from explorer.protocol.commands import Watch

LOOK_EVERY_S = 0.4
LOOK_SHARE = 0.05  # of the time, at most


class Looking:
    """Keeps what the window watches and when it is next looked at."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._watch = Watch()
        self._look_at_s = 0.0

    def watch(self, command: Watch) -> None:
        """From now on this; a run that goes on shows it at its next beat."""
        self._watch = command
        if self._bench.session is not None and self._bench.state != "running":
            self.look()
        self._look_at_s = 0.0

    def look_if_due(self) -> None:
        """Between two beats of a run."""
        if time.perf_counter() >= self._look_at_s:
            self.look()

    def look(self) -> None:
        """Send what is watched, and stay away so long that it costs its share at most."""
        session, watch = self._bench.session, self._watch
        if session is None or not (watch.focus or watch.thumbnails):
            return
        if not session.takes(watch.sample, watch.dataset):
            return  # void: another watch or another network is on its way
        began = time.perf_counter()
        try:
            for event in session.observe(self._watch):
                self._bench.tell(event)
        except Exception as error:
            self._watch = replace(self._watch, focus=frozenset(), thumbnails=False)
            self._bench.fail("looking inside", error)
        ended = time.perf_counter()
        self._look_at_s = ended + max(LOOK_EVERY_S, (ended - began) / LOOK_SHARE)
