"""A document as it is drawn: each folded group one block, with a port for each value in or out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from explorer.graph.block import Ported, Shape, ShapeError
from explorer.graph.document import Document, Group, Node, Port, Wire
from explorer.graph.membership import entries


class FoldedBlock(Ported):
    """What a folded group looks like, with a port for each value that comes in or goes out. It is
    only drawn: the plan never meets it.
    """

    title: ClassVar[str] = "Group"
    summary: ClassVar[str] = "Blocks that stand for one."

    repeat: int = 1

    def output_shape(self, *shapes: Shape) -> Shape:
        """The members have shape rules, not the drawing."""
        raise ShapeError("is a drawing of several blocks")


@dataclass(frozen=True, slots=True)
class Terminals:
    """What a group's ports stand for, by their names."""

    inputs: Mapping[str, tuple[Port, ...]]  # members' inputs that take the same value
    outputs: Mapping[str, Port]  # a member's output

    @property
    def giver(self) -> str:
        """The member whose output is the group's first; empty where there is none."""
        return next((name for name, _ in self.outputs.values()), "")


@dataclass(frozen=True)
class Drawing:
    """Nodes and wires as they are drawn."""

    nodes: Mapping[str, Node]  # by node id, or by name of a folded group
    wires: Mapping[Wire, tuple[Wire, ...]]  # a drawn wire and the document's wires in it
    terminals: Mapping[str, Terminals]  # of the folded groups
    item_of: Mapping[str, str]  # the folded group of each member that is hidden
    groups: Mapping[str, Group]  # the folded ones

    def item(self, name: str) -> str:
        """Under which name a node is drawn."""
        return self.item_of.get(name, name)

    def ids(self, item: str) -> tuple[str, ...]:
        """The nodes that a drawn block stands for."""
        return self.groups[item].members if item in self.groups else (item,)

    def into(self, name: str, port: str) -> Wire | None:
        """The drawn wire into this port, if there is one."""
        return next((w for w in self.wires if w.target == name and w.input == port), None)

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
        return Drawing(document.nodes, {wire: (wire,) for wire in document.wires}, {}, {}, {})
    item_of = {name: group.name for group in folded for name in group.members}
    touching: dict[str, list[Wire]] = {group.name: [] for group in folded}
    for wire in document.wires:
        for name in {item_of.get(wire.source), item_of.get(wire.target)} - {None}:
            touching[str(name)].append(wire)
    terminals = {
        group.name: terminals_of(document, group, touching[group.name]) for group in folded
    }
    nodes: dict[str, Node] = {}
    for name, node in document.nodes.items():
        if name not in item_of:
            nodes[name] = node
        elif item_of[name] not in nodes:
            group = document.group_of[name]
            nodes[group.name] = _as_node(document, group, terminals[group.name])
    wires = _drawn_wires(document, item_of, terminals)
    return Drawing(nodes, wires, terminals, item_of, {group.name: group for group in folded})


def place_of(document: Document, members: Iterable[str]) -> tuple[float, float]:
    """The middle of these nodes: where their folded block is drawn."""
    nodes = [document.nodes[name] for name in members]
    return middle([(node.x, node.y) for node in nodes])


def middle(places: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Of the rectangle around these places."""
    xs, ys = [x for x, _ in places], [y for _, y in places]
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


def terminals_of(
    document: Document, group: Group, wires: Iterable[Wire] | None = None
) -> Terminals:
    """The ports of a group: for each value from outside, for each input that is still open, and
    for each output that is read outside or nowhere. `wires`: those that touch it, where known.
    """
    inside = set(group.members)
    touching = document.wires if wires is None else wires
    out = [wire for wire in touching if wire.source in inside]
    read = {(wire.source, wire.output) for wire in out}
    led_out = {(wire.source, wire.output) for wire in out if wire.target not in inside}
    outputs = [
        (name, port)
        for name in group.members
        for port in document.nodes[name].block.outputs
        if (name, port) in led_out or (name, port) not in read
    ]
    inputs = entries(document, group, wires)
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


def whole_group(document: Document, ids: Sequence[str]) -> Group | None:
    """The group that these nodes are, if they are exactly one; a single node counts as a group
    only where it is folded.
    """
    group = document.group_of.get(ids[0]) if ids else None
    if group is None or set(group.members) != set(ids):
        return None
    return group if group.folded or len(ids) > 1 else None


def with_members(document: Document, names: Iterable[str]) -> tuple[str, ...]:
    """The node ids that these names stand for: a group's name stands for its members."""
    found: dict[str, None] = {}
    for name in names:
        group = document.group(name)
        found.update(dict.fromkeys(group.members if group is not None else (name,)))
    return tuple(found)
