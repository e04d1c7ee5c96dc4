"""Everything that can be done to groups: pure functions Document -> Document."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from explorer.graph.document import Document, Group
from explorer.graph.failures import EditError
from explorer.graph.limits import MOST_COPIES
from explorer.graph.membership import between, bundled, edges, sound, units, with_group
from explorer.graph.names import check_name, fresh_name
from explorer.graph.room import check_room


def make_group(
    document: Document, ids: Collection[str], name: str | None = None
) -> tuple[Document, str]:
    """Make these nodes a group; returns the new document and the group's name."""
    members = tuple(node for node in document.nodes if node in ids)
    check_members(document, members)
    if name is None:
        name = fresh_name("block1", document.names)
    check_name(name, document.names)
    group = Group(name, members)
    made = check_room(replace(document, groups=(*document.groups, group)))
    _check_one_piece(made, name)
    return with_group(made, name, replace(group, shared=bundled(made, group))), name


def check_members(document: Document, members: Sequence[str]) -> None:
    """Raise an EditError that says why these nodes can't be a group."""
    if not members:
        raise EditError("Select the blocks that the group shall hold first")
    for name in members:
        block = document.nodes[name].block
        if block.role != "layer":
            raise EditError(f"{name} is the network's {block.title}: it can't be in a group")
        if name in document.group_of:
            other = document.group_of[name].name
            raise EditError(f"{name} is in the group {other} already; ungroup that first")


def _check_one_piece(document: Document, name: str) -> None:
    out = edges(document.wires, units(document.groups))
    missing = between(out, name)
    if missing:
        raise EditError(
            f"A value leaves the group and comes back to it through {listed(document, missing)}. "
            "Select that too, or group less"
        )


def listed(document: Document, names: Collection[str], most: int = 4) -> str:
    """Nodes and groups by name, in the document's order."""
    order = [*document.nodes, *(group.name for group in document.groups)]
    found = [name for name in order if name in names]
    rest = len(found) - most
    return ", ".join(found[:most]) + (f" and {rest} more" if rest > 0 else "")


def extend_group(document: Document, name: str, ids: Collection[str]) -> Document:
    """Make these nodes members of a group as well."""
    group = _group(document, name)
    added = [node for node in document.nodes if node in ids and node not in group.members]
    check_members(document, added)
    inside = {*group.members, *added}
    return _with_members(document, group, tuple(n for n in document.nodes if n in inside))


def take_out(document: Document, ids: Collection[str]) -> Document:
    """Make these nodes no members of their groups; a group that is empty then is gone."""
    for group in document.groups:
        rest = tuple(name for name in group.members if name not in ids)
        if not rest:
            document = with_group(document, group.name, None)
        elif rest != group.members:
            document = _with_members(document, group, rest)
    return document


def _with_members(document: Document, group: Group, members: tuple[str, ...]) -> Document:
    """A group of other members; raises EditError where these are not in one piece."""
    (whole,) = sound((replace(group, members=members),), document.nodes)
    changed = with_group(document, group.name, whole)
    _check_one_piece(changed, group.name)
    return with_group(changed, group.name, replace(whole, shared=bundled(changed, whole)))


def ungroup(document: Document, name: str) -> Document:
    """The members are nodes like all others again."""
    _group(document, name)
    return with_group(document, name, None)


def fold(document: Document, name: str, folded: bool = True) -> Document:
    """Draw the group as one block, or (`folded` False) its members again."""
    group = _group(document, name)
    if folded == group.folded:
        return document
    shared = bundled(document, group)
    return with_group(document, name, replace(group, folded=folded, shared=shared))


def set_repeat(document: Document, name: str, repeat: int) -> Document:
    """So many copies in a row, each with weights of its own."""
    group = _group(document, name)
    if not 1 <= repeat <= MOST_COPIES:
        raise EditError(f"{name} can be repeated 1 to {MOST_COPIES} times, not {repeat:,}")
    return with_group(document, name, replace(group, repeat=repeat))


def rename_group(document: Document, name: str, new: str) -> Document:
    """Give a group another name; raises BadName."""
    group = _group(document, name)
    if new == name:
        return document
    check_name(new, document.names)
    return with_group(document, name, replace(group, name=new))


def _group(document: Document, name: str) -> Group:
    group = document.group(name)
    if group is None:
        raise EditError(f"there is no group named '{name}'")
    return group
