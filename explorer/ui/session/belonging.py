"""Which run's weights belong to which drawing: undo, redo and opening bring them back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from explorer.graph.document import Document, Training
from explorer.ui.session.built_from import BuiltFrom, structure
from explorer.ui.session.store import Store

MOST_DRAWINGS = 2_000  # of a history; they share their parts
MOST = 100  # runs; older ones are found in the runs panel


Source = int | Callable[[], object]  # a run's number, or what loads a file again


class Belonging:
    """The runs of this window and the files that it loaded, each with the drawing they are for."""

    def __init__(self, store: Store, built: BuiltFrom) -> None:
        self._store, self._built = store, built
        self._drawn: dict[Source, Document] = {}  # the latest last
        self._had: dict[int, tuple[Document, int]] = {}  # by id: changed since, and the run
        self._history = store.history

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

    def note_drawing(self, run: int) -> None:
        """An edit led to what is drawn, and it has the weights of this run: it is the run's, or
        the run's with changes. The first run stays, whatever way leads here again.
        """
        now, store = self._store.document, self._store
        same, self._history = self._history is store.history, store.history
        if run in self._drawn and same and self._built.kept and self._built.reads(now.dataset):
            self._had.setdefault(id(now), (now, run))
        while len(self._had) > MOST_DRAWINGS:
            del self._had[next(iter(self._had))]

    def forget(self, run: int) -> None:
        """Its weights are gone."""
        self._drawn.pop(run, None)
        self._had = {key: each for key, each in self._had.items() if each[1] != run}

    def missing(self) -> Source | None:
        """Where the latest weights for what is drawn now are from, if they are not at hand."""
        now = self._store.document
        if self._built.kept and not self._built.left_by(now):
            return None
        wanted, latest = structure(now), reversed(self._drawn.items())
        exact = next((source for source, drawn in latest if structure(drawn) == wanted), None)
        return exact or self._changed_since(now)

    def _changed_since(self, now: Document) -> int | None:
        had = self._had.get(id(now))
        return had[1] if had is not None and had[1] in self._drawn else None

    def drawn_of(self, run: int) -> Document:
        """What it was trained from; of an unknown one what is drawn."""
        return self._drawn.get(run, self._store.document)

    def settings_of(self, run: int) -> Training:
        """With which it was trained; of an unknown one those of the document."""
        return self._drawn.get(run, self._store.document).training
