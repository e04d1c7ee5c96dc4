"""Keeps groups sound while nodes come, go and change their names."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from explorer.graph.document import Document, Group, Node, Port, Wire


def sound(groups: tuple[Group, ...], nodes: Mapping[str, Node]) -> tuple[Group, ...]:
    """The groups without members and ports that are gone; an empty group is gone itself."""
    kept = tuple(left for group in groups if (left := _sound(group, nodes)).members)
    return groups if kept == groups else kept


def _sound(group: Group, nodes: Mapping[str, Node]) -> Group:
    members = tuple(
        name for name in group.members if name in nodes and nodes[name].block.role == "layer"
    )
    shared = bundles(
        [
            (name, port)
            for name, port in bundle
            if name in members and port in nodes[name].block.inputs
        ]
        for bundle in group.shared
    )
    return replace(group, members=members, shared=shared)


def entries(
    document: Document, group: Group, wires: Iterable[Wire] | None = None
) -> list[tuple[Port, ...]]:
    """The inputs of a group that are open or fed from outside, those of one value together;
    `wires` are those that touch it, where they are known.
    """
    inside = set(group.members)
    bundle_of = {port: bundle for bundle in group.shared for port in bundle}
    touching = document.wires if wires is None else wires
    into = {(wire.target, wire.input): wire for wire in touching if wire.target in inside}
    found: dict[object, list[Port]] = {}
    for name in group.members:
        for port in document.nodes[name].block.inputs:
            wire = into.get((name, port))
            if wire is None:
                key: object = bundle_of.get((name, port), (name, port))
            elif wire.source not in inside:
                key = ("value", wire.source, wire.output)
            else:
                continue
            found.setdefault(key, []).append((name, port))
    return [tuple(ports) for ports in found.values()]


def bundled(document: Document, group: Group) -> tuple[tuple[Port, ...], ...]:
    """The inputs of a group that take one value at present, or did when they were last wired."""
    return bundles(entries(document, group))


def bundles(found: Iterable[Iterable[Port]]) -> tuple[tuple[Port, ...], ...]:
    """Only what holds two ports or more: one alone shares nothing."""
    whole = (tuple(bundle) for bundle in found)
    return tuple(bundle for bundle in whole if len(bundle) > 1)


def renamed(groups: Iterable[Group], names: Mapping[str, str]) -> tuple[Group, ...]:
    """The groups with members of other names."""
    return tuple(
        replace(
            group,
            members=tuple(names.get(name, name) for name in group.members),
            shared=tuple(
                tuple((names.get(name, name), port) for name, port in bundle)
                for bundle in group.shared
            ),
        )
        for group in groups
    )


def joined(document: Document, group: Group, name: str) -> Document:
    """A node becomes a member."""
    inside = {*group.members, name}
    members = tuple(node for node in document.nodes if node in inside)
    return with_group(document, group.name, replace(group, members=members))


def with_group(document: Document, name: str, changed: Group | None) -> Document:
    """Another version of a group takes its place; None takes it away."""
    groups = (changed if group.name == name else group for group in document.groups)
    return replace(document, groups=tuple(group for group in groups if group is not None))


def units(groups: Iterable[Group]) -> dict[str, str]:
    """The group's name for each member: nodes without a group are units of their own."""
    return {name: group.name for group in groups for name in group.members}


def edges(wires: Iterable[Wire], unit_of: Mapping[str, str]) -> dict[str, set[str]]:
    """What each unit leads to, wires within a group left out."""
    found: dict[str, set[str]] = {}
    for wire in wires:
        source = unit_of.get(wire.source, wire.source)
        target = unit_of.get(wire.target, wire.target)
        if source != target:
            found.setdefault(source, set()).add(target)
    return found


def reached(start: str, out: Mapping[str, Collection[str]]) -> set[str]:
    """Every unit that a value of `start` reaches, itself only through a circle."""
    found: set[str] = set()
    todo = [start]
    while todo:
        for follower in out.get(todo.pop(), ()):
            if follower not in found:
                found.add(follower)
                todo.append(follower)
    return found


def between(out: Mapping[str, Collection[str]], unit: str) -> set[str]:
    """The other units on ways that leave this one and come back to it."""
    back: dict[str, set[str]] = {}
    for source, targets in out.items():
        for target in targets:
            back.setdefault(target, set()).add(source)
    return (reached(unit, out) & reached(unit, back)) - {unit}


def circling(out: Mapping[str, Collection[str]]) -> set[str]:
    """Units in circles or between two of them: what is left once both ends are worn off."""
    left = {unit: set(targets) for unit, targets in out.items()}
    for targets in list(left.values()):
        for target in targets:
            left.setdefault(target, set())
    for _ in range(2):  # from the front, then from the back
        left = _turned(_worn(left))
    return set(left)


def _worn(out: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """Without the units that nothing of a circle leads to."""
    waiting = dict.fromkeys(out, 0)
    for targets in out.values():
        for target in targets:
            waiting[target] += 1
    free = [unit for unit, count in waiting.items() if count == 0]
    gone: set[str] = set()
    while free:
        unit = free.pop()
        gone.add(unit)
        for target in out[unit]:
            waiting[target] -= 1
            if waiting[target] == 0:
                free.append(target)
    return {unit: targets - gone for unit, targets in out.items() if unit not in gone}


def _turned(out: Mapping[str, set[str]]) -> dict[str, set[str]]:
    back: dict[str, set[str]] = {unit: set() for unit in out}
    for source, targets in out.items():
        for target in targets:
            back[target].add(source)
    return back
