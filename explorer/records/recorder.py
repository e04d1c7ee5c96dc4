"""Writes a run's record from the engine's events: the same for the window and the command line."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from explorer.graph.document import Document
from explorer.protocol.events import (
    BestEpoch,
    Checkpointed,
    Compiling,
    EpochDone,
    Event,
    Failed,
    HeldOut,
    Losses,
    SettingChanged,
    Started,
    Status,
    StoppedEarly,
)
from explorer.records.record import Outcome, RunRecord
from explorer.records.schema import StoreError
from explorer.records.store import RunStore

WRITE_EVERY_S = 1.0
MOST_ENDED = 50  # runs whose end waits for a store that fails
PACKAGES = ("architecture-explorer", "torch", "numpy")
KEPT = (Losses, HeldOut, EpochDone, SettingChanged, Checkpointed, Compiling)
AT_ONCE = (EpochDone, Checkpointed)


@dataclass(frozen=True, slots=True)
class _Ended:
    """The rest of a run that is over, until the store takes it."""

    run: int
    events: list[Event]
    outcome: Outcome
    message: str


class RunRecorder:
    """Takes events and writes them about once a second. A store that fails is told of once, through
    `on_problem`; what could not be written is kept and tried again, and training goes on.
    """

    LISTENS_TO = (Started, *KEPT, StoppedEarly, BestEpoch, Failed, Status)

    def __init__(self, store: RunStore, on_problem: Callable[[str], None]) -> None:
        self._store = store
        self._on_problem = on_problem
        self._number = 0  # the engine's, of the run that is written
        self._waiting: list[Event] = []
        self._written_s = 0.0
        self._message = ""
        self._failing = False
        self._ended: list[_Ended] = []
        self._ended_id: int | None = None
        self.record: RunRecord | None = None

    def begin(
        self,
        number: int,
        document: Document,
        parent: int | None = None,
        folder: Path | None = None,
        tags: Iterable[str] = (),
    ) -> RunRecord | None:
        """A record for the engine's run `number`; give the engine its `folder`. None: no store.

        A record that was being written ends as stopped.
        """
        self.end("stopped")
        if self.behind:
            self.flush()
        self._number, self._message = number, ""
        try:
            self.record = self._store.begin(document, versions(), parent, folder, tags)
        except StoreError as error:
            self._tell(error)
        return self.record

    def lengthened(self, document: Document, folder: Path | None = None) -> RunRecord | None:
        """A record for a run that has ended and is trained on: call it before TrainMore is sent."""
        before = self.last
        if before is None:
            return None
        made = self.begin(self._number, document, before.id, folder)
        if made is not None:
            self.take(
                Started(
                    self._number,
                    before.steps_per_epoch,
                    before.total_steps,
                    before.threads,
                    before.device,
                    before.step,
                    before.dataset_sha256,
                )
            )
        return made

    @property
    def last(self) -> RunRecord | None:
        """The record as the store has it now, ended or not."""
        number = self.record.id if self.record is not None else self._ended_id
        return self._store.run(number) if number is not None else None

    def take(self, event: Event) -> None:
        """Take an event in; those of other runs are passed over."""
        if self.record is None or event.run != self._number:
            self._catch_up()
            return
        if isinstance(event, Started):
            # After Rewind what came before is void; a team knows early that it does not compile.
            self._waiting = [event, *(e for e in self._waiting if isinstance(e, Compiling))]
        elif isinstance(event, KEPT):
            self._note(event)
        elif isinstance(event, StoppedEarly | BestEpoch):
            self._message = event.told
        elif isinstance(event, Failed) and event.doing == "training":
            self._message = event.message
        self._write_if_due(event)
        if isinstance(event, Status) and event.state in ("finished", "stopped"):
            self.end("finished" if event.state == "finished" else "stopped")

    def _note(self, event: Event) -> None:
        last = self._waiting[-1] if self._waiting else None
        if isinstance(event, Losses) and isinstance(last, Losses):
            self._waiting[-1] = event.merged_with(last)
        else:
            self._waiting.append(event)

    def _write_if_due(self, event: Event) -> None:
        if isinstance(event, AT_ONCE) or time.monotonic() - self._written_s >= WRITE_EVERY_S:
            self.flush()

    def flush(self) -> None:
        """Write what waits: of the present run, and of those whose end could not be written."""
        self._written_s = time.monotonic()
        self._ended = [each for each in self._ended if not self._write_end(each)]
        if self.record is not None and self._waiting:
            self._write(self.record.id, self._waiting)

    @property
    def behind(self) -> bool:
        """Whether the end of a run could not be written yet: flush again later."""
        return bool(self._ended)

    def _catch_up(self) -> None:
        if self.behind and time.monotonic() - self._written_s >= WRITE_EVERY_S:
            self.flush()

    def _write(self, run: int, events: list[Event]) -> bool:
        """Write events, and take them out of the list; False where the store fails."""
        try:
            if events and isinstance(events[0], Started):
                self._store.start(run, events[0])
                del events[0]
            if events:
                self._store.add(run, events)
                events.clear()
        except StoreError as error:
            self._tell(error)
            return False
        self._failing = False
        return True

    def _write_end(self, ended: _Ended) -> bool:
        if not self._write(ended.run, ended.events):
            return False
        try:
            self._store.end(ended.run, ended.outcome, ended.message)
        except StoreError as error:
            self._tell(error)
            return False
        return True

    def end(self, outcome: Outcome, message: str = "") -> None:
        """Write the rest and end the record, if one is being written."""
        if self.record is None:
            return
        ended, self.record = self.record, None
        self._ended_id = ended.id
        told = message or self._message
        self._ended.append(_Ended(ended.id, self._waiting, outcome, told))
        self._ended, self._waiting = self._ended[-MOST_ENDED:], []
        self.flush()

    def close(self) -> None:
        """The program ends: a run that has not ended stays open, and counts as interrupted."""
        self.flush()
        self._store.close()

    def _tell(self, error: StoreError) -> None:
        if not self._failing:
            self._on_problem(str(error))
        self._failing = True


def versions() -> dict[str, str]:
    """Of the program and what its numbers depend on."""
    from importlib import metadata  # it brings a mail parser, for which the first paint would wait

    found = {"python": platform.python_version(), "system": platform.platform()}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            found[package] = "unknown"
    return found
