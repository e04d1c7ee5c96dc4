"""Writes the window's runs into the store, on a thread of its own: a slow disk holds nothing up."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from explorer.graph.document import Document
from explorer.protocol.events import EpochDone, Event, Failed, SettingChanged, Started, Status
from explorer.records.folder import data_folder
from explorer.records.recorder import RunRecorder
from explorer.records.schema import StoreError
from explorer.records.store import RunStore

ANSWERS_MS = 25
NUMBER_WAIT_S = 0.15  # for a new record's number; a store that is slower is not waited for
RETRY_S = 3.0  # between two attempts to open a store that could not be opened
CLOSE_S = 10.0
ONE = 1  # the number under which the recorder knows the present run
T = TypeVar("T")
Job = list[Callable[[], object]]  # of one: it is emptied in the window's thread


@dataclass(frozen=True, slots=True)
class Berth:
    """A new run's number, and the folder for its checkpoints (None: nothing is kept)."""

    number: int
    folder: Path | None


class Recording(QObject):
    """Takes the engine's events; answers questions about the store. Only its thread touches it."""

    LISTENS_TO = RunRecorder.LISTENS_TO

    problem = Signal(str)  # told once
    changed = Signal()  # records are not what they were

    def __init__(self, folder: Path | None = None) -> None:
        super().__init__()
        self.folder = data_folder(folder)
        self.number = 0  # the engine's, of the run that is recorded
        self._begun = False  # the engine has started it
        self._deaf = False
        self._lengthens = False  # it is put back at its end, and goes on from there
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._answers: SimpleQueue[Callable[[], object]] = SimpleQueue()
        self._store: RunStore | None = None
        self._recorder: RunRecorder | None = None
        self._reason, self._tried_s = "", -RETRY_S
        self._told: set[str] = set()
        self._thread = threading.Thread(target=self._work, name="records", daemon=True)
        self._timer = QTimer(self)
        self._timer.setInterval(ANSWERS_MS)
        self._timer.timeout.connect(self.deliver)

    # --- what the window asks

    def start(self) -> None:
        """Open the store, soon."""
        if self._thread.ident is None:
            self._thread.start()
            self._timer.start()

    def begin(
        self,
        document: Document,
        guess: int,
        parent: int | None = None,
        lengthens: bool = False,
        tags: tuple[str, ...] = (),
    ) -> Berth:
        """A record for a new run: its number is the record's, or `guess` where there is none."""
        if not self._thread.is_alive():
            return Berth(guess, None)
        name = f"{datetime.now(UTC).date().isoformat()}-{secrets.token_hex(4)}"
        folder = self.folder / "checkpoints" / name
        made: Future[int | None] = Future()
        self._do(lambda: made.set_result(self._begin(document, parent, folder, tags)))
        try:
            number = made.result(NUMBER_WAIT_S)
            berth = Berth(number or guess, folder if number else None)
        except NotYet:
            berth = Berth(guess, folder)
        self.number, self._begun, self._lengthens = berth.number, False, lengthens
        self._do(self._announce)
        return berth

    def take(self, event: Event) -> None:
        """Record an event of the present run."""
        if self._deaf:
            return
        if isinstance(event, Failed) and not self._begun:
            if self.number and event.doing in ("training", "resuming a run"):
                self._fail(event.message)
            return
        if event.run != self.number or not self.number or self._is_old_end(event):
            return
        self._begun = self._begun or isinstance(event, Started)
        told = replace(event, run=ONE)
        self._do(lambda: self._take(told))
        if isinstance(event, Started | EpochDone | Status):
            self._do(self._announce)

    @contextmanager
    def deaf(self) -> Iterator[None]:
        """What is told meanwhile is in the store already."""
        self._deaf = True
        try:
            yield
        finally:
            self._deaf = False

    def _is_old_end(self, event: Event) -> bool:
        """A run that is lengthened is first put back at its end, which is none any more."""
        if isinstance(event, SettingChanged) and event.name == "epochs":
            self._lengthens = False
        return self._lengthens and isinstance(event, Status)

    def _fail(self, message: str) -> None:
        self.number = 0
        self._do(lambda: self._end(message))
        self._do(self._announce)

    def ask(
        self,
        question: Callable[[RunStore], T],
        then: Callable[[T], object] = lambda answer: None,
        failed: Callable[[str], object] | None = None,
    ) -> None:
        """Put a question to the store; `then` gets the answer, later, in the window's thread."""
        self._do(lambda: self._answer(question, then, failed or self.problem.emit))

    def change(self, deed: Callable[[RunStore], T]) -> None:
        """Change records: `changed` tells when it is done, `problem` why not."""
        self.ask(deed, lambda _: self.changed.emit())

    def _do(self, deed: Callable[[], object]) -> None:
        """In the thread, in turn."""
        self._jobs.put([deed])

    def deliver(self) -> None:
        """Hand out the answers that are there."""
        while True:
            try:
                self._answers.get_nowait()()
            except Empty:
                return

    def close(self, last: list[Event]) -> None:
        """The window closes: write the rest. A run that has not ended counts as interrupted."""
        for event in last:
            self.take(event)
        self._timer.stop()
        self._jobs.put(None)
        if self._thread.is_alive():
            self._thread.join(CLOSE_S)

    # --- in the thread

    def _work(self) -> None:
        self._open()
        while (job := self._next()) is not None:
            try:
                job[0]()
            except Exception as error:  # the runs that follow are to be recorded
                self._tell(f"A run could not be recorded: {type(error).__name__}: {error}.")
            # What asked may be a widget that is gone by now: no other thread may be the last to
            # hold it, or Qt's part of it is destroyed there.
            self._answers.put(job.clear)
        if self._recorder is not None:
            self._recorder.close()

    def _next(self) -> Job | None:
        """The next job; while the end of a run could not be written, another attempt at it."""
        recorder = self._recorder
        if recorder is None or not recorder.behind:
            return self._jobs.get()
        try:
            return self._jobs.get(timeout=RETRY_S)
        except Empty:
            return [recorder.flush]

    def _open(self) -> RunStore | None:
        if self._store is None and time.monotonic() - self._tried_s >= RETRY_S:
            try:
                self._store = RunStore.open(self.folder)
            except StoreError as error:
                self._reason = str(error)
                self._tell(self._reason)
            else:
                self._recorder = RunRecorder(self._store, self._tell)
                self._tell_remarks(self._store)
            self._tried_s = time.monotonic()
        return self._store

    def _begin(
        self, document: Document, parent: int | None, folder: Path, tags: tuple[str, ...]
    ) -> int | None:
        if self._open() is None or self._recorder is None:
            return None
        made = self._recorder.begin(ONE, document, parent, folder, tags)
        return made.id if made is not None else None

    def _take(self, event: Event) -> None:
        if self._recorder is not None:
            self._recorder.take(event)

    def _end(self, message: str) -> None:
        if self._recorder is not None:
            self._recorder.end("failed", message)

    def _answer(
        self,
        question: Callable[[RunStore], T],
        then: Callable[[T], object],
        failed: Callable[[str], object],
    ) -> None:
        store = self._open()
        if store is None:
            reason = self._reason
            self._answers.put(lambda: failed(reason))
            return
        try:
            answer = question(store)
        except StoreError as error:
            why = str(error)
            self._answers.put(lambda: failed(why))
        except Exception as error:  # who has asked waits for an answer
            unexpected = f"The store of runs could not be read: {type(error).__name__}: {error}."
            self._answers.put(lambda: failed(unexpected))
        else:
            self._answers.put(lambda: then(answer))
        self._tell_remarks(store)

    def _tell_remarks(self, store: RunStore) -> None:
        for remark in store.remarks:
            self._tell(remark)

    def _announce(self) -> None:
        self._answers.put(self.changed.emit)

    def _tell(self, problem: str) -> None:
        if problem not in self._told:
            self._told.add(problem)
            self._answers.put(lambda: self.problem.emit(problem))
