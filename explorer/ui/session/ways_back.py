"""Whatever takes the place of a trained network or of a run says so, with one press back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from explorer.plan.amounts import percent
from explorer.records.record import RunRecord
from explorer.ui.session.belonging import Source
from explorer.ui.session.kept_runs import Kept, kept_of
from explorer.ui.session.messages import MessageBar
from explorer.ui.session.recording import Recording

Act = Callable[[RunRecord], object]


class WaysBack(QObject):
    """Offers in the message bar; what is offered is looked up in the store of runs first."""

    def __init__(
        self, recording: Recording, messages: MessageBar, look_at: Act, resume: Act
    ) -> None:
        super().__init__()
        self._recording, self._messages = recording, messages
        self._look_at, self._resume = look_at, resume
        self._latest = ""  # offer of weights that made way

    def of_replaced(self, source: Source, to: str) -> None:
        """Trained weights made way for others: say so, and how they come back."""
        if not isinstance(source, int):
            self._tell(f"The weights of the file made way. {to}", ("Load them", source))
            return

        def offer(kept: Kept) -> None:
            record, path, _ = kept
            if path is None:
                self._tell(f"Run {record.id} had no checkpoint: its curves are kept. {to}")
                return
            known = "" if record.test_accuracy is None else f": {percent(record.test_accuracy, 2)}"
            back = ("Bring it back", lambda: self._look_at(record))
            self._tell(f"Run {record.id} is kept{known}. {to}", back)

        self._recording.ask(
            lambda store: kept_of(store, store.run(source)), offer, lambda why: None
        )

    def of_ended(self, run: int, step: int, by: str) -> None:
        """A run was ended by what was opened: say so, and how it comes back."""
        said = f"{by} ended run {run} at step {step:,}."

        def offer(kept: Kept) -> None:
            if kept[1] is None:
                self._messages.tell("warning", f"{said} It had no checkpoint yet.")
                return
            actions = ((f"Back to run {run}", lambda: self._resume(kept[0])),)
            self._messages.tell("warning", f"{said} Its network is kept.", actions=actions)

        def lost(why: str) -> None:
            self._messages.tell("warning", f"{said} It was not recorded. {why}")

        self._recording.ask(lambda store: kept_of(store, store.run(run)), offer, lost)

    def _tell(self, text: str, *actions: tuple[str, Callable[[], object]]) -> None:
        """The latest alone: older ones are in the list of runs."""
        self._messages.withdraw(self._latest)
        self._latest = text
        self._messages.tell("warning", text, actions=actions)
