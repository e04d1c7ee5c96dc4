"""Wires as rows of a document's file: those that can't be drawn are left out, with a remark."""

from __future__ import annotations

from collections.abc import Mapping

from explorer.graph.document import Node, Wire
from explorer.graph.row_fields import object_of, short, text_of


def read_wire(row: object, place: int) -> Wire:
    where = f"wires[{place}]"
    fields = object_of(row, where)
    return Wire(
        source=text_of(fields, "from", where),
        target=text_of(fields, "to", where),
        output=text_of(fields, "output", where, default="y"),
        input=text_of(fields, "input", where, default="x"),
    )


def sound_wires(
    wires: list[Wire], nodes: Mapping[str, Node], remarks: list[str]
) -> tuple[Wire, ...]:
    """The wires that can be drawn; one remark for each left out."""
    kept: dict[tuple[str, str], Wire] = {}
    for wire in wires:
        reason = _fault(wire, nodes, kept)
        if reason:
            remarks.append(f"The wire {short(str(wire))} was left out: {reason}.")
        else:
            kept[wire.target, wire.input] = wire
    closing = _closing_wires(list(kept.values()))
    remarks += [f"The wire {wire} was left out: it makes a loop." for wire in closing]
    return tuple(wire for wire in kept.values() if wire not in closing)


def _fault(wire: Wire, nodes: Mapping[str, Node], kept: Mapping[tuple[str, str], Wire]) -> str:
    for name in (wire.source, wire.target):
        if name not in nodes:
            return f"there is no block named {short(name)}"
    if wire.output not in nodes[wire.source].block.outputs:
        return f"{wire.source} has no output {short(wire.output)}"
    if wire.input not in nodes[wire.target].block.inputs:
        return f"{wire.target} has no input {short(wire.input)}"
    if (wire.target, wire.input) in kept:
        return f"{wire.target} has another wire into '{wire.input}'"
    return ""


def _closing_wires(wires: list[Wire]) -> set[Wire]:
    """Wires that lead back to a node on the way to themselves (depth first, without recursion)."""
    out: dict[str, list[Wire]] = {}
    for wire in wires:
        out.setdefault(wire.source, []).append(wire)
    closing: set[Wire] = set()
    done: set[str] = set()
    for start in list(out):
        on_path = {start}
        stack = [(start, iter(out[start]))] if start not in done else []
        while stack:
            node, rest = stack[-1]
            follower = next(rest, None)
            if follower is None:
                stack.pop()
                on_path.discard(node)
                done.add(node)
            elif follower.target in on_path:
                closing.add(follower)
            elif follower.target not in done:
                on_path.add(follower.target)
                stack.append((follower.target, iter(out.get(follower.target, ()))))
    return closing
