"""What Train, Pause, Step, Stop and Rewind mean in each state of the run."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from explorer.graph.document import Document
from explorer.plan.plan import Plan
from explorer.protocol.commands import (
    Command,
    Pause,
    Prepare,
    Resume,
    Rewind,
    SetRate,
    StepOnce,
    Stop,
    Train,
)
from explorer.protocol.events import Event, Ready, RunState, Started, Status
from explorer.ui.store import Store
from explorer.ui.timers import single_shot

SETTLE_MS = 150  # after an edit, before its untrained network is built


class Runner(QObject):
    """Knows the run's state and document; the only one that starts or ends a run."""

    changed = Signal()  # state, document or readiness
    refused = Signal(str)  # why nothing happened

    def __init__(self, store: Store, send: Callable[[Command], None]) -> None:
        super().__init__()
        self._store = store
        self._send = send
        self.state: RunState = "untrained"
        self.ready = False  # torch is loaded
        self.run = 0
        self.document: Document | None = None  # what the engine's network was built from
        self._begun = False  # Train or LoadWeights was asked for: weights that must not be lost
        self._settle = single_shot(self, SETTLE_MS)
        self._settle.timeout.connect(self._prepare)
        store.changed.connect(self._document_changed)
        store.opened.connect(self._opened)

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
            self._send(Resume())
        elif self.state != "running":
            self._begin(paused=False)

    def pause(self) -> None:
        """Hold the run."""
        self._send(Pause())

    def step(self) -> None:
        """One training step; without a run it begins one and holds it."""
        if self.state == "running":
            self.pause()
        elif self.state != "paused" and not self._begin(paused=True):
            return
        self._send(StepOnce())

    def stop(self) -> None:
        """End the run; its network stays."""
        self._send(Stop())

    def rewind(self) -> None:
        """Back to the initial weights."""
        self._send(Rewind())

    def set_rate(self, rate: float) -> None:
        """Learning rate of a run that goes on."""
        if self.active:
            self._send(SetRate(rate))

    def weights_loaded(self, document: Document) -> None:
        """Trained weights were asked for: an edit does not throw them away."""
        self._settle.stop()
        self.document, self._begun = document, True

    def stop_waiting(self) -> None:
        """The window closes: nothing more is built."""
        self._settle.stop()

    def changed_since(self) -> bool:
        """Whether the drawing differs from what the network was built from."""
        return (
            self._begun
            and self.document is not None
            and _structure(self.document) != _structure(self._store.document)
        )

    # --- what happens

    def take(self, event: Event) -> None:
        """Follow the engine's state."""
        if isinstance(event, Ready):
            self.ready = True
        elif isinstance(event, Status):
            self.state = event.state
        elif isinstance(event, Started):
            self.run = max(self.run, event.run)
        self.changed.emit()

    def _begin(self, paused: bool) -> bool:
        plan = self._store.plan
        if not plan.ready:
            first = plan.problems[0].message if plan.problems else "Add blocks to the canvas."
            self.refused.emit(f"The network can't be trained yet. {first}")
            return False
        self._settle.stop()
        self.run += 1
        self.document, self._begun = plan.document, True
        self._send(Train(self.run, plan, paused))
        self.changed.emit()
        return True

    def _opened(self) -> None:
        """Another document: the run of the one before ends."""
        self._begun = False
        self._prepare()

    def _document_changed(self, before: Document, after: Document, plan: Plan) -> None:
        known = self.document
        if known is not None and known.dataset != after.dataset and not self.active:
            self._begun = False  # its network can't read this dataset
        if not self._begun and not self.active:
            self._settle.start()
        self.changed.emit()

    def _prepare(self) -> None:
        plan = self._store.plan
        if not plan.ready or self._begun:
            return
        known = self.document
        if (
            known is None
            or _structure(known) != _structure(plan.document)
            or self.state != "untrained"
        ):
            self.document = plan.document
            self._send(Prepare(plan))
            self.changed.emit()


def _structure(document: Document) -> object:
    """What the network depends on: blocks, wires, groups, dataset, seed; not places or other
    settings.
    """
    blocks = {name: node.block for name, node in document.nodes.items()}
    groups = {group.name: (group.members, group.repeat) for group in document.groups}
    return blocks, set(document.wires), groups, document.dataset, document.training.seed
