"""What can be wrong with a drawing, and the one-click repairs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from explorer.blocks.catalogue import block_of
from explorer.datasets.catalogue import datasets
from explorer.datasets.dataset import Dataset
from explorer.graph.block import BlockFix, Shape
from explorer.graph.document import Document, Node, Wire
from explorer.graph.edits import (
    EditError,
    add_node,
    connect,
    disconnect,
    insert_before,
    remove_nodes,
    set_dataset,
    set_params,
)

Value = tuple[str, str]  # node id, output port


@dataclass(frozen=True, slots=True)
class Fix:
    """A repair that is one click: the words on the button and the edit."""

    label: str
    edit: Callable[[Document], Document]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why the drawing can't be trained as it is, in words that name the block, the numbers and the
    next step.
    """

    message: str
    node: str | None = None
    wire: Wire | None = None
    fix: Fix | None = None


def as_fix(node: Node, fix: BlockFix) -> Fix | None:
    """A block's own proposal as an edit of the document."""
    name = node.id
    if not fix.insert:
        changes = dict(fix.changes)
        return Fix(f"{fix.label} in {name}", lambda d: set_params(d, name, changes))
    block_class = block_of(fix.insert)
    if block_class is None:
        return None
    block = block_class(**dict(fix.insert_changes))
    port = fix.insert_at or node.block.inputs[0]
    return Fix(f"{fix.label} before {name}", lambda d: insert_before(d, name, port, block)[0])


def circle_problem(document: Document, circle: list[str]) -> Problem:
    """Nodes that wait for each other; a wire between them is named."""
    inside = set(circle)
    wire = next(w for w in document.wires if w.source in inside and w.target in inside)
    return Problem(
        f"{', '.join(circle[:5])} wait for each other in a circle. Remove a wire of it.",
        wire.target,
        wire,
        Fix(f"Remove the wire {wire}", lambda d: disconnect(d, [wire])),
    )


def unknown_dataset(document: Document) -> Problem:
    """The document names a dataset that is not bundled."""
    known = list(datasets())
    return Problem(
        f"There is no dataset '{document.dataset}' here. Choose one of: {', '.join(known)}.",
        fix=Fix(f"Use {known[0]}", lambda d: set_dataset(d, known[0])),
    )


def missing_end(document: Document, kind: str, title: str) -> Problem:
    """There is no Input, or no Output; the fix wires it where only one place is open."""

    def edit(document: Document) -> Document:
        places = [(node.x, node.y) for node in document.nodes.values()] or [(0.0, 0.0)]
        x, y = min(places) if kind == "input" else max(places)
        block_class = block_of(kind)
        if block_class is None:
            raise EditError(f"there is no block '{kind}'")
        ends = _loose_ends(document, kind)
        document, name = add_node(
            document, block_class(), x + (-180 if kind == "input" else 180), y
        )
        if len(ends) == 1:
            (node, port) = ends[0]
            wire = Wire(name, node, "y", port) if kind == "input" else Wire(node, name, port, "x")
            document = connect(document, wire)
        return document

    where = "where the data enter" if kind == "input" else "where the logits leave"
    return Problem(f"There is no {title} block, {where}. Add one.", fix=Fix(f"Add {title}", edit))


def _loose_ends(document: Document, kind: str) -> list[Value]:
    """Input ports without a wire (for an Input to add), or output ports that lead nowhere (for an
    Output).
    """
    if kind == "input":
        taken = {(w.target, w.input) for w in document.wires}
        return [
            (n.id, p)
            for n in document.nodes.values()
            for p in n.block.inputs
            if (n.id, p) not in taken
        ]
    led = {(w.source, w.output) for w in document.wires}
    return [
        (n.id, p) for n in document.nodes.values() for p in n.block.outputs if (n.id, p) not in led
    ]


def wrong_classes(
    document: Document, output: Node, wire: Wire, shape: Shape, dataset: Dataset
) -> Problem:
    """The logits are not as many as the classes: a Linear before it is set, or one is inserted."""
    classes = len(dataset.classes)
    before = document.nodes[wire.source]
    changes = (("out_features", classes),)
    if "out_features" in type(before.block).model_fields:
        fix = as_fix(before, BlockFix(f"Set out_features to {classes}", changes))
    else:
        fix = as_fix(output, BlockFix(f"Insert a Linear to {classes}", (), "linear", changes))
    return Problem(
        f"{output.id} needs {classes} logits, one for each class of {dataset.title}, but "
        f"{wire.source} gives {shape}.",
        output.id,
        wire,
        fix,
    )


def second_end(node: Node, title: str) -> Problem:
    """More Inputs or Outputs than one."""
    return Problem(
        f"{node.id} is a second {title}; there can be one. Delete it.",
        node.id,
        fix=Fix(f"Delete {node.id}", lambda d: remove_nodes(d, [node.id])),
    )
