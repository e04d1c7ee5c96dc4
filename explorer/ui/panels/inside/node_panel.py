"""A panel that shows one node: the selected one, where it has what the panel shows."""

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar

from explorer.graph.document import Document
from explorer.graph.groups import listed
from explorer.plan.plan import Plan
from explorer.protocol.events import (
    Activation,
    Attention,
    Event,
    Hidden,
    Kernels,
    RunState,
    Started,
    Status,
    Watched,
)
from explorer.ui.kit.frame import Frame
from explorer.ui.panels.panel import Desk, Panel

E = TypeVar("E", Activation, Attention, Hidden, Kernels)  # what tells of the node
FOLLOWED: tuple[type[Event], ...] = (Started, Status, Watched)  # by every such panel


class NodePanel(Panel, Generic[E]):
    """Follows selection, document and network; a subclass shows what arrives for `node`."""

    kinds: ClassVar[frozenset[str]] = frozenset()  # of blocks that have something to show
    inside: ClassVar[frozenset[str]] = frozenset()  # that have it, but can't show it
    what: ClassVar[str] = ""  # they show: "kernels"
    nothing: ClassVar[str] = ""  # said where the drawing has no such block at all

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.node: str | None = None
        self.shown: E | None = None
        self.frame: Frame
        self._network: Document | None = None  # what `shown` is of
        self._state: RunState = "untrained"
        self._looked_at: Watched | None = None  # the latest look at the network
        desk.selection.changed.connect(self._selection_changed)
        desk.store.changed.connect(self._document_changed)

    def watches(self) -> frozenset[str]:
        """The node that is shown."""
        return frozenset() if self.node is None else frozenset({self.node})

    # --- which node

    def choose(self, plan: Plan) -> tuple[str | None, str]:
        """The node to show and what to say until something arrives: the selected one; the first
        that there is, where none is selected.
        """
        nodes = plan.document.nodes
        able = [name for name, node in nodes.items() if node.block.kind in self.kinds]
        selected = self.desk.selection.one
        if selected is not None and selected in nodes and selected not in able:
            return None, self._why_not(plan.document, selected, able)
        if not able:
            return None, self._where(plan.document, able)
        node = selected if selected in able else able[0]
        return node, self.waiting_for(node, plan)

    def _why_not(self, document: Document, node: str, able: list[str]) -> str:
        if document.nodes[node].block.kind not in self.inside:
            return f"{node} has no {self.what}. {self._where(document, able)}"
        where = f" {self._where(document, able)}" if able else ""
        return f"{node} has {self.what} inside, which can't be shown yet.{where}"

    def _where(self, document: Document, able: list[str]) -> str:
        """What to select instead."""
        if able:
            shown = "them" if able[1:] else f"its {self.what}"
            return f"Select {listed(document, able)} to see {shown}."
        nodes = document.nodes.items()
        hidden = [name for name, node in nodes if node.block.kind in self.inside]
        if not hidden:
            return self.nothing
        verb = "have" if hidden[1:] else "has"
        names = listed(document, hidden)
        return f"{names} {verb} {self.what} inside, which can't be shown yet."

    def waiting_for(self, node: str, plan: Plan) -> str:
        """What to say while nothing has come from a node."""
        if (problem := plan.problem_of.get(node)) is not None:
            return f"{node} can't be computed yet: {problem.message}"
        if plan.ready and node in plan.asides:
            return f"{node} leads nowhere, so it is not computed. Connect it to see it."
        if self._looked_at is not None and self._in_network(self._looked_at, node):
            return f"Waiting for {node} …"
        if not plan.ready:
            return f"{node} can't be computed yet: the Problems panel says what is missing."
        if self._looked_at is None or self._state == "untrained":
            return f"Waiting for {node} …"
        run = self._looked_at.run
        since = f"run {run} began" if run else "these weights were trained"
        return f"{node} is not what it was when {since}. Train again to see it."

    def _in_network(self, event: Watched | E, node: str) -> bool:
        return node in self.desk.store.still_drawn(event.network)

    # --- what happens

    def take(self, event: Event) -> None:
        """A run that begins has another network; a subclass takes the rest."""
        if isinstance(event, Started):
            self._looked_at = None
            self.forget()
        elif isinstance(event, Status):
            self._state = event.state
        elif isinstance(event, Watched):
            self._looked_at = event
        self.retarget()

    def mine(self, event: E) -> bool:
        """Whether it tells of the node that is meant, and that node is still what it was; then it
        is to be shown.
        """
        is_mine = event.node == self.node and self._in_network(event, event.node)
        if is_mine:
            self._network = event.network or self.desk.store.document
        return is_mine

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
        elif self.frame.empty and self.frame.says != message:
            self.frame.say(message)

    def _selection_changed(self, ids: tuple[str, ...]) -> None:
        self.retarget()

    def _document_changed(self, before: Document, after: Document, plan: Plan) -> None:
        still = self.desk.store.still_drawn(self._network)
        if self.shown is not None and self.shown.node not in still:
            self.forget()
        self.retarget()
