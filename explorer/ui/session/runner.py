"""What Train, Pause, Step, Stop and Rewind mean in each state of the run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from explorer.graph.document import Document, Training
from explorer.graph.edits import set_training
from explorer.plan.plan import Plan, plan
from explorer.protocol import commands as do
from explorer.protocol.events import Event, Ready, RunState, SettingChanged, Started, Status
from explorer.ui.session.admission import Admission
from explorer.ui.session.at_once import Acting
from explorer.ui.session.belonging import Belonging, Source
from explorer.ui.session.built_from import BuiltFrom
from explorer.ui.session.recording import Berth, Recording
from explorer.ui.session.store import Store
from explorer.ui.session.untrained import Untrained

NEW_RUN = "This is a new run from new weights."


class Runner(QObject):
    """Knows the run's state and document; the only one that starts or ends a run."""

    changed = Signal()  # state, document or readiness
    refused = Signal(str)  # why nothing happened
    left = Signal(int, int, str)  # a run has been ended: its number, its step, and by what
    replaced = Signal(object, str)  # trained weights make way: their `Source`; for what
    recall = Signal(int)  # the weights of this run belong to the drawing, but are not here
    large = Signal(str)  # why what is drawn is not built before Train is pressed
    asked = Signal(str, object)  # whether to train what is large for this machine: why, how

    def __init__(
        self,
        store: Store,
        send: Callable[[do.Command], None],
        recording: Recording | None = None,
    ) -> None:
        super().__init__()
        self._store = store
        self._send = send
        self._recording = recording
        self.state: RunState = "untrained"
        self.ready = False  # torch is loaded
        self.run = 0  # whose weights the network has; 0: of none
        self._highest = 0  # number of a run so far
        self._again: Callable[[], object] | None = None  # loads the file that weights came from
        self._left = 0  # the run that something opened is ending
        self._left_by = ""  # what that is
        self._told_left = 0  # the latest that was ended so: its way back was offered then
        self._state_run = 0  # the run that the state is of
        self._built = BuiltFrom()
        self._acting = Acting(self._built, send)
        self._belonging = Belonging(store, self._built)
        self._admission = Admission(self.asked.emit)
        self._next: Callable[[], object] | None = None  # once the present run has ended
        self._awaited = 0  # the number of a run that was asked for and has not begun
        self._untrained = Untrained(store, self._built, send, lambda: self.state, self._recall)
        self._untrained.large.connect(self.large)
        self._untrained.built.connect(self._nothing_trained)
        store.changed.connect(self._document_changed)
        store.opened.connect(self._opened)

    @property
    def document(self) -> Document | None:
        """What the engine's network was built from."""
        return self._built.document

    # --- what the user asks

    @property
    def active(self) -> bool:
        """Whether a run goes on or is held."""
        return self.state in ("running", "paused")

    def toggle(self) -> None:
        """Train, or pause: what Space does."""
        if self.state == "running":
            self.pause()
        else:
            self.train()

    def train(self) -> None:
        """Begin a run, or go on with a held one."""
        if self.state == "paused":
            self._send(do.Resume())
        elif self.state != "running":
            self._begin(paused=False)

    def pause(self) -> None:
        """Hold the run."""
        self._send(do.Pause())

    def step(self) -> None:
        """One training step; without a run it begins one and holds it."""
        if self.state == "running":
            self.pause()
        elif self.state != "paused" and not self._begin(paused=True):
            return
        self._send(do.StepOnce())

    def stop(self) -> None:
        """End the run; its network stays."""
        self._send(do.Stop())

    def rewind(self) -> None:
        """Back to the initial weights. A run that has ended is a record: another one begins."""
        known = self.document
        if self.active or known is None:
            self._send(do.Rewind())
        else:
            shown = replace(known, training=self._store.document.training)
            again = set_training(shown, {"seed": known.training.seed})
            self._make_way(NEW_RUN)
            self._start(plan(again), paused=True)

    def weights_loaded(self, document: Document, again: Callable[[], object] | None = None) -> None:
        """Trained weights of a file were asked for: an edit does not throw them away, and `again`
        brings them back.
        """
        self._untrained.cancel()
        self._make_way("The network has the weights of a file now.")
        self._end("Loading weights")
        self.run, self._again = 0, again
        self._know(document)

    # --- runs that were recorded, or are to be

    def once_ended(self, act: Callable[[], object]) -> None:
        """Do this when there is no run: at once, or when the present one has been ended."""
        if self.active:
            self._next = act
            self._send(do.Stop())
        else:
            act()

    def train_as(self, drawn: Document, tags: tuple[str, ...] = ()) -> int | None:
        """Begin a run of this document, which is the one on the canvas but for its settings or
        sizes; the run's number.
        """
        found = plan(drawn)
        if not found.ready:
            self._refuse(found)
            return None
        if not self._admission.admits(found, lambda: self.train_as(drawn, tags)):
            return None
        number = self._start(found, paused=False, tags=tags)
        seed = self._store.document.training.seed  # another one is no change of the drawing
        self._built.drawn = set_training(drawn, {"seed": seed})
        self.changed.emit()
        return number

    def go_on(self, path: Path, parent: int, paused: bool = False, more: int = 0) -> int:
        """Go on from a checkpoint of the document on the canvas, `more` epochs longer; the run's
        number.
        """
        document = self._store.document
        berth = self._berth(document, parent, lengthens=more > 0)
        self._know(document)
        self._send(
            do.ResumeRun(berth.number, path, self._store.plan, paused or more > 0, berth.folder)
        )
        if more:
            self._send(do.TrainMore(more))
        self.changed.emit()
        return berth.number

    def look_at(self, path: Path, run: int, best: bool = False) -> None:
        """The network as a checkpoint of this run has it, of the document on the canvas, or with
        the weights of its best epoch: nothing is trained.
        """
        settings = self._belonging.settings_of(run)
        self._know(replace(self._store.document, training=settings))
        self._read(do.ResumeRun(run, path, self._store.plan, paused=True, best=best))

    def recalled(self, path: Path, run: int) -> None:
        """The same for a run of this window, whose drawing may have been changed since."""
        drawn = self._belonging.drawn_of(run)
        self._built.know(drawn, drawn)
        self._read(do.ResumeRun(run, path, plan(drawn), paused=True))

    def _read(self, command: do.ResumeRun) -> None:
        self._untrained.cancel()
        self.run = command.run
        self._send(command)
        self._send(do.Stop())
        self.changed.emit()

    def misses(self, run: int) -> bool:
        """Whether this run's weights belong to the drawing, others are here, and none trains."""
        return not self._held and self._belonging.missing() == run

    def forget(self, run: int) -> None:
        """Its weights can't be had: the untrained network takes their place."""
        self._belonging.forget(run)
        self._untrained.build()

    def use_best(self) -> None:
        """The weights of the best epoch of the run that has ended."""
        self._send(do.UseBest())

    def more(self, epochs: int) -> None:
        """Lengthen the present run."""
        self._send(do.TrainMore(epochs))

    # --- what is changed while a run goes on

    @property
    def rate(self) -> float:
        """Of the present run, as set."""
        return self._acting.rate

    def set_rate(self, rate: float) -> None:
        """The rate of the present run, which may differ from the document's."""
        if self.active and self._acting.set_rate(rate):
            self.changed.emit()

    def follow(self, before: Document, after: Document) -> None:
        """Settings that act at once."""
        if self.active:
            self._acting.follow(before, after)
            self.changed.emit()

    def stop_waiting(self) -> None:
        """The window closes: nothing more is built."""
        self._untrained.cancel()

    def changed_since(self) -> bool:
        """Whether the drawing differs from what the network was built from."""
        return self._built.left_by(self._store.document)

    def outdated(self) -> bool:
        """Whether the network at hand is not for what is open: another document or dataset."""
        built = self._built
        if self.active or built.document is None:
            return False
        return not (built.kept and built.reads(self._store.document.dataset))

    def other_settings(self) -> tuple[str, ...]:
        """Training settings that act with the next run: they are not those of the present one."""
        return self._built.other_settings(self._store.document)

    @property
    def settings(self) -> Training | None:
        """Of the run that goes on or is held, with the changes that it has taken up."""
        return self._built.settings if self.active else None

    # --- what happens

    def take(self, event: Event) -> None:
        """Follow the engine's state."""
        if isinstance(event, Ready):
            self.ready = True
        elif isinstance(event, Status):
            self.state, self._state_run = event.state, event.run
            self._awaited = 0 if event.run == self._awaited else self._awaited
            if event.state == "untrained":  # the drawing may have gone on while a run was ended
                self._untrained.follow(self._store.document)
            self._do_next()
            self._tell_left(event)
        elif isinstance(event, Started):
            self._highest = max(self._highest, event.run)
            self._acting.take(event)
            self._note()
        elif isinstance(event, SettingChanged):
            self._acting.take(event)
        self.changed.emit()

    @property
    def _held(self) -> bool:
        """Whether a run goes on that nobody has ended."""
        return self.active and self._left != self._state_run

    def _tell_left(self, event: Status) -> None:
        if self._left and event.run == self._left and event.state == "stopped":
            self._left, self._told_left = 0, self._left
            self.left.emit(event.run, event.step, self._left_by)

    def _make_way(self, to: str) -> None:
        """What comes now takes the place of the network at hand: it is said if that is trained."""
        source: Source | None = self._again if self.state == "loaded" else self.run
        ended = self.state in ("finished", "stopped") and self._state_run == self.run
        if source and source != self._told_left and (ended or self.state == "loaded"):
            self.replaced.emit(source, to)

    def _recall(self) -> bool:
        source = self._belonging.missing()
        at_hand = self._built.kept and source == self.run
        if source is None or self._held or at_hand:
            return False
        if isinstance(source, int):
            self.recall.emit(source)
        else:
            source()
        return True

    def _note(self) -> None:
        self._belonging.note(self.run or self._again)

    def _nothing_trained(self) -> None:
        if self.run:  # weights of a file come back with their drawing
            self._make_way("What is drawn now is untrained.")
        self.run, self._again = 0, None
        self.changed.emit()

    def _do_next(self) -> None:
        if self._next is not None and not self.active:
            act, self._next = self._next, None
            act()

    def _begin(self, paused: bool) -> bool:
        plan = self._store.plan
        if not plan.ready:
            self._refuse(plan)
            return False
        if not self._admission.admits(plan, lambda: self._begin(paused)):
            return False
        self._make_way(NEW_RUN)
        self._start(plan, paused)
        return True

    def _refuse(self, plan: Plan) -> None:
        first = plan.problems[0].message if plan.problems else "Add blocks to the canvas."
        self.refused.emit(f"The network can't be trained yet. {first}")

    def _start(self, plan: Plan, paused: bool, tags: tuple[str, ...] = ()) -> int:
        self._untrained.cancel()
        berth = self._berth(plan.document, tags=tags)
        self._know(plan.document)
        self._send(do.Train(berth.number, plan, paused, berth.folder))
        self.changed.emit()
        return berth.number

    def _berth(
        self,
        document: Document,
        parent: int | None = None,
        lengthens: bool = False,
        tags: tuple[str, ...] = (),
    ) -> Berth:
        self._untrained.cancel()
        guess = self._highest + 1
        berth = Berth(guess, None)
        if self._recording is not None:
            berth = self._recording.begin(document, guess, parent, lengthens, tags)
        self.run = self._awaited = berth.number
        self._highest = max(self._highest, berth.number)
        return berth

    def _know(self, document: Document) -> None:
        self._built.know(document, self._store.document)

    def _end(self, by: str) -> None:
        """What comes now takes the run's place: its last state is kept."""
        self._next = None
        if self.active or self._awaited:
            self._left, self._left_by = self.run, by
            self._send(do.Stop())
        self._awaited = 0

    def _opened(self) -> None:
        """Another document: the run of the one before ends, unless it is of the same network."""
        if self._built.kept and not self.changed_since():
            self.changed.emit()
            return
        self._built.kept = False
        self._end(f"Opening '{self._store.document.title}'")
        self._untrained.build()

    def _document_changed(self, before: Document, after: Document, plan: Plan) -> None:
        self._note()
        self._belonging.note_drawing(self.run)
        if not self.active:
            self._untrained.follow(after)
        self.changed.emit()
