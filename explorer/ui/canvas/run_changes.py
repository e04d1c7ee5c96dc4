"""Which blocks differ from what a run was started with."""

from __future__ import annotations

from explorer.graph.document import Document, Wire


def changed_nodes(run: Document, now: Document) -> frozenset[str]:
    """Nodes with another block, other wires into them or other copies than in the run."""
    was, into = _into(run), _into(now)
    return frozenset(
        name
        for name, node in now.nodes.items()
        if name not in run.nodes
        or run.nodes[name].block != node.block
        or into.get(name) != was.get(name)
        or _copies(run, name) != _copies(now, name)
    )


def _into(document: Document) -> dict[str, set[Wire]]:
    """The wires that lead into each node."""
    into: dict[str, set[Wire]] = {}
    for wire in document.wires:
        into.setdefault(wire.target, set()).add(wire)
    return into


def _copies(document: Document, name: str) -> tuple[str, int]:
    """Which copies of a node's layer the network has."""
    group = document.group_of.get(name)
    return (group.name, group.repeat) if group is not None else ("", 1)
