"""What can be wrong with a drawing, and the one-click repairs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from explorer.datasets.catalogue import datasets
from explorer.datasets.dataset import Dataset
from explorer.graph.block import Shape, ShapeError
from explorer.graph.custom import NotTrusted, Untried
from explorer.graph.document import Document, Node, Wire
from explorer.graph.edits import connect, disconnect, remove_nodes, set_dataset, set_params
from explorer.graph.limits import MOST_NUMBERS
from explorer.plan.openings import Openings
from explorer.plan.repairs import Fix as Fix
from explorer.plan.repairs import mend
from explorer.plan.step import Step, Value

Severity = Literal["error", "advice"]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why the drawing can't be trained as it is, or had better not be, in words that name the
    block, the numbers and the next step.
    """

    message: str
    node: str | None = None
    wire: Wire | None = None
    fix: Fix | None = None
    trust: bool = False  # the block's file waits for the user to say that it may run
    severity: Severity = "error"  # advice: it can be trained, but is probably not meant so


def circle_problem(document: Document, circle: list[str], openings: Openings) -> Problem:
    """Nodes that wait for each other; the wire between them that leads furthest back is named."""
    nodes, wires = document.nodes, _round(document, set(circle))
    back = max(wires, key=lambda w: nodes[w.source].x - nodes[w.target].x)
    fix = openings.into_circle(nodes[back.target], back.input, back)
    inside = {wire.target for wire in wires}
    names = [name for name in circle if name in inside]
    label = f"Remove the wire {back}"
    return Problem(
        f"{', '.join(names[:5])} wait for each other in a loop. Remove a wire of it.",
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


def open_port(node: Node, port: str) -> Problem:
    """Nothing leads into an input."""
    where = f" '{port}'" if len(node.block.inputs) > 1 else ""
    message = f"{node.id} has no input{where}. Draw a wire to it from the block before."
    return Problem(message, node.id)


def wrong_shapes(
    node: Node, error: ShapeError, wires: Sequence[Wire], before: Step | None, fix: Fix | None
) -> Problem:
    """A block can't take what the wires bring, one for each input; `before` is the step that the
    first of them comes from.
    """
    if isinstance(error, Untried):  # no wire is to blame
        return Problem(f"{node.id} {error}.", node.id, trust=isinstance(error, NotTrusted))
    into = dict(zip(node.block.inputs, wires, strict=True))
    words = str(error)
    if len(wires) > 1:
        words = _with_sources(words, into)
    elif " gets " in words:
        words = words.replace(" gets ", f" {wires[0].source} gives ", 1) + _origin(before)
    port = (error.fix.insert_at if error.fix else "") or node.block.inputs[0]
    return Problem(f"{node.id} {words}.", node.id, into[port], fix)


def too_many_numbers(node: Node, outputs: Sequence[Shape], wire: Wire) -> Problem:
    """More than torch can count; the figures would soon be too long to be told at all."""
    largest = max(outputs, key=lambda shape: shape.size)
    return Problem(
        f"{node.id} would give out {largest.size:.1e} numbers a sample ({largest}), more than can "
        f"be counted ({MOST_NUMBERS:.1e}). Make fewer of them: pool, stride, or scale less before.",
        node.id,
        wire,
    )


def _with_sources(words: str, into: Mapping[str, Wire]) -> str:
    """ "a is 8 x 28 x 28" with the block that a comes from: "a (conv2) is ..."."""
    for port, wire in into.items():
        words = re.sub(rf"\b{port} is (?=\d)", f"{port} ({wire.source}) is ", words, count=1)
    return words


def _origin(before: Step | None) -> str:
    """What a flattened value was before: where the number in the message comes from."""
    if before is None or len(before.input_shapes) != 1:
        return ""
    (taken,), given = before.input_shapes, before.output_shapes[0]
    flattened = taken.size == given.size and taken.dims != given.dims
    return f" ({taken})" if flattened and len(taken.dims) > len(given.dims) else ""


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
