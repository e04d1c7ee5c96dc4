"""Which run's weights belong to which drawing: undo, redo and opening bring them back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from explorer.graph.document import Document, Training
from explorer.ui.session.built_from import BuiltFrom, structure
from explorer.ui.session.store import Store

MOST = 100  # runs; older ones are found in the runs panel


Source = int | Callable[[], object]  # a run's number, or what loads a file again


class Belonging:
    """The runs of this window and the files that it loaded, each with the drawing they are for."""

    def __init__(self, store: Store, built: BuiltFrom) -> None:
        self._store, self._built = store, built
        self._drawn: dict[Source, Document] = {}  # the latest last

    def note(self, source: Source | None) -> None:
        """The weights at hand are from there."""
        built = self._built
        if not source or not built.kept or built.drawn is None:
            return
        settings = built.settings or built.drawn.training
        self._drawn.pop(source, None)
        self._drawn[source] = replace(built.drawn, training=settings)
        while len(self._drawn) > MOST:
            del self._drawn[next(iter(self._drawn))]

    def forget(self, run: int) -> None:
        """Its weights are gone."""
        self._drawn.pop(run, None)

    def missing(self) -> Source | None:
        """Where the latest weights for what is drawn now are from, if they are not at hand."""
        now = self._store.document
        if self._built.kept and not self._built.left_by(now):
            return None
        wanted, latest = structure(now), reversed(self._drawn.items())
        return next((source for source, drawn in latest if structure(drawn) == wanted), None)

    def settings_of(self, run: int) -> Training:
        """With which it was trained; of an unknown one those of the document."""
        return self._drawn.get(run, self._store.document).training
