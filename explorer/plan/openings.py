"""What an open port or a missing Input or Output could be wired to, so that it fits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from explorer.blocks.catalogue import block_of
from explorer.graph.block import Block, Shape
from explorer.graph.document import Document, Node, Wire
from explorer.graph.edits import ConnectError, add_node, check_connect, connect
from explorer.plan.repairs import Fix, Mend, mend
from explorer.plan.step import Value

MANY = 16  # loose values, above which none is the only one that fits
STEP = 228.0  # between the centres of blocks in a row


@dataclass(frozen=True)
class Openings:
    """A drawing whose shapes are known as far as they can be."""

    document: Document
    shapes: Mapping[Value, Shape]
    sample: Shape | None  # what an Input gives out
    classes: int | None

    @cached_property
    def _into(self) -> Mapping[tuple[str, str], Wire]:
        return {(wire.target, wire.input): wire for wire in self.document.wires}

    @cached_property
    def _loose(self) -> list[Node]:
        """Nodes that lead nowhere."""
        led = {wire.source for wire in self.document.wires}
        nodes = self.document.nodes.values()
        return [node for node in nodes if node.block.outputs and node.id not in led]

    def open_port(self, node: Node, port: str) -> Fix | None:
        """Connect it to the only value that fits: of those that lead nowhere or else of all."""
        if len(self._loose) > MANY:
            return None
        loose = [
            (each.id, output)
            for each in self._loose
            for output in each.block.outputs
            if self._possible(node, port, (each.id, output))
        ]
        value = self._only(node, port, loose or self.shapes)
        if value is not None:
            return self._connected(node, port, value, Mend())
        first = loose[0] if len({name for name, _ in loose}) == 1 else None
        mended = self._mended(node, port, first) if first else None
        return self._connected(node, port, first, mended) if first and mended else None

    def _possible(self, node: Node, port: str, value: Value) -> bool:
        if value not in self.shapes or value[0] == node.id:
            return False
        if any(w.target == node.id and (w.source, w.output) == value for w in self.document.wires):
            return False
        try:
            check_connect(self.document, Wire(value[0], node.id, value[1], port))
        except ConnectError:
            return False
        return True

    def _only(self, node: Node, port: str, values: Iterable[Value]) -> Value | None:
        found = None
        for value in values:
            mended = self._mended(node, port, value)
            fits = mended is not None and not mended.steps
            if fits and self._possible(node, port, value):  # the dearer question comes last
                if found is not None:
                    return None
                found = value
        return found

    def _mended(self, node: Node, port: str, value: Value) -> Mend | None:
        """What connecting this value asks for; nothing is asked while other ports are open."""
        given = []
        for each in node.block.inputs:
            wire = self._into.get((node.id, each))
            there = value if each == port else (wire.source, wire.output) if wire else None
            if there is None or there not in self.shapes:
                return Mend()
            given.append(self.shapes[there])
        return mend(node.block, given, self.classes)

    def _connected(self, node: Node, port: str, value: Value, mended: Mend) -> Fix:
        wire = Wire(value[0], node.id, value[1], port)
        where = f" '{port}'" if len(node.block.inputs) > 1 else ""
        return Fix(
            mended.after(f"Connect {value[0]} to {node.id}{where}"),
            lambda d: mended.apply(connect(d, wire), node.id),
        )

    def missing_output(self) -> Fix | None:
        """An Output behind the last block that leads nowhere, with what it takes to get logits."""
        block_class = block_of("output")
        known = [n for n in self._loose if (n.id, n.block.outputs[0]) in self.shapes]
        if block_class is None or not self._loose:
            return None
        last = (known or self._loose)[-1]
        block, value = block_class(), (last.id, last.block.outputs[0])
        shape = self.shapes.get(value)
        mended = mend(block, [shape], self.classes) if shape else Mend()
        return self._added_output(block, last, mended) if mended is not None else None

    def _added_output(self, block: Block, last: Node, mended: Mend) -> Fix:
        def edit(document: Document) -> Document:
            x = last.x + STEP * (1 + len(mended.steps))
            document, name = add_node(document, block, x, last.y)
            wire = Wire(last.id, name, last.block.outputs[0], block.inputs[0])
            return mended.apply(connect(document, wire), name)

        return Fix(mended.after(f"Add Output after {last.id}"), edit)

    def missing_input(self) -> Fix | None:
        """An Input before the leftmost open port that can take the dataset's sample."""
        block_class = block_of("input")
        if block_class is None:
            return None
        block = block_class()
        for node in sorted(self.document.nodes.values(), key=lambda n: n.x):
            port = next((p for p in node.block.inputs if (node.id, p) not in self._into), None)
            mended = self._taking_sample(node) if port is not None else None
            if port is not None and mended is not None:
                return self._added_input(block, node, port, mended)
        x = min((node.x for node in self.document.nodes.values()), default=STEP) - STEP
        return Fix("Add Input", lambda d: add_node(d, block, x, 0.0)[0])

    def _taking_sample(self, node: Node) -> Mend | None:
        if self.sample is None or len(node.block.inputs) > 1:
            return Mend()
        return mend(node.block, [self.sample], self.classes)

    def _added_input(self, block: Block, node: Node, port: str, mended: Mend) -> Fix:
        def edit(document: Document) -> Document:
            x = node.x - STEP * (1 + len(mended.steps))
            document, name = add_node(document, block, x, node.y)
            wire = Wire(name, node.id, block.outputs[0], port)
            return mended.apply(connect(document, wire), node.id)

        return Fix(mended.after(f"Add Input before {node.id}"), edit)

    def into_circle(self, node: Node, port: str, cut: Wire) -> Fix | None:
        """For the port that a circle's wire leaves open."""
        wires = tuple(wire for wire in self.document.wires if wire != cut)
        return replace(self, document=replace(self.document, wires=wires)).open_port(node, port)
