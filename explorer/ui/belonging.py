"""Which run's weights belong to which drawing: undo, redo and opening bring them back."""

from __future__ import annotations

from explorer.graph.document import Document
from explorer.ui.built_from import structure

MOST = 100  # runs; older ones are found in the runs panel


class Belonging:
    """The runs of this window, each with the drawing that it was trained from."""

    def __init__(self) -> None:
        self._drawn: dict[int, Document] = {}  # by the run's number, the latest last

    def note(self, run: int, drawn: Document) -> None:
        """A run has weights for this drawing."""
        if self._drawn.get(run) is not drawn:
            self._drawn.pop(run, None)
            self._drawn[run] = drawn
        while len(self._drawn) > MOST:
            del self._drawn[next(iter(self._drawn))]

    def forget(self, run: int) -> None:
        """Its weights are gone."""
        self._drawn.pop(run, None)

    def run_of(self, now: Document) -> int | None:
        """The latest run of this drawing."""
        wanted = structure(now)
        latest = reversed(self._drawn.items())
        return next((run for run, drawn in latest if structure(drawn) == wanted), None)

    def drawing_of(self, run: int) -> Document | None:
        """What the run was trained from, its settings with it."""
        return self._drawn.get(run)
