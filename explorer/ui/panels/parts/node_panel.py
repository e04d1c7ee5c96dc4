"""A panel that shows one node: the selected one, or the first that it can show."""

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar

from explorer.graph.document import Document
from explorer.plan.plan import Plan
from explorer.protocol.events import Event, Started
from explorer.ui.panels.panel import Desk, Panel
from explorer.ui.panels.parts.frame import Frame

E = TypeVar("E", bound=Event)  # what tells of the node


class NodePanel(Panel, Generic[E]):
    """Follows selection and document; a subclass shows what arrives for `node`."""

    layers: ClassVar[frozenset[str]] = frozenset()  # torch layers that the panel can show
    nothing: ClassVar[str] = ""  # said where the network has no such layer

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.node: str | None = None
        self.shown: E | None = None
        self.frame: Frame
        desk.selection.changed.connect(self._selection_changed)
        desk.store.changed.connect(self._document_changed)

    def watches(self) -> frozenset[str]:
        """The node that is shown."""
        return frozenset() if self.node is None else frozenset({self.node})

    def choose(self, plan: Plan) -> tuple[str | None, str]:
        """The node to show and what to say until something arrives."""
        able = [step.node for step in plan.steps if step.call.layer in self.layers]
        if not able:
            return None, self.nothing
        selected = self.desk.selection.one
        node = selected if selected in able else able[0]
        return node, waiting_for(node, plan)

    def take(self, event: Event) -> None:
        """A run that begins has another network; a subclass takes the rest."""
        if isinstance(event, Started):
            self.forget()
            self.retarget()

    def forget(self) -> None:
        """Another node is meant, or the network began anew."""
        self.shown = None
        self.frame.say(self.choose(self.desk.store.plan)[1])

    def retarget(self) -> None:
        """Look anew which node is meant."""
        node, message = self.choose(self.desk.store.plan)
        if node != self.node:
            self.node = node
            self.forget()
            self.frame.say(message)
            self.watch_changed.emit()
        elif self.frame.empty:
            self.frame.say(message)

    def _selection_changed(self, ids: tuple[str, ...]) -> None:
        self.retarget()

    def _document_changed(self, before: Document, after: Document, plan: Plan) -> None:
        self.retarget()


def waiting_for(node: str, plan: Plan) -> str:
    """What to say while nothing has come from a node yet."""
    if not plan.ready:
        return f"{node} can't be computed yet: the Problems panel says what is missing."
    return f"Waiting for {node} …"
