"""Documents as JSON text: writing that diffs well."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from explorer.graph.block import UnknownBlock
from explorer.graph.document import Document, Node, Wire
from explorer.graph.group_rows import group_record
from explorer.graph.note_rows import note_record

FORMAT = "architecture-explorer"
VERSION = 1

Json = dict[str, Any]


def dump(document: Document) -> str:
    """The document as JSON: stable order, one node and one wire a line."""
    head = {
        "format": FORMAT,
        "version": VERSION,
        "title": document.title,
        "dataset": document.dataset,
        "training": document.training.written(),
    }
    lines = [f"  {json.dumps(key)}: {_line(value)}," for key, value in head.items()]
    lines += _rows("nodes", _nodes(document), ",")
    groups = [group_record(group) for group in document.groups]
    notes = [note_record(note) for note in document.notes]
    lines += _rows("wires", [_wire(wire) for wire in document.wires], "," * bool(groups or notes))
    if groups:  # older programs leave out what they don't know
        lines += _rows("groups", groups, "," * bool(notes))
    if notes:
        lines += _rows("notes", notes, "")
    return "\n".join(["{", *lines, "}", ""])


def _rows(key: str, rows: list[Json], end: str) -> list[str]:
    if not rows:
        return [f'  "{key}": []{end}']
    body = [f"    {_line(row)}," for row in rows]
    body[-1] = body[-1][:-1]
    return [f'  "{key}": [', *body, f"  ]{end}"]


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _nodes(document: Document) -> list[Json]:
    ports = ports_of(document.wires)
    return [_node(node, *ports.get(node.id, ((), ()))) for node in document.nodes.values()]


def _node(node: Node, inputs: Sequence[str], outputs: Sequence[str]) -> Json:
    block = node.block
    where = {"x": node.x, "y": node.y}
    if not isinstance(block, UnknownBlock):
        return {"id": node.id, "kind": block.kind, **where, "parameters": block.values()}
    row = {"id": node.id, "kind": block.name, **where, "parameters": block.fields}
    if (block.inputs, block.outputs) != implied(inputs, outputs):  # wires were drawn or removed
        row["ports"] = [list(block.inputs), list(block.outputs)]
    return row


def ports_of(wires: Iterable[Wire]) -> dict[str, tuple[Sequence[str], Sequence[str]]]:
    """The input and output ports that the wires name, by node."""
    found: dict[str, tuple[dict[str, None], dict[str, None]]] = {}
    for wire in wires:
        found.setdefault(wire.target, ({}, {}))[0][wire.input] = None
        found.setdefault(wire.source, ({}, {}))[1][wire.output] = None
    return {name: (tuple(inputs), tuple(outputs)) for name, (inputs, outputs) in found.items()}


def implied(
    inputs: Sequence[str], outputs: Sequence[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The ports of an unknown block of which only its wires are known."""
    return tuple(inputs) or ("x",), tuple(outputs) or ("y",)


def _wire(wire: Wire) -> Json:
    return {"from": wire.source, "output": wire.output, "to": wire.target, "input": wire.input}
