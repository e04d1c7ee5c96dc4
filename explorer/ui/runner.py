"""What Train, Pause, Step, Stop and Rewind mean in each state of the run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from explorer.graph.document import Document
from explorer.graph.edits import set_training
from explorer.plan.plan import Plan, plan
from explorer.protocol import commands as do
from explorer.protocol.events import Event, Ready, RunState, SettingChanged, Started, Status
from explorer.ui.built_from import BuiltFrom
from explorer.ui.recording import Berth, Recording
from explorer.ui.store import Store
from explorer.ui.untrained import Untrained


class Runner(QObject):
    """Knows the run's state and document; the only one that starts or ends a run."""

    changed = Signal()  # state, document or readiness
    refused = Signal(str)  # why nothing happened

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
        self.rate = 0.0  # of the present run, as set
        self.run = 0
        self._built = BuiltFrom()
        self._next: Callable[[], object] | None = None  # once the present run has ended
        self._awaited = 0  # the number of a run that was asked for and has not begun
        self._untrained = Untrained(store, self._built, send, lambda: self.state)
        self._untrained.built.connect(self.changed)
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
            self._start(plan(again), paused=True)

    def weights_loaded(self, document: Document) -> None:
        """Trained weights were asked for: an edit does not throw them away."""
        self._untrained.cancel()
        self._end()
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

    def look_at(self, path: Path) -> int:
        """The network as a checkpoint has it, of the document on the canvas: nothing is trained."""
        self._untrained.cancel()
        self._know(self._store.document)
        self.run += 1
        self._send(do.ResumeRun(self.run, path, self._store.plan, paused=True))
        self._send(do.Stop())
        self.changed.emit()
        return self.run

    def use_best(self) -> None:
        """The weights of the best epoch of the run that has ended."""
        self._send(do.UseBest())

    def more(self, epochs: int) -> None:
        """Lengthen the present run."""
        self._send(do.TrainMore(epochs))

    # --- what is changed while a run goes on

    def set_rate(self, rate: float) -> None:
        """The rate of the present run, which may differ from the document's."""
        if self.active and rate != self.rate:
            self.rate = rate
            self._send(do.SetRate(rate))
            self.changed.emit()

    def follow(self, before: Document, after: Document) -> None:
        """Settings that act at once."""
        if not self.active:
            return
        if before.training.rate != after.training.rate:
            self.set_rate(after.training.rate)
        if before.training.weight_decay != after.training.weight_decay:
            self._send(do.SetWeightDecay(after.training.weight_decay))
        if before.training.accumulate != after.training.accumulate:
            self._send(do.SetAccumulate(after.training.accumulate))
        for command in self._built.follow_dropout(before, after):
            self._send(command)

    def stop_waiting(self) -> None:
        """The window closes: nothing more is built."""
        self._untrained.cancel()

    def changed_since(self) -> bool:
        """Whether the drawing differs from what the network was built from."""
        return self._built.left_by(self._store.document)

    # --- what happens

    def take(self, event: Event) -> None:
        """Follow the engine's state."""
        if isinstance(event, Ready):
            self.ready = True
        elif isinstance(event, Status):
            self.state = event.state
            self._awaited = 0 if event.run == self._awaited else self._awaited
            if event.state == "untrained":  # the drawing may have gone on while a run was ended
                self._untrained.follow(self._store.document)
            self._do_next()
        elif isinstance(event, Started):
            self.run = max(self.run, event.run)
            self.rate = event.rate
        elif isinstance(event, SettingChanged) and event.name == "rate":
            self.rate = event.value
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
        guess = self.run + 1
        berth = Berth(guess, None)
        if self._recording is not None:
            berth = self._recording.begin(document, guess, parent, lengthens, tags)
        self.run = self._awaited = berth.number
        return berth

    def _know(self, document: Document) -> None:
        self._built.know(document, self._store.document)

    def _end(self) -> None:
        """What comes now takes the run's place: its last state is kept."""
        self._next = None
        if self.active or self._awaited:
            self._send(do.Stop())
        self._awaited = 0

    def _opened(self) -> None:
        """Another document: the run of the one before ends, unless it is of the same network."""
        same = self._built.kept and not self.changed_since()
        if same and (self.active or self._awaited):
            self.changed.emit()
            return
        self._built.kept = False
        self._end()
        self._untrained.build()

    def _document_changed(self, before: Document, after: Document, plan: Plan) -> None:
        if not self.active:
            self._untrained.follow(after)
        self.changed.emit()
