"""Which blocks of a drawing compute what they compute in a network built from another drawing.

What a network shows of its inside belongs to these blocks and to no others of the same name.
"""

from __future__ import annotations

from collections.abc import Mapping

from explorer.graph.block import Block
from explorer.graph.document import Document, Group, Wire
from explorer.plan.order import ordered
from explorer.plan.step import Value

_Into = Mapping[tuple[str, str], Wire]


def alike(network: Document, drawing: Document) -> frozenset[str]:
    """Nodes with an equal block in the network, which gets equal values, from the Input on.

    What acts in training only (dropout) is looked through: a network that answers passes it by.
    """
    if network is drawing:
        return frozenset(drawing.nodes)
    if network.dataset != drawing.dataset:
        return frozenset()
    spoilt: set[str] = set()
    while True:
        found = _alike(network, drawing, spoilt)
        # A copy of a repeated group gets what the copy before gives: it is alike as a whole.
        more = {
            name
            for group in (*drawing.groups, *network.groups)
            if not _same_copies(network.group(group.name), drawing.group(group.name))
            or (group.repeat > 1 and not found.issuperset(group.members))
            for name in group.members
        }
        if more <= spoilt:
            return frozenset(found)
        spoilt |= more


def _same_copies(was: Group | None, now: Group | None) -> bool:
    """A group that is computed once is nothing but a frame around its members."""
    one, other = (
        (group.repeat, frozenset(group.members)) if group is not None and group.repeat > 1 else None
        for group in (was, now)
    )
    return one == other


def _alike(network: Document, drawing: Document, spoilt: set[str]) -> set[str]:
    was, now = _into(network), _into(drawing)
    found: set[str] = set()
    for name in ordered(drawing):
        block, before = drawing.nodes[name].block, network.nodes.get(name)
        if name in spoilt or before is None or not _same_block(before.block, block):
            continue
        taken = [_origin(drawing, now, name, port) for port in block.inputs]
        took = [_origin(network, was, name, port) for port in before.block.inputs]
        if taken == took and all(value is not None and value[0] in found for value in taken):
            found.add(name)
    return found


def _same_block(was: Block, now: Block) -> bool:
    """But for the dropout inside a layer, which acts in training only."""
    if was == now:
        return True
    values = now.values()
    if type(was) is not type(now) or "dropout" not in values:
        return False
    return was.changed({"dropout": values["dropout"]}) == now


def _into(document: Document) -> _Into:
    return {(wire.target, wire.input): wire for wire in document.wires}


def _origin(document: Document, into: _Into, node: str, port: str) -> Value | None:
    """The value at an input, once the network answers; None where nothing leads there."""
    wire = into.get((node, port))
    for _ in document.nodes:  # no longer, should blocks be wired in a circle
        if wire is None or not document.nodes[wire.source].block.training_only:
            break
        wire = into.get((wire.source, document.nodes[wire.source].block.inputs[0]))
    return (wire.source, wire.output) if wire is not None else None
