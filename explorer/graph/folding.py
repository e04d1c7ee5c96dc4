"""A document as it is drawn: each folded group one block, with a port for each value in or out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from explorer.graph.block import Block, Shape, ShapeError
from explorer.graph.document import Document, Group, Node, Port, Wire
from explorer.graph.edits import connect, disconnect
from explorer.graph.membership import bundled, entries, with_group


class FoldedBlock(Block):
    """What a folded group looks like. It is only drawn: the plan never meets it."""

    input_ports: tuple[str, ...]
    output_ports: tuple[str, ...]
    repeat: int = 1

    @property
    def inputs(self) -> tuple[str, ...]:
        """A port for each value that comes in."""
        return self.input_ports

    @property
    def outputs(self) -> tuple[str, ...]:
        """A port for each value that goes out."""
        return self.output_ports

    def output_shape(self, *shapes: Shape) -> Shape:
        """The members have shape rules, not the drawing."""
        raise ShapeError("is a drawing of several blocks")


@dataclass(frozen=True, slots=True)
class Terminals:
    """What a group's ports stand for, by their names."""

    inputs: Mapping[str, tuple[Port, ...]]  # members' inputs that take the same value
    outputs: Mapping[str, Port]  # a member's output


@dataclass(frozen=True)
class Drawing:
    """Nodes and wires as they are drawn."""

    nodes: Mapping[str, Node]  # by node id, or by name of a folded group
    wires: Mapping[Wire, tuple[Wire, ...]]  # a drawn wire and the document's wires in it
    terminals: Mapping[str, Terminals]  # of the folded groups
    item_of: Mapping[str, str]  # the folded group of each member that is hidden

    def real(self, wire: Wire) -> tuple[Wire, ...]:
        """The document's wires that a drawn wire, or one to be drawn, stands for."""
        source, output = wire.source, wire.output
        if source in self.terminals and output in self.terminals[source].outputs:
            source, output = self.terminals[source].outputs[output]
        into: tuple[Port, ...] = ((wire.target, wire.input),)
        if wire.target in self.terminals:
            into = self.terminals[wire.target].inputs.get(wire.input, into)
        return tuple(Wire(source, target, output, port) for target, port in into)


def drawn(document: Document) -> Drawing:
    """The drawing of a document; without folded groups, its own nodes and wires."""
    folded = [group for group in document.groups if group.folded]
    if not folded:
        return Drawing(document.nodes, {wire: (wire,) for wire in document.wires}, {}, {})
    terminals = {group.name: terminals_of(document, group) for group in folded}
    item_of = {name: group.name for group in folded for name in group.members}
    nodes: dict[str, Node] = {}
    for name, node in document.nodes.items():
        if name not in item_of:
            nodes[name] = node
        elif item_of[name] not in nodes:
            group = document.group_of[name]
            nodes[group.name] = _as_node(document, group, terminals[group.name])
    return Drawing(nodes, _drawn_wires(document, item_of, terminals), terminals, item_of)


def place_of(document: Document, members: Iterable[str]) -> tuple[float, float]:
    """The middle of these nodes: where their folded block is drawn."""
    nodes = [document.nodes[name] for name in members]
    xs, ys = [node.x for node in nodes], [node.y for node in nodes]
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


def _as_node(document: Document, group: Group, terminals: Terminals) -> Node:
    block = FoldedBlock(
        input_ports=tuple(terminals.inputs),
        output_ports=tuple(terminals.outputs),
        repeat=group.repeat,
    )
    return Node(group.name, block, *place_of(document, group.members))


def _drawn_wires(
    document: Document, item_of: Mapping[str, str], terminals: Mapping[str, Terminals]
) -> dict[Wire, tuple[Wire, ...]]:
    input_of = {
        port: (name, label)
        for name, found in terminals.items()
        for label, ports in found.inputs.items()
        for port in ports
    }
    output_of = {
        port: (name, label)
        for name, found in terminals.items()
        for label, port in found.outputs.items()
    }
    drawn_wires: dict[Wire, tuple[Wire, ...]] = {}
    for wire in document.wires:
        inside = item_of.get(wire.source)
        if inside is not None and inside == item_of.get(wire.target):
            continue
        source, output = output_of.get((wire.source, wire.output), (wire.source, wire.output))
        target, port = input_of.get((wire.target, wire.input), (wire.target, wire.input))
        shown = Wire(source, target, output, port)
        drawn_wires[shown] = (*drawn_wires.get(shown, ()), wire)
    return drawn_wires


def terminals_of(document: Document, group: Group) -> Terminals:
    """The ports of a group: for each value from outside, for each input that is still open, and
    for each output that is read outside or nowhere.
    """
    inside = set(group.members)
    out = [wire for wire in document.wires if wire.source in inside]
    read = {(wire.source, wire.output) for wire in out}
    led_out = {(wire.source, wire.output) for wire in out if wire.target not in inside}
    outputs = [
        (name, port)
        for name in group.members
        for port in document.nodes[name].block.outputs
        if (name, port) in led_out or (name, port) not in read
    ]
    inputs = entries(document, group)
    labels = _labels([ports[0] for ports in inputs], "x")
    return Terminals(
        dict(zip(labels, inputs, strict=True)),
        dict(zip(_labels(outputs, "y"), outputs, strict=True)),
    )


def _labels(ports: list[Port], only: str) -> list[str]:
    """A name for each: the node's, with the port's where a node has several."""
    if len(ports) == 1:
        return [only]
    nodes = [name for name, _ in ports]
    return [f"{name}.{port}" if nodes.count(name) > 1 else name for name, port in ports]


def connect_drawn(document: Document, wire: Wire) -> Document:
    """Draw a wire that may begin or end at a folded group; raises ConnectError."""
    for real in drawn(document).real(wire):
        document = connect(document, real)
    return document


def disconnect_drawn(document: Document, wire: Wire) -> Document:
    """Remove a drawn wire; the inputs that it fed stay together."""
    real = drawn(document).wires.get(wire, (wire,))
    group = document.group(wire.target)
    if group is not None:
        shared = bundled(document, group)
        document = with_group(document, group.name, replace(group, shared=shared))
    return disconnect(document, real)


def with_members(document: Document, names: Iterable[str]) -> tuple[str, ...]:
    """The node ids that these names stand for: a group's name stands for its members."""
    found: dict[str, None] = {}
    for name in names:
        group = document.group(name)
        found.update(dict.fromkeys(group.members if group is not None else (name,)))
    return tuple(found)
