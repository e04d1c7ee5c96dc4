"""Several runs of one document, each with a seed of its own."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.graph.document import Document
from explorer.graph.edits import set_training
from explorer.records.compare import by_seed
from explorer.records.record import RunRecord
from explorer.ui.session.messages import MessageBar
from explorer.ui.session.run_queue import Ended


class Seeds:
    """A document with one seed after the other; a run that fails is held, as any other is."""

    tags = ()
    patient = False

    def __init__(self, document: Document, seeds: Sequence[int], messages: MessageBar) -> None:
        self._documents = [set_training(document, {"seed": seed}) for seed in seeds]
        self._messages = messages

    def next(self) -> Document | None:
        """The first that is left."""
        return self._documents.pop(0) if self._documents else None

    def begun(self, run: int) -> None:
        """Every run tells for itself."""

    def ended(self, how: Ended) -> None:
        """Every run tells for itself."""

    def given_up(self) -> None:
        """Say what would have followed."""
        if left := len(self._documents):
            self._messages.tell(
                "warning", f"The run was stopped; {left} that would have followed are given up."
            )


def new_seeds(of: RunRecord, others: Sequence[RunRecord], count: int) -> list[int]:
    """The next seeds that none of the runs had which differ from this one by their seed alone."""
    groups = by_seed([of, *(each for each in others if each.id != of.id)])
    used = {each.seed for group in groups if of in group for each in group}
    found: list[int] = []
    seed = of.seed
    while len(found) < count:
        seed = (seed + 1) % 2**31
        if seed not in used:
            found.append(seed)
    return found
