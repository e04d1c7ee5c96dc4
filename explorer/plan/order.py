"""The order in which a drawing can be computed."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from explorer.graph.document import Document
from explorer.graph.membership import units


def ordered(document: Document) -> list[str]:
    """Nodes in an order that can be computed, those of a group in a row; among the free, the order
    in which they were placed. Nodes of a circle are missing.
    """
    pairs = [(wire.source, wire.target) for wire in document.wires]
    if not document.groups:
        return _sorted(document.nodes, pairs)
    unit_of = units(document.groups)
    names = dict.fromkeys(unit_of.get(name, name) for name in document.nodes)
    between = [(unit_of.get(a, a), unit_of.get(b, b)) for a, b in pairs]
    members = {group.name: group.members for group in document.groups}
    within: dict[str, list[tuple[str, str]]] = {name: [] for name in members}
    for pair, (source, target) in zip(pairs, between, strict=True):
        if source == target and source in within:
            within[source].append(pair)
    order = []
    for unit in _sorted(names, [(a, b) for a, b in between if a != b or a not in within]):
        order += _sorted(members[unit], within[unit]) if unit in members else [unit]
    return order


def _sorted(names: Iterable[str], pairs: Iterable[tuple[str, str]]) -> list[str]:
    """Topological order (Kahn 1962) of what leads to what."""
    waiting = dict.fromkeys(names, 0)
    followers: dict[str, list[str]] = {}
    for source, target in pairs:
        waiting[target] += 1
        followers.setdefault(source, []).append(target)
    free = deque(name for name, count in waiting.items() if count == 0)
    order = []
    while free:
        name = free.popleft()
        order.append(name)
        for follower in followers.get(name, ()):
            waiting[follower] -= 1
            if waiting[follower] == 0:
                free.append(follower)
    return order
