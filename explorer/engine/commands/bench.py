"""What the parts of the engine share: the mailboxes, the network at hand, the state of its run."""

from __future__ import annotations

import traceback
from collections.abc import Callable

from explorer.engine.device.failures import (
    EngineError,
    cause_of,
    cures_of,
    in_words,
    node_in,
    stopped_by,
)
from explorer.engine.device.memory import give_back
from explorer.engine.run.session import Session
from explorer.engine.run.train import Run
from explorer.plan.memory import memory_of
from explorer.plan.plan import Plan
from explorer.protocol.events import Event, Failed, RunState, Status
from explorer.protocol.mailbox import CommandBox, EventBox


class Leave(Exception):
    """A Quit is waiting: how long work ends early."""


class Bench:
    """The session and the state it is in; every change of state goes through `enter`."""

    def __init__(self, commands: CommandBox, events: EventBox) -> None:
        self.commands = commands
        self._events = events
        self.session: Session | None = None
        self.state: RunState = "untrained"
        self.entered: list[Callable[[], None]] = []  # what follows each new state, in this order

    # --- what there is

    @property
    def needed(self) -> Session:
        """The session; EngineError where there is none."""
        if self.session is None:
            raise EngineError("There is no network yet. Connect the blocks and press Train.")
        return self.session

    @property
    def run(self) -> Run | None:
        """The session's run."""
        return self.session.run if self.session else None

    @property
    def number(self) -> int:
        """The run's number (0: none)."""
        return self.session.moment.run if self.session else 0

    @property
    def step(self) -> int:
        """Training steps behind the present weights."""
        return self.session.step if self.session else 0

    def leave_if_asked(self) -> None:
        """Raise Leave where a Quit waits."""
        if self.commands.quit_waits():
            raise Leave

    # --- what is told

    def tell(self, event: Event) -> None:
        """Leave an event for the window."""
        self._events.put(event)

    def enter(self, state: RunState) -> None:
        """Tell everything up to here, then the new state, then what follows it."""
        run = self.run
        if run is not None and state != "running" and run.step:
            run.tell()
            run.tell_progress()
        if state not in ("running", "paused"):
            give_back()
        self.state = state
        self.tell(Status(self.number, state, self.step))
        for follow in self.entered:
            follow()

    def fail(
        self, doing: str, error: Exception, request: int = 0, plan: Plan | None = None
    ) -> None:
        """Tell of an error. `plan`: of a training that could not begin, or not be measured."""
        begun = self.session is not None and self.session.plan is plan
        details = traceback.format_exc()
        batch = plan.document.training.batch if plan is not None else 0
        step = 1 if plan is not None and not begun else self.step
        memory = memory_of(plan) if plan is not None else None
        message = in_words(error, step=step, batch=batch, memory=memory)
        cures = cures_of(error, plan.document.training, 0, memory) if plan is not None else ()
        node = node_in(error, memory)
        cause = cause_of(error, node)
        self.tell(Failed(self.number, doing, message, details, request, node, cures, cause))

    def tell_crash(self, error: BaseException, final: bool) -> None:
        """A fault of the program itself: what happened, what is lost, and how to go on."""
        run = self.run
        goes_on = run is not None and self.state in ("running", "paused")
        newest = run.keeper.newest if run is not None and goes_on and run.keeper else None
        message, cures = stopped_by(error, self.step if goes_on else 0, newest, final)
        doing = "training" if goes_on else "running the engine"
        details = "".join(traceback.format_exception(error))
        self.tell(Failed(self.number, doing, message, details, cures=cures))
        if goes_on:
            self.tell(Status(self.number, "stopped", self.step))
