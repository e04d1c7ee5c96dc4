"""Runs that follow one another by themselves: several seeds, the trials of a sweep."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from explorer.graph.document import Document
from explorer.protocol.events import EpochDone, Event, Failed, SettingChanged, Started, Status
from explorer.ui.session.runner import Runner


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run of a series ended; `epoch` is its last whole one, `changed` what was set anew while
    it ran.
    """

    run: int
    state: Literal["finished", "failed", "stopped"]
    message: str = ""
    epoch: EpochDone | None = None
    changed: tuple[str, ...] = ()


class Series(Protocol):
    """What gives the documents. `patient`: a run that fails is ended, and the next one begins."""

    @property
    def tags(self) -> tuple[str, ...]:
        """Of every run."""

    @property
    def patient(self) -> bool:
        """See above."""

    def next(self) -> Document | None:
        """The next document; None: there is no other."""

    def begun(self, run: int) -> None:
        """Its run has this number."""

    def ended(self, how: Ended) -> None:
        """Its run is over."""

    def given_up(self) -> None:
        """What is left does not come any more."""


class RunQueue:
    """Begins the next run of a series when one has ended, until a user stops one."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self._series: Series | None = None
        self._run = 0  # the number of the present run
        self._began = False  # the engine has begun it
        self._stopping = False
        self._fault = ""
        self._epoch: EpochDone | None = None
        self._changed: list[str] = []

    @property
    def series(self) -> Series | None:
        """What is worked off."""
        return self._series

    def start(self, series: Series) -> None:
        """Begin; no run may be active. An older series is given up."""
        self._give_up()
        self._series = series
        self._begin_next()

    def stop(self) -> None:
        """End the present run, and with it the series."""
        if self._series is not None:
            self._stopping = True
            self._runner.stop()

    def take(self, event: Event) -> None:
        """Follow the present run."""
        if self._series is None:
            return
        if isinstance(event, Failed):
            self._fail(event)
        elif event.run == self._run:
            self._follow(event)

    def _follow(self, event: Event) -> None:
        if isinstance(event, Started):
            self._forget()
            self._began = True
        elif isinstance(event, EpochDone):
            self._epoch = event
        elif isinstance(event, SettingChanged):
            self._changed.append(event.name)
        elif isinstance(event, Status) and self._began:
            self._state(event)

    def _state(self, event: Status) -> None:
        if event.state == "finished":
            self._end("finished")
        elif event.state == "stopped" and self._fault and self._patient and not self._stopping:
            self._end("failed")
        elif event.state == "stopped":
            self._end("stopped")
        elif event.state == "paused" and self._fault and self._patient:
            self._runner.stop()  # a fault holds a run; here nobody waits for it

    def _fail(self, event: Failed) -> None:
        if event.doing != "training":
            return
        if not self._began and not self._patient:
            self._give_up()
        elif not self._began:  # there will be no state of it
            self._fault = event.message
            self._end("stopped" if self._stopping else "failed")
        elif event.run == self._run:
            self._fault = event.message

    @property
    def _patient(self) -> bool:
        return self._series is not None and self._series.patient

    def _end(self, state: Literal["finished", "failed", "stopped"]) -> None:
        if self._series is None:
            return
        changed = tuple(dict.fromkeys(self._changed))
        self._series.ended(Ended(self._run, state, self._fault, self._epoch, changed))
        if state == "stopped" or self._stopping:
            self._give_up()
        else:
            self._begin_next()

    def _begin_next(self) -> None:
        self._forget()
        self._began, self._stopping, self._run = False, False, 0
        document = self._series.next() if self._series is not None else None
        if document is None or self._series is None:
            self._series = None
            return
        self._run = self._runner.train_as(document, self._series.tags) or 0
        self._series.begun(self._run)

    def _forget(self) -> None:
        self._fault, self._epoch, self._changed = "", None, []

    def _give_up(self) -> None:
        series, self._series = self._series, None
        self._stopping = False
        if series is not None:
            series.given_up()
