"""Everything that can be done to a document: pure functions Document -> Document."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from explorer.graph.block import Block
from explorer.graph.document import Document, Node, Wire
from explorer.graph.failures import EditError as EditError
from explorer.graph.form import Argument
from explorer.graph.limits import LONGEST_TITLE
from explorer.graph.membership import bundled, edges, joined, reached, renamed, sound, units
from explorer.graph.names import check_name, fresh_name
from explorer.graph.room import check_room, within
from explorer.graph.texts import plain_line


class ConnectError(EditError):
    """A wire that can't be drawn."""


class NoSuchPort(ConnectError):
    """The wire names a node or a port that is not there."""


class WouldLoop(ConnectError):
    """The wire would make a loop."""


class WouldReturn(ConnectError):
    """The wire would lead a value out of a group and back into it."""


def add_node(
    document: Document, block: Block, x: float = 0.0, y: float = 0.0, name: str | None = None
) -> tuple[Document, str]:
    """Place a block; returns the new document and the node's id."""
    if name is None:
        name = fresh_name(block.stem or block.kind, document.names)
    check_name(name, document.names)
    node = Node(name, block, within(x), within(y))
    return check_room(replace(document, nodes={**document.nodes, name: node})), name


def remove_nodes(document: Document, ids: Collection[str], heal: bool = False) -> Document:
    """Remove nodes and their wires; `heal` leads a block's first input on to its followers."""
    gone = set(ids) & set(document.nodes)
    wires = list(document.wires)
    for node in gone if heal else ():
        wires = _healed(wires, node)
    nodes = {name: node for name, node in document.nodes.items() if name not in gone}
    return replace(
        document,
        nodes=nodes,
        wires=tuple(w for w in wires if w.source not in gone and w.target not in gone),
        groups=sound(document.groups, nodes),
    )


def _healed(wires: list[Wire], node: str) -> list[Wire]:
    into = [w for w in wires if w.target == node]
    out = [w for w in wires if w.source == node]
    rest = [w for w in wires if node not in (w.source, w.target)]
    if not into:
        return rest
    first = into[0]
    return rest + [replace(w, source=first.source, output=first.output) for w in out]


def check_connect(document: Document, wire: Wire) -> None:
    """Raise a ConnectError that says why a wire can't be drawn; the one gate for wires."""
    source, target = document.nodes.get(wire.source), document.nodes.get(wire.target)
    if source is None or target is None:
        missing = wire.source if source is None else wire.target
        raise NoSuchPort(f"there is no block named '{missing}'")
    if wire.output not in source.block.outputs:
        raise NoSuchPort(f"{wire.source} has no output '{wire.output}'")
    if wire.input not in target.block.inputs:
        raise NoSuchPort(f"{wire.target} has no input '{wire.input}'")
    if wire.source == wire.target or wire.source in descendants(document, wire.target):
        raise WouldLoop(
            f"{wire.source} -> {wire.target} would make a loop: "
            f"{wire.source} already depends on {wire.target}"
        )
    if document.groups:
        _check_groups(document, wire)


def _check_groups(document: Document, wire: Wire) -> None:
    """A group is computed in one go: what leaves it must not come back, in whatever way."""
    unit_of = units(document.groups)
    source = unit_of.get(wire.source, wire.source)
    target = unit_of.get(wire.target, wire.target)
    if source != target and source in reached(target, edges(document.wires, unit_of)):
        raise WouldReturn(
            f"{wire.source} -> {wire.target} would make a loop between {source} and {target}, "
            "for a group is computed in one go; ungroup it first"
        )


def descendants(document: Document, node: str) -> set[str]:
    """Every node that a value of `node` reaches."""
    return reached(node, edges(document.wires, {}))


def connect(document: Document, wire: Wire) -> Document:
    """Draw a wire; one that already leads into that input is replaced."""
    check_connect(document, wire)
    kept = tuple(w for w in document.wires if (w.target, w.input) != (wire.target, wire.input))
    return check_room(replace(document, wires=(*kept, wire)))


def disconnect(document: Document, wires: Collection[Wire]) -> Document:
    """Remove wires."""
    return replace(document, wires=tuple(w for w in document.wires if w not in wires))


def splice(
    document: Document, wire: Wire, block: Block, x: float, y: float
) -> tuple[Document, str]:
    """Put a new block into a wire: through its first input and first output."""
    if not block.inputs or not block.outputs:
        raise EditError(f"{block.title} can't stand in a wire: it has no way through")
    document, name = add_node(document, block, x, y)
    group = document.group_of.get(wire.source)
    if group is not None and wire.target in group.members:
        document = joined(document, group, name)
    document = disconnect(document, [wire])
    document = connect(document, Wire(wire.source, name, wire.output, block.inputs[0]))
    return connect(document, Wire(name, wire.target, block.outputs[0], wire.input)), name


def set_params(document: Document, node: str, changes: Mapping[str, Argument]) -> Document:
    """Change a block's parameters; raises EditError naming the parameter, limits and value."""
    block = document.nodes[node].block
    try:
        changed = block.changed(changes)
    except ValidationError as error:
        raise EditError(f"{node}: {validation_message(error)}") from error
    return set_block(document, node, changed)


def set_block(document: Document, node: str, block: Block) -> Document:
    """Give a node another block of the same name; wires to ports that it lacks go."""
    after = replace(document.nodes[node], block=block)
    wires = tuple(
        w
        for w in document.wires
        if not (w.source == node and w.output not in block.outputs)
        and not (w.target == node and w.input not in block.inputs)
    )
    nodes = {**document.nodes, node: after}
    return check_room(
        replace(
            document,
            nodes=nodes,
            wires=wires if len(wires) != len(document.wires) else document.wires,
            groups=sound(document.groups, nodes),
        )
    )


def validation_message(error: ValidationError) -> str:
    """What pydantic found, in words: "epochs must be at least 1, not 0"."""
    return "; ".join(_fault_words(fault) for fault in error.errors(include_url=False))


def _fault_words(fault: ErrorDetails) -> str:
    name = ".".join(str(part) for part in fault["loc"]) or "it"
    told, kind = repr(fault["input"])[:60], fault["type"]
    limits = fault.get("ctx", {})
    if kind == "extra_forbidden":
        return f"there is no '{name[:60]}'"
    for key, words in LIMIT_WORDS.items():
        if key in limits:
            limit = limits[key]
            limit = f"{limit:g}" if isinstance(limit, float) else limit
            return f"{name} must be {words} {limit}, not {told}"
    for begin, words in KIND_WORDS.items():
        if kind.startswith(begin):
            return f"{name} must be {words}, not {told}"
    return f"{name}: {fault['msg'][0].lower()}{fault['msg'][1:]}, not {told}"


LIMIT_WORDS = {
    "ge": "at least",
    "gt": "more than",
    "le": "at most",
    "lt": "less than",
    "expected": "one of",
}
KIND_WORDS = {
    "int": "a whole number",
    "float": "a number",
    "finite": "a finite number",
    "bool": "true or false",
    "string_type": "text",
}


def rename(document: Document, node: str, name: str) -> Document:
    """Give a node another name, everywhere; raises BadName."""
    if name == node:
        return document
    check_name(name, document.names)
    nodes = {
        (name if key == node else key): (replace(value, id=name) if key == node else value)
        for key, value in document.nodes.items()
    }
    wires = tuple(
        replace(
            w,
            source=name if w.source == node else w.source,
            target=name if w.target == node else w.target,
        )
        if node in (w.source, w.target)
        else w
        for w in document.wires
    )
    groups = renamed(document.groups, {node: name}) if document.groups else ()
    return replace(document, nodes=nodes, wires=wires, groups=groups)


def move(document: Document, places: Mapping[str, tuple[float, float]]) -> Document:
    """Put nodes at new places (scene units); beyond the canvas's edge they stay at it."""
    nodes = dict(document.nodes)
    for name, (x, y) in places.items():
        if name in nodes:
            nodes[name] = replace(nodes[name], x=within(x), y=within(y))
    return replace(document, nodes=nodes)


def fragment(document: Document, ids: Collection[str]) -> Document:
    """The chosen nodes, the wires between them and the groups that are chosen whole, as a document
    of its own: what the clipboard carries.
    """
    return replace(
        document,
        nodes={name: node for name, node in document.nodes.items() if name in ids},
        wires=tuple(w for w in document.wires if w.source in ids and w.target in ids),
        groups=tuple(
            replace(group, shared=bundled(document, group))
            for group in document.groups
            if set(group.members) <= set(ids)
        ),
        notes=(),
    )


def paste(
    document: Document, piece: Document, dx: float = 40.0, dy: float = 40.0
) -> tuple[Document, tuple[str, ...]]:
    """Add a fragment's nodes under fresh names, moved by (dx, dy); returns the document and the new
    ids. Raises EditError where there is no room for them.
    """
    names: dict[str, str] = {}
    nodes, taken = dict(document.nodes), set(document.names)
    for old, node in piece.nodes.items():
        names[old] = fresh_name(old, taken)
        taken.add(names[old])
        place = within(node.x + dx), within(node.y + dy)
        nodes[names[old]] = Node(names[old], node.block, *place)
    wires = tuple(replace(w, source=names[w.source], target=names[w.target]) for w in piece.wires)
    groups = []
    for group in renamed(piece.groups, names):
        groups.append(replace(group, name=fresh_name(group.name, taken)))
        taken.add(groups[-1].name)
    pasted = replace(
        document, nodes=nodes, wires=document.wires + wires, groups=(*document.groups, *groups)
    )
    return check_room(pasted), tuple(names.values())


def set_dataset(document: Document, dataset: str) -> Document:
    """Choose the dataset by its id."""
    return replace(document, dataset=plain_line(dataset, LONGEST_TITLE))


def set_title(document: Document, title: str) -> Document:
    """Name the document."""
    return replace(document, title=plain_line(title, LONGEST_TITLE))


def set_training(document: Document, changes: Mapping[str, Argument]) -> Document:
    """Change training settings; raises EditError naming the setting, its limits and the value."""
    try:
        training = document.training.changed(changes)
    except ValidationError as error:
        raise EditError(f"training: {validation_message(error)}") from error
    return replace(document, training=training)


def insert_before(document: Document, node: str, port: str, block: Block) -> tuple[Document, str]:
    """Put a block on the wire into a port of `node`, half-way between the two."""
    wire = document.into(node, port)
    if wire is None:
        raise EditError(f"nothing is connected to {node}")
    source, target = document.nodes[wire.source], document.nodes[node]
    return splice(document, wire, block, (source.x + target.x) / 2, (source.y + target.y) / 2)


def chain(
    document: Document, blocks: Iterable[tuple[str | None, Block]], step: float = 228.0
) -> Document:
    """Add blocks in a row, each wired to the one before: how examples and tests are written."""
    previous: str | None = None
    for place, (name, block) in enumerate(blocks):
        document, name = add_node(document, block, place * step, 0.0, name)
        if previous is not None:
            out = document.nodes[previous].block.outputs[0]
            document = connect(document, Wire(previous, name, out, block.inputs[0]))
        previous = name
    return document
