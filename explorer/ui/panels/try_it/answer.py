"""What a network said of one input, and whether it may still be shown."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.graph.document import Document
from explorer.protocol.events import Floats, Prediction, RunState, Watched
from explorer.ui.session.store import Store


@dataclass(frozen=True, slots=True)
class Answer:
    """Class probabilities (classes,), of a test sample with its true class."""

    probabilities: Floats
    network: Document | None  # what it was built from; None: not known
    run: int
    label: int | None = None

    @classmethod
    def of(cls, event: Prediction | Watched) -> Answer:
        """As the engine told it."""
        label = event.label if isinstance(event, Watched) else None
        return cls(event.probabilities, event.network, event.run, label)

    def drawn(self, store: Store) -> bool:
        """Whether its network answers as the drawn one does."""
        document = store.document
        ends = [node.id for node in document.nodes.values() if node.block.role == "output"]
        return self.network is None or (
            bool(ends) and store.still_drawn(self.network).issuperset(ends)
        )

    def counts(self, store: Store, state: RunState) -> bool:
        """Whether it may be shown: the network reads the drawn dataset, and is the drawn one or one
        whose weights are kept although the drawing has changed.
        """
        if self.network is not None and self.network.dataset != store.document.dataset:
            return False
        return state != "untrained" or self.drawn(store)

    def note(self, store: Store) -> str:
        """Whose answer it is, where it is not that of the drawing."""
        if self.drawn(store):
            return ""
        whose = f"run {self.run}" if self.run else "the loaded network"
        return f"by {whose}, before the changes"
