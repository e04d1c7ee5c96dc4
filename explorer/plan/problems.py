"""What can be wrong with a drawing, and the one-click repairs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from explorer.datasets.catalogue import datasets
from explorer.datasets.dataset import Dataset
from explorer.graph.block import Shape
from explorer.graph.document import Document, Node, Wire
from explorer.graph.edits import connect, disconnect, remove_nodes, set_dataset, set_params
from explorer.plan.openings import Openings
from explorer.plan.openings import Value as Value
from explorer.plan.repairs import Fix as Fix
from explorer.plan.repairs import mend


@dataclass(frozen=True, slots=True)
class Problem:
    """Why the drawing can't be trained as it is, in words that name the block, the numbers and the
    next step.
    """

    message: str
    node: str | None = None
    wire: Wire | None = None
    fix: Fix | None = None
    trust: bool = False  # the block's file waits for the user to say that it may run


def circle_problem(document: Document, circle: list[str], openings: Openings) -> Problem:
    """Nodes that wait for each other; the wire between them that leads furthest back is named."""
    nodes, wires = document.nodes, _round(document, set(circle))
    back = max(wires, key=lambda w: nodes[w.source].x - nodes[w.target].x)
    fix = openings.into_circle(nodes[back.target], back.input, back)
    inside = {wire.target for wire in wires}
    names = [name for name in circle if name in inside]
    label = f"Remove the wire {back}"
    return Problem(
        f"{', '.join(names[:5])} wait for each other in a circle. Remove a wire of it.",
        back.target,
        back,
        Fix(label, lambda d: disconnect(d, [back]))
        if fix is None
        else Fix(f"{label}. {fix.label}", lambda d: fix.edit(disconnect(d, [back]))),
    )


def _round(document: Document, unplaced: set[str]) -> list[Wire]:
    """The wires of one circle: from a node that could not be placed back along its inputs."""
    into = {w.target: w for w in document.wires if {w.source, w.target} <= unplaced}
    walked: dict[str, Wire] = {}
    here = next(iter(into))
    while here not in walked:
        walked[here] = into[here]
        here = into[here].source
    return list(walked.values())[list(walked).index(here) :]


def unknown_dataset(document: Document) -> Problem:
    """The document names a dataset that is not bundled."""
    known = list(datasets())
    return Problem(
        f"There is no dataset '{document.dataset}' here. Choose one of: {', '.join(known)}.",
        fix=Fix(f"Use {known[0]}", lambda d: set_dataset(d, known[0])),
    )


def missing_input(openings: Openings) -> Problem:
    """There is no Input."""
    message = "There is no Input block, where the data enter. Add one."
    return Problem(message, fix=openings.missing_input())


def missing_output(openings: Openings) -> Problem:
    """There is no Output."""
    message = "There is no Output block, where the logits leave. Add one."
    return Problem(message, fix=openings.missing_output())


def wrong_classes(
    document: Document, output: Node, wire: Wire, shapes: Mapping[Value, Shape], dataset: Dataset
) -> Problem:
    """The logits are not as many as the classes: a Linear before it is set, or one is inserted."""
    shape, classes = shapes[wire.source, wire.output], len(dataset.classes)
    before = document.nodes[wire.source]
    alone = sum(other.source == wire.source for other in document.wires) == 1
    fix: Fix | None = None
    if alone and "out_features" in type(before.block).model_fields:
        changes = {"out_features": classes}
        label = f"Set out_features to {classes} in {before.id}"
        fix = Fix(label, lambda d: set_params(d, before.id, changes))
    else:
        mended = mend(output.block, [shape], classes)
        fix = mended.fix(output.id) if mended else None
    return Problem(
        f"{output.id} needs {classes} logits, one for each class of {dataset.title}, but "
        f"{wire.source} gives {shape}.",
        output.id,
        wire,
        fix,
    )


def second_end(first: Node, node: Node, title: str) -> Problem:
    """More Inputs or Outputs than one; what a second Input feeds is fed by the first."""

    def edit(document: Document) -> Document:
        for wire in document.wires:
            if wire.source == node.id:
                document = connect(document, replace(wire, source=first.id))
        return remove_nodes(document, [node.id])

    return Problem(
        f"{node.id} is a second {title}; there can be one. Delete it.",
        node.id,
        fix=Fix(f"Delete {node.id}", edit),
    )
