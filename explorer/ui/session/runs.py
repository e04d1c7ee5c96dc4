"""What can be asked of recorded runs: look, resume, run again, lengthen, throw away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, Signal

from explorer.blocks.catalogue import block_of
from explorer.graph.document import Document
from explorer.graph.edits import set_training
from explorer.graph.files import DocumentError, load
from explorer.protocol.events import Event, Losses, Started
from explorer.records.record import RunCurves, RunRecord
from explorer.records.store import RunStore
from explorer.ui.session.built_from import structure
from explorer.ui.session.files import Files
from explorer.ui.session.kept_runs import (
    Interrupted,
    Kept,
    interrupted,
    kept_of,
)
from explorer.ui.session.messages import Actions, Level, MessageBar
from explorer.ui.session.recording import Recording
from explorer.ui.session.run_queue import RunQueue
from explorer.ui.session.runner import Runner
from explorer.ui.session.seeds import Seeds, new_seeds
from explorer.ui.session.store import Store
from explorer.ui.session.ways_back import WaysBack

SEEDS = 5
DECLINED = "declined_run"  # in the settings: the newest run whose offer was answered with no
LOST = "lost_run"  # in the settings: the newest run of which was told that it can't go on


class Runs(QObject):
    """Carries out what the runs panel and the message bar ask."""

    changed = Signal()  # whether a run goes on
    told = Signal(str)  # what was done, in a word: it goes by itself

    def __init__(
        self,
        store: Store,
        files: Files,
        runner: Runner,
        recording: Recording,
        messages: MessageBar,
        settings: QSettings,
        hand: Callable[[Event], None],
    ) -> None:
        """`hand` gives an event to all who show events."""
        super().__init__()
        self._store, self._files, self._runner = store, files, runner
        self.recording, self._messages, self._settings = recording, messages, settings
        self._hand = hand
        self._before: dict[int, RunCurves] = {}  # by number: curves up to where a run goes on
        self.queue = RunQueue(runner)
        runner.changed.connect(self.changed)
        runner.recall.connect(self._recall)
        self._back = back = WaysBack(recording, messages, self.look_at, self.resume)
        runner.left.connect(back.of_ended)
        runner.replaced.connect(back.of_replaced)

    @property
    def busy(self) -> bool:
        """Whether a run of this window goes on or is held."""
        return self._runner.active

    def goes_on(self, record: RunRecord) -> bool:
        """Whether this is the run that goes on or is held in this window."""
        return self.busy and self.recording.number == record.id

    # --- the next start

    def offer_interrupted(self) -> None:
        """Offer to go on with what an earlier program did not bring to its end."""

        def offer(found: Interrupted) -> None:
            self._tell_lost(found[1])
            self._offer(found[0])

        self.recording.ask(interrupted, offer, failed=lambda why: None)  # it is told by `problem`

    def _tell_lost(self, record: RunRecord | None) -> None:
        """Once: nobody has to search for it."""
        if record is not None and record.id > number_of(self._settings, LOST):
            self._settings.setValue(LOST, record.id)
            text = f"Run {record.id} of {record.title} ended with the program before its first "
            self._messages.tell(
                "warning", f"{text}checkpoint: only its curves were kept. Train it anew."
            )

    def _offer(self, record: RunRecord | None) -> None:
        if (
            record is None
            or record.id <= number_of(self._settings, DECLINED)
            or self._runner.active
        ):
            return

        def decline() -> None:
            self._settings.setValue(DECLINED, record.id)

        self._messages.tell(
            "warning",
            f"Run {record.id} of {record.title} was interrupted {_when(record)}.",
            actions=(("Resume", lambda: self.resume(record)), ("Not now", decline)),
        )

    # --- the drawing and its weights

    def _recall(self, run: int) -> None:
        """The drawing is again what this run was trained from: bring its weights back."""

        def bring(kept: Kept) -> None:
            record, path, curves = kept
            if not self._runner.misses(run):
                return  # the drawing is another one by now
            if path is None:
                self._runner.forget(run)
                return
            self._before[run] = curves
            self._runner.recalled(path, run)
            self.told.emit(f"The weights of run {record.id} are back, as of step {record.step:,}.")

        self.recording.ask(
            lambda store: kept_of(store, store.run(run)),
            bring,
            lambda why: self._runner.forget(run),
        )

    # --- one run

    def look_at(self, record: RunRecord, best: bool = False) -> None:
        """Its document on the canvas with its weights, or those of its best epoch; nothing is
        trained.
        """

        def show(kept: Kept) -> None:
            path = self._opened(kept)
            if path is not None:
                self._before[record.id] = kept[2]
                self._runner.look_at(path, record.id, best)

        self._with_checkpoint(record, show)

    def resume(self, record: RunRecord, more: int = 0) -> None:
        """Go on exactly where its last checkpoint was written; `more` epochs longer than it was."""

        def go_on(kept: Kept) -> None:
            path = self._opened(kept)
            if path is not None:
                self._before[self._runner.go_on(path, record.id, more=more)] = kept[2]

        self._with_checkpoint(record, go_on)

    def more(self, record: RunRecord, epochs: int) -> None:
        """Lengthen it; what has ended goes on as a run of its own."""
        if self.goes_on(record):
            self._runner.more(epochs)
        else:
            self.resume(record, epochs)

    def again(self, record: RunRecord, seeds: int = 1, others: Sequence[RunRecord] = ()) -> None:
        """The same document from its initial weights; several times one after the other, each with
        a seed that neither it nor one of the `others` of this document had. The canvas stays.
        """
        self._runner.once_ended(partial(self._again, record, seeds, others))

    def _again(self, record: RunRecord, seeds: int, others: Sequence[RunRecord]) -> None:
        document = self._document(record)
        if document is None:
            return
        chosen = [record.seed] if seeds == 1 else new_seeds(record, others, seeds)
        self.queue.start(Seeds(document, chosen, self._messages))
        listed = ", ".join(str(seed) for seed in chosen)
        what = f"Run {record.id} again" if seeds == 1 else f"{seeds} seeds of run {record.id}"
        self.told.emit(f"{what}: seed{'s' * (seeds > 1)} {listed}.")
        self._offer_document(record, document)

    def _offer_document(self, record: RunRecord, document: Document) -> None:
        """Where it is not what is drawn."""
        seed = self._store.document.training.seed
        seeded = set_training(document, {"seed": seed})
        if structure(seeded) != structure(self._store.document):
            self._messages.tell(
                "warning",
                f"What is trained is the network of run {record.id}, not the drawing.",
                actions=(("Open it", lambda: self._show(seeded)),),
            )

    def _with_checkpoint(self, record: RunRecord, act: Callable[[Kept], None]) -> None:
        self._runner.once_ended(
            lambda: self.recording.ask(lambda store: kept_of(store, record), act)
        )

    def _opened(self, kept: Kept) -> Path | None:
        """The checkpoint, once its document is on the canvas."""
        record, path, _ = kept
        document = self._document(record)
        if document is None:
            return None
        if path is None:
            self._messages.tell(
                "warning",
                f"Run {record.id} has no checkpoint: it ended before the first one was written. "
                "“Run again” starts it from its initial weights.",
            )
            return None
        self._show(document)
        return path

    def _show(self, document: Document) -> None:
        shown = self._store.document
        if (structure(document), document.training) != (structure(shown), shown.training):
            self._files.open_recorded(document)

    def _document(self, record: RunRecord) -> Document | None:
        try:
            return load(record.document, block_of).document
        except DocumentError as error:
            self._messages.tell("error", f"The document of run {record.id}: {error}")
            return None

    # --- several runs

    def delete(self, records: Sequence[RunRecord]) -> None:
        """Into the trash; the message bar takes them out again."""
        ids = [each.id for each in records]

        def throw(store: RunStore) -> None:
            for each in ids:
                store.delete(each)

        def bring_back(store: RunStore) -> None:
            for each in ids:
                store.restore(each)

        def tell(_: None) -> None:
            self.recording.changed.emit()
            words = f"Run {ids[0]} is" if len(ids) == 1 else f"{len(ids)} runs are"
            self._messages.tell(
                "good",
                f"{words} in the trash.",
                actions=(("Undo", lambda: self.recording.change(bring_back)),),
            )

        self.recording.ask(throw, tell)

    def empty_trash(self, count: int) -> None:
        """Remove what is in the trash for good, if the user says so."""
        self._messages.tell(
            "warning",
            f"The trash holds {count} run{'s' * (count != 1)}. Once removed, with their "
            "checkpoints, they can't be brought back.",
            actions=(
                ("Remove for good", lambda: self.recording.change(RunStore.empty_trash)),
                ("Keep", lambda: None),
            ),
        )

    def tell(self, level: Level, text: str, actions: Actions = ()) -> None:
        """Say something of runs in the window's message bar."""
        self._messages.tell(level, text, actions=actions)

    # --- what happens

    def take(self, event: Event) -> None:
        """Earlier curves for a run that goes on; the queue."""
        if isinstance(event, Started):
            before = self._before.pop(event.run, None)
            if before is not None:
                self._tell_again(before, event)
        self.queue.take(event)

    def _tell_again(self, before: RunCurves, started: Started) -> None:
        with self.recording.deaf():
            for earlier in before.events()[1:]:
                if (told := _up_to(earlier, started.step)) is not None:
                    self._hand(replace(told, run=started.run))


def number_of(settings: QSettings, key: str) -> int:
    """The run that is kept under this key; 0 where none is, or it can't be read."""
    try:
        return max(0, int(str(settings.value(key, 0))))
    except ValueError:
        return 0


def _up_to(event: Event, step: int) -> Event | None:
    """What of a measurement lies behind this step."""
    if isinstance(event, Losses):
        kept = event.steps <= step
        return replace(
            event,
            steps=event.steps[kept],
            losses=event.losses[kept],
            accuracies=event.accuracies[kept],
        )
    return event if getattr(event, "step", 0) <= step else None


def _when(record: RunRecord) -> str:
    if record.epochs:
        return f"after epoch {record.epochs}"
    return f"at step {record.step:,}"
