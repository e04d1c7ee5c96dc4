"""What the engine's network was built from, and how far the drawing has left it since."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from explorer.graph.block import Block
from explorer.graph.document import Document, Node, Training
from explorer.graph.form import Argument
from explorer.protocol.commands import SetDropout


@dataclass
class BuiltFrom:
    """The window's knowledge of the network, which itself is in the engine."""

    document: Document | None = None  # what it was built from
    drawn: Document | None = None  # what was on the canvas when its run began
    kept: bool = False  # a run or loaded weights were asked for: weights that must not be lost
    settings: Training | None = None  # of the run, with those changes that it has taken up

    def know(self, document: Document, drawn: Document) -> None:
        """A run of this document was asked for, or weights for it."""
        self.document, self.drawn, self.kept = document, drawn, True
        self.settings = document.training

    def take_up(self, name: str, value: Argument) -> None:
        """A setting was changed that acts at once."""
        if self.settings is not None:
            self.settings = self.settings.changed({name: value})

    def other_settings(self, now: Document) -> tuple[str, ...]:
        """Training settings that are not those of the run; the seed is part of the network."""
        if not self.kept or self.settings is None:
            return ()
        was, values = self.settings.values(), now.training.values()
        return tuple(name for name in values if name != "seed" and values[name] != was[name])

    def left_by(self, now: Document) -> bool:
        """Whether the drawing differs from what weights that are kept belong to."""
        return self.kept and self.drawn is not None and structure(self.drawn) != structure(now)

    def built_as(self, now: Document) -> bool:
        """Whether it was built from what is drawn."""
        return self.document is not None and structure(self.document) == structure(now)

    def reads(self, dataset: str) -> bool:
        """Whether it was built for this dataset, as far as is known."""
        return self.document is None or self.document.dataset == dataset

    def follow_dropout(self, before: Document, after: Document) -> Iterator[SetDropout]:
        """Blocks of the run in which nothing but the dropout was changed: it may act at once."""
        for name, node in after.nodes.items():
            p = self._new_dropout(before.nodes.get(name), node)
            if p is not None and self.drawn is not None:
                self.drawn = replace(self.drawn, nodes={**self.drawn.nodes, name: node})
                yield SetDropout(name, p)

    def _new_dropout(self, before: Node | None, after: Node) -> float | None:
        known = self.drawn
        if before is None or before.block == after.block or known is None:
            return None
        p, in_run = dropout_name(before.block), known.nodes.get(after.id)
        same_as_run = in_run is not None and in_run.block == before.block
        if not p or not same_as_run or known.group_of.get(after.id) is not None:
            return None
        values = after.block.values()
        alone = {**before.block.values(), p: values[p]} == values
        return float(str(values[p])) if alone else None


def structure(document: Document) -> object:
    """What the network depends on: blocks, wires, groups, dataset, seed; not places or other
    settings.
    """
    blocks = {name: node.block for name, node in document.nodes.items()}
    groups = {group.name: (group.members, group.repeat) for group in document.groups}
    return blocks, set(document.wires), groups, document.dataset, document.training.seed


def dropout_name(block: Block) -> str:
    """The parameter that SetDropout sets; none where the built layer may have no dropout in it."""
    if block.stem == "dropout":
        return "p"
    return "dropout" if block.values().get("dropout") else ""
