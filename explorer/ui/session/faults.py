"""Faults of the engine in the message bar, with what can be done about them as buttons."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from explorer.graph.edits import set_training
from explorer.protocol.events import Cure, Failed, RunState, Warned
from explorer.ui.session.messages import MessageBar
from explorer.ui.session.runner import Runner
from explorer.ui.session.runs import Runs
from explorer.ui.session.store import Selection, Store


class Faults:
    """Tells of faults, shows the block where one began, and carries out its cures."""

    def __init__(
        self,
        store: Store,
        selection: Selection,
        runner: Runner,
        runs: Runs,
        messages: MessageBar,
        reveal: Callable[[tuple[str, ...]], object],
    ) -> None:
        self._store, self._selection = store, selection
        self._runner, self._runs = runner, runs
        self._messages, self._reveal = messages, reveal
        self._held = ""  # why the run is held

    def tell(self, event: Failed) -> None:
        """Show the message."""
        looks = self._looks(event.node)
        actions = tuple((cure.label, partial(self._apply, cure, event.run)) for cure in event.cures)
        self._messages.tell("error", event.message, event.details, actions, looks)
        if actions:
            self._held = event.message

    def warn(self, event: Warned) -> None:
        """Show what is odd about a run that goes on."""
        self._messages.tell("warning", event.message, looks=self._looks(event.node))

    def _looks(self, node: str) -> tuple[tuple[str, Callable[[], object]], ...]:
        known = node in self._store.document.nodes
        return (("Show block", partial(self._show, node)),) if known else ()

    def follow(self, state: RunState) -> None:
        """A run goes on or begins: what held it is over."""
        if state == "running" and self._held:
            self._messages.withdraw(self._held)
            self._held = ""

    def _show(self, node: str) -> None:
        if node in self._store.document.nodes:
            self._selection.set((node,))
            self._reveal((node,))

    def _apply(self, cure: Cure, run: int) -> None:
        settings = dict(cure.settings)
        label = f"Set {' and '.join(settings)}"
        if settings and not self._store.edit(label, lambda d: set_training(d, settings)):
            return
        deeds: dict[str, Callable[[], object]] = {
            "go on": self._runner.train,
            "rewind": self._runner.rewind,
            "anew": lambda: self._runner.once_ended(self._runner.train),
            "resume": lambda: self._runs.recording.ask(
                lambda store: store.run(run), self._runs.resume
            ),
        }
        deeds[cure.then]()
