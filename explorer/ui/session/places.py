"""Where the documents of one history live: each has its file and its autosaved copy."""

from __future__ import annotations

from dataclasses import dataclass, field

from explorer.graph.document import Document
from explorer.graph.history import History
from explorer.ui.session.autosave import Copy, Source


@dataclass(eq=False, slots=True)
class Place:
    """A document's file, if it has one, and its copy; what is said of both is as last seen."""

    copy: Copy
    source: Source | None = None
    example: str = ""  # id of the example that it is, if it is one
    kept: Document | None = None  # what the copy holds
    saved: Document = field(default_factory=Document)  # what the file holds


class Places:
    """A history begins at one place; a copy that is restored into it brings its own, which holds
    from that step on. So undo leads back to the file of the document before, and neither copy is
    written over by the other.
    """

    def __init__(self, first: Place) -> None:
        self.first = first
        self._restored: list[tuple[Document, Place]] = []

    def restore(self, document: Document, place: Place) -> None:
        """From the step with this very document on it is this place."""
        self._restored.append((document, place))

    def at(self, history: History) -> Place:
        """The place of the present document."""
        if self._restored:
            places = {id(document): place for document, place in self._restored}
            for entry in reversed(history.entries[: history.place + 1]):
                if id(entry.document) in places:
                    return places[id(entry.document)]
        return self.first

    @property
    def all(self) -> tuple[Place, ...]:
        """Of all its documents."""
        return (self.first, *(place for _, place in self._restored))
