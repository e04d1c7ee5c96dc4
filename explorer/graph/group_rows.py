"""Groups as rows of a document's file: reading that trusts nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from explorer.graph.document import Group, Node, Port, Wire
from explorer.graph.limits import MOST_COPIES
from explorer.graph.membership import circling, edges, sound, units
from explorer.graph.names import BadName, check_name

T = TypeVar("T")


class BadRow(ValueError):
    """A row that is no group, with its place and what is wrong."""


def group_record(group: Group) -> dict[str, object]:
    """A group as it is written; what has its default is left out."""
    record: dict[str, object] = {"name": group.name, "members": list(group.members)}
    if group.folded:
        record["folded"] = True
    if group.repeat != 1:
        record["repeat"] = group.repeat
    if group.shared:
        record["shared"] = [[list(port) for port in bundle] for bundle in group.shared]
    return record


def read_groups(
    rows: Sequence[object], nodes: Mapping[str, Node], wires: Sequence[Wire], remarks: list[str]
) -> tuple[Group, ...]:
    """The groups that can stand, with a remark for each left out; raises BadRow."""
    found: dict[str, Group] = {}
    owned: set[str] = set()
    for place, row in enumerate(rows):
        group = _read(row, f"groups[{place}]")
        fault = _fault(group, nodes, found, owned)
        if fault:
            remarks.append(f"The group {_short(group.name)} was left out: {fault}.")
            continue
        missing = [name for name in group.members if name not in nodes]
        if missing:
            remarks.append(
                f"The group {group.name} names blocks that are not there: {missing[:3]}."
            )
        chosen = set(group.members)
        ordered = replace(group, members=tuple(name for name in nodes if name in chosen))
        found |= {kept.name: kept for kept in sound((ordered,), nodes)}
        owned |= chosen
    return _in_one_piece(tuple(found.values()), wires, remarks)


def _fault(
    group: Group, nodes: Mapping[str, Node], found: Mapping[str, Group], owned: set[str]
) -> str:
    try:
        check_name(group.name, {*nodes, *found})
    except BadName as error:
        return str(error)
    inside = [name for name in group.members if name in nodes]
    if not inside:
        return "it holds no block"
    ends = [name for name in inside if nodes[name].block.role != "layer"]
    if ends:
        return f"{ends[0]} can't be in a group"
    twice = [name for name in inside if name in owned]
    return f"{twice[0]} is in another group" if twice else ""


def _in_one_piece(
    groups: tuple[Group, ...], wires: Sequence[Wire], remarks: list[str]
) -> tuple[Group, ...]:
    circles = circling(edges(wires, units(groups))) if groups else set()
    torn = [group.name for group in groups if group.name in circles]
    remarks += [
        f"The group {name} was left out: a value leaves it and comes back to it." for name in torn
    ]
    return tuple(group for group in groups if group.name not in circles)


def _read(row: object, where: str) -> Group:
    if not isinstance(row, dict):
        raise BadRow(f"{where} should be an object but is {_short(row)}.")
    repeat = _of_type(row.get("repeat", 1), int, f'{where}: "repeat"', "a number")
    if isinstance(repeat, bool) or not 1 <= repeat <= MOST_COPIES:
        raise BadRow(f'{where}: "repeat" is {_short(repeat)}; 1 to {MOST_COPIES} are possible.')
    return Group(
        name=_of_type(row.get("name"), str, f'{where}: "name"', "text")[:500],
        members=tuple(_texts(row.get("members"), f'{where}: "members"')),
        folded=_of_type(row.get("folded", False), bool, f'{where}: "folded"', "true or false"),
        repeat=repeat,
        shared=tuple(_bundle(part, where) for part in _list(row.get("shared", []), where)),
    )


def _bundle(row: object, where: str) -> tuple[Port, ...]:
    ports = []
    for port in _list(row, f'{where}: "shared"'):
        texts = _texts(port, f'{where}: "shared"')
        if len(texts) != 2:
            raise BadRow(f'{where}: "shared" holds {_short(port)}; a port is a block and a name.')
        ports.append((texts[0], texts[1]))
    return tuple(ports)


def _texts(value: object, where: str) -> list[str]:
    return [_of_type(part, str, where, "a list of texts") for part in _list(value, where)]


def _list(value: object, where: str) -> list[object]:
    return _of_type(value, list, where, "a list")


def _of_type(value: object, kind: type[T], where: str, words: str) -> T:
    if not isinstance(value, kind):
        raise BadRow(f"{where} should be {words} but is {_short(value)}.")
    return value


def _short(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."
