"""Documents as JSON text: reading that trusts nothing, writing that diffs well."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from explorer.graph.block import Block, UnknownBlock
from explorer.graph.document import Document, Group, Node, Note, Training, Wire
from explorer.graph.edits import validation_message
from explorer.graph.group_rows import MOST_GROUPS, BadRow, group_record, read_groups
from explorer.graph.names import BadName, check_name
from explorer.graph.notes import MOST_NOTES, BadNote, note_record, read_notes

FORMAT = "architecture-explorer"
VERSION = 1
MOST_BYTES = 8_000_000
MOST_NODES = 5_000
MOST_WIRES = 20_000
FARTHEST = 1e6  # scene units

BlockOf = Callable[[str], type[Block] | None]
Json = dict[str, Any]


class DocumentError(ValueError):
    """A text that is no document, with the place, what is wrong and the next step."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A document and what had to be left out or could not be understood, a sentence each."""

    document: Document
    remarks: tuple[str, ...] = ()


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
    lines += _rows("nodes", [_node(node) for node in document.nodes.values()], ",")
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


def _node(node: Node) -> Json:
    block = node.block
    kind, fields = (
        (block.name, block.fields)
        if isinstance(block, UnknownBlock)
        else (block.kind, block.values())
    )
    return {"id": node.id, "kind": kind, "x": node.x, "y": node.y, "parameters": fields}


def _wire(wire: Wire) -> Json:
    return {"from": wire.source, "output": wire.output, "to": wire.target, "input": wire.input}


def load(text: str | bytes, block_of: BlockOf) -> Loaded:
    """Read a document; `block_of` gives a kind's class or None. Raises DocumentError."""
    record = _migrated(_parsed(text))
    remarks: list[str] = []
    rows = _array(record, "nodes", MOST_NODES)
    wires = [
        _read_wire(row, place) for place, row in enumerate(_array(record, "wires", MOST_WIRES))
    ]
    nodes: dict[str, Node] = {}
    for place, row in enumerate(rows):
        node = _read_node(row, f"nodes[{place}]", nodes, wires, block_of, remarks)
        nodes[node.id] = node
    sound_wires = _sound_wires(wires, nodes, remarks)
    document = Document(
        title=_text(record, "title", "the document", default="Untitled"),
        dataset=_text(record, "dataset", "the document", default="mnist"),
        nodes=nodes,
        wires=sound_wires,
        training=_read_training(record.get("training", {})),
        groups=_read_groups(record, nodes, sound_wires, remarks),
        notes=_read_notes(record),
    )
    return Loaded(document, tuple(remarks))


def _parsed(text: str | bytes) -> Json:
    if len(text) > MOST_BYTES:
        raise DocumentError(
            f"The file has {len(text):,} bytes; a document has {MOST_BYTES:,} at most "
            f"({MOST_NODES:,} blocks). It was not opened."
        )
    try:
        record = json.loads(text)
    except RecursionError as error:
        raise DocumentError("The file is nested too deeply to be a document.") from error
    except UnicodeDecodeError as error:
        raise DocumentError(f"The file is not text: byte {error.start} is not UTF-8.") from error
    except json.JSONDecodeError as error:
        raise DocumentError(
            f"The file is damaged or cut short: line {error.lineno}, column {error.colno}: "
            f"{error.msg}. "
            "Look for an autosaved copy or an earlier version of it."
        ) from error
    except ValueError as error:  # an integer of thousands of digits
        raise DocumentError(f"The file holds a number that can't be read: {error}") from error
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        raise DocumentError(
            f'The file is not a document of this program: it has no "format": "{FORMAT}".'
        )
    return _writable(record, text)


def _writable(record: Json, text: str | bytes) -> Json:
    """Halves of characters (an escaped surrogate alone) can't be written: "?" stands for each."""
    escape = b"\\ud" if isinstance(text, bytes) else "\\ud"
    if escape not in text.lower():  # type: ignore[operator]  # both are text, or both bytes
        return record
    whole = json.dumps(record, ensure_ascii=False).encode("utf-8", "replace")
    found: Json = json.loads(whole)
    return found


def _migrated(record: Json) -> Json:
    version = record.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise DocumentError(
            f"The document's version is {_short(version)}; it should be a number from 1."
        )
    if version > VERSION:
        raise DocumentError(
            f"The document was written by a newer program (format {version}; this one reads up to "
            f"{VERSION}). "
            "Update the program to open it."
        )
    return record  # version 1 is the first: nothing to migrate yet


def _array(record: Json, key: str, most: int) -> list[Any]:
    rows = record.get(key, [])
    if not isinstance(rows, list):
        raise DocumentError(f'"{key}" should be a list but is {_short(rows)}.')
    if len(rows) > most:
        raise DocumentError(
            f"The document has {len(rows):,} {key}; {most:,} at most can be opened."
        )
    return rows


def _text(row: Json, key: str, where: str, default: str | None = None) -> str:
    value = row.get(key, default)
    if not isinstance(value, str):
        raise DocumentError(f'{where}: "{key}" should be text but is {_short(value)}.')
    return value[:500]


def _number(row: Json, key: str, where: str) -> float:
    value = row.get(key, 0.0)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise DocumentError(f'{where}: "{key}" should be a number but is {_short(value)}.')
    if not abs(value) <= FARTHEST:  # NaN is not, nor is an integer of a thousand digits
        raise DocumentError(
            f'{where}: "{key}" is {_short(value)}; a place lies within ±{FARTHEST:g}.'
        )
    return float(value)


def _object(row: object, where: str) -> Json:
    if not isinstance(row, dict):
        raise DocumentError(f"{where} should be an object but is {_short(row)}.")
    return row


def _read_node(
    row: object,
    where: str,
    nodes: Mapping[str, Node],
    wires: list[Wire],
    block_of: BlockOf,
    remarks: list[str],
) -> Node:
    fields = _object(row, where)
    name = _text(fields, "id", where)
    try:
        check_name(name, nodes)
    except BadName as error:
        raise DocumentError(f"{where}: {error}.") from error
    where = f"{where} ({name})"
    kind = _text(fields, "kind", where)
    parameters = _object(fields.get("parameters", {}), f'{where}: "parameters"')
    block_class = block_of(kind)
    x, y = _number(fields, "x", where), _number(fields, "y", where)
    if block_class is None:
        remarks.append(
            f"{name} is a '{kind[:60]}' block, which this version does not know; it is kept as it "
            "is."
        )
        return Node(name, _unknown(name, kind, parameters, wires), x, y)
    try:
        return Node(name, block_class(**parameters), x, y)
    except ValidationError as error:
        raise DocumentError(f"{where}: {validation_message(error)}.") from error


def _unknown(name: str, kind: str, parameters: Json, wires: list[Wire]) -> UnknownBlock:
    into = dict.fromkeys(w.input for w in wires if w.target == name)
    out = dict.fromkeys(w.output for w in wires if w.source == name)
    return UnknownBlock(
        name=kind,
        fields=parameters,
        input_ports=tuple(into) or ("x",),
        output_ports=tuple(out) or ("y",),
    )


def _read_wire(row: object, place: int) -> Wire:
    where = f"wires[{place}]"
    fields = _object(row, where)
    return Wire(
        source=_text(fields, "from", where),
        target=_text(fields, "to", where),
        output=_text(fields, "output", where, default="y"),
        input=_text(fields, "input", where, default="x"),
    )


def _read_training(row: object) -> Training:
    try:
        return Training(**_object(row, '"training"'))
    except ValidationError as error:
        raise DocumentError(f"training: {validation_message(error)}.") from error


def _read_groups(
    record: Json, nodes: Mapping[str, Node], wires: tuple[Wire, ...], remarks: list[str]
) -> tuple[Group, ...]:
    try:
        return read_groups(_array(record, "groups", MOST_GROUPS), nodes, wires, remarks)
    except BadRow as error:
        raise DocumentError(str(error)) from error


def _read_notes(record: Json) -> tuple[Note, ...]:
    try:
        return read_notes(_array(record, "notes", MOST_NOTES))
    except BadNote as error:
        raise DocumentError(str(error)) from error


def _sound_wires(
    wires: list[Wire], nodes: Mapping[str, Node], remarks: list[str]
) -> tuple[Wire, ...]:
    """The wires that can be drawn; one remark for each left out."""
    kept: dict[tuple[str, str], Wire] = {}
    for wire in wires:
        reason = _fault(wire, nodes, kept)
        if reason:
            remarks.append(f"The wire {_short(str(wire))} was left out: {reason}.")
        else:
            kept[wire.target, wire.input] = wire
    closing = _closing_wires(list(kept.values()))
    remarks += [f"The wire {wire} was left out: it closes a circle." for wire in closing]
    return tuple(wire for wire in kept.values() if wire not in closing)


def _fault(wire: Wire, nodes: Mapping[str, Node], kept: Mapping[tuple[str, str], Wire]) -> str:
    for name in (wire.source, wire.target):
        if name not in nodes:
            return f"there is no block named {_short(name)}"
    if wire.output not in nodes[wire.source].block.outputs:
        return f"{wire.source} has no output {_short(wire.output)}"
    if wire.input not in nodes[wire.target].block.inputs:
        return f"{wire.target} has no input {_short(wire.input)}"
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


def _short(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."
