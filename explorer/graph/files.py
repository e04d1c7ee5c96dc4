"""Documents as JSON text: reading that trusts nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from explorer.graph import limits
from explorer.graph.block import Block
from explorer.graph.block_size import placed
from explorer.graph.document import Document, Group, Node, Note, Training, Wire
from explorer.graph.edits import validation_message
from explorer.graph.failures import EditError
from explorer.graph.group_rows import BadRow, read_groups
from explorer.graph.long_names import shortened
from explorer.graph.names import BadName, check_name
from explorer.graph.note_rows import BadNote, read_notes
from explorer.graph.parsed import parsed
from explorer.graph.room import check_room
from explorer.graph.row_fields import DocumentError as DocumentError
from explorer.graph.row_fields import Json, number_of, object_of, short, text_of
from explorer.graph.texts import plain_line
from explorer.graph.unknown_rows import Ports, unknown
from explorer.graph.wire_rows import read_wire, sound_wires
from explorer.graph.written import dump as dump
from explorer.graph.written import ports_of

BlockOf = Callable[[str], type[Block] | None]


@dataclass(frozen=True, slots=True)
class Loaded:
    """A document and what had to be left out or could not be understood, a sentence each."""

    document: Document
    remarks: tuple[str, ...] = ()


def load(text: str | bytes, block_of: BlockOf) -> Loaded:
    """Read a document; `block_of` gives a kind's class or None. Raises DocumentError."""
    remarks: list[str] = []
    record = shortened(parsed(text), remarks)
    rows = _array(record, "nodes", limits.MOST_NODES)
    wire_rows = _array(record, "wires", limits.MOST_WIRES)
    wires = [read_wire(row, place) for place, row in enumerate(wire_rows)]
    ports = ports_of(wires)
    nodes: dict[str, Node] = {}
    for place, row in enumerate(rows):
        node = _read_node(row, f"nodes[{place}]", nodes, ports, block_of, remarks)
        nodes[node.id] = node
    drawable = sound_wires(wires, nodes, remarks)
    document = Document(
        title=_line(record, "title", "Untitled"),
        dataset=_line(record, "dataset", "mnist"),
        nodes=nodes,
        wires=drawable,
        training=_read_training(record.get("training", {})),
        groups=_read_groups(record, nodes, drawable, remarks),
        notes=_read_notes(record),
    )
    try:
        return Loaded(check_room(placed(document, _placeless(rows))), tuple(remarks))
    except EditError as error:  # written in fewer signs than this program would
        raise DocumentError(f"{error}. It was not opened.") from error


def _placeless(rows: list[Any]) -> frozenset[str]:
    """Nodes that say no place: as a program or a person wrote them who need none."""
    return frozenset(row["id"] for row in rows if "x" not in row and "y" not in row)


def _array(record: Json, key: str, most: int) -> list[Any]:
    rows = record.get(key, [])
    if not isinstance(rows, list):
        raise DocumentError(f'"{key}" should be a list but is {short(rows)}.')
    if len(rows) > most:
        raise DocumentError(
            f"The document has {len(rows):,} {key}; {most:,} at most can be opened."
        )
    return rows


def _line(record: Json, key: str, default: str) -> str:
    return plain_line(text_of(record, key, "the document", default), limits.LONGEST_TITLE)


def _read_node(
    row: object,
    where: str,
    nodes: Mapping[str, Node],
    ports: Mapping[str, Ports],
    block_of: BlockOf,
    remarks: list[str],
) -> Node:
    fields = object_of(row, where)
    name = text_of(fields, "id", where)
    try:
        check_name(name, nodes)
    except BadName as error:
        raise DocumentError(f"{where}: {error}.") from error
    where = f"{where} ({name})"
    kind = text_of(fields, "kind", where)
    parameters = object_of(fields.get("parameters", {}), f'{where}: "parameters"')
    block_class = block_of(kind)
    x, y = number_of(fields, "x", where), number_of(fields, "y", where)
    if block_class is None:
        remarks.append(
            f"{name} is a '{kind[:60]}' block, which this version does not know; it is kept as it "
            "is."
        )
        told = ports.get(name, ((), ()))
        return Node(name, unknown(kind, parameters, fields, told, where), x, y)
    try:
        return Node(name, block_class(**parameters), x, y)
    except ValidationError as error:
        raise DocumentError(f"{where}: {validation_message(error)}.") from error


def _read_training(row: object) -> Training:
    try:
        return Training(**object_of(row, '"training"'))
    except ValidationError as error:
        raise DocumentError(f"training: {validation_message(error)}.") from error


def _read_groups(
    record: Json, nodes: Mapping[str, Node], wires: tuple[Wire, ...], remarks: list[str]
) -> tuple[Group, ...]:
    try:
        return read_groups(_array(record, "groups", limits.MOST_GROUPS), nodes, wires, remarks)
    except BadRow as error:
        raise DocumentError(str(error)) from error


def _read_notes(record: Json) -> tuple[Note, ...]:
    try:
        return read_notes(_array(record, "notes", limits.MOST_NOTES))
    except BadNote as error:
        raise DocumentError(str(error)) from error
