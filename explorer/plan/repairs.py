"""Repairs are tried on the shapes before they are offered: one click must leave nothing to mend."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from explorer.blocks.catalogue import block_of
from explorer.graph.block import Block, BlockFix, Shape, ShapeError
from explorer.graph.document import Document
from explorer.graph.edits import insert_before, set_params

Edit = Callable[[Document, str], Document]  # of the node with this id
MOST = 4  # steps in a row that one click may do


@dataclass(frozen=True, slots=True)
class Fix:
    """A repair that is one click: the words on the button and the edit."""

    label: str
    edit: Callable[[Document], Document]


@dataclass(frozen=True, slots=True)
class Mend:
    """What has to be done at a node so that it takes its inputs; no steps: it does already."""

    steps: tuple[tuple[BlockFix, Edit], ...] = ()

    def apply(self, document: Document, node: str) -> Document:
        """Do all steps."""
        for _, edit in self.steps:
            document = edit(document, node)
        return document

    def fix(self, node: str) -> Fix:
        """As one click; there must be a step."""
        first = self.steps[0][0]
        label = f"{first.label} {'before' if first.insert else 'in'} {node}"
        return Fix(Mend(self.steps[1:]).after(label), lambda d: self.apply(d, node))

    def after(self, label: str) -> str:
        """A label, followed by the words of these steps: "Add Output, insert Flatten"."""
        words = [f"{fix.label[:1].lower()}{fix.label[1:]}" for fix, _ in self.steps]
        return ", ".join([label, *words])


def fault_of(block: Block, shapes: Sequence[Shape], classes: int | None) -> ShapeError | None:
    """Why a block can't take these inputs; of an Output also that the logits are not as many as
    the classes (where these are known).
    """
    try:
        block.output_shapes(*shapes)
    except ShapeError as error:
        return error
    if block.role == "output" and classes not in (None, shapes[0].dims[-1]):
        changes = (("out_features", classes),)
        fix = BlockFix(f"Insert a Linear to {classes}", insert="linear", insert_changes=changes)
        return ShapeError(f"needs {classes} logits but gets {shapes[0]}", fix)
    return None


def mend(block: Block, shapes: Sequence[Shape], classes: int | None = None) -> Mend | None:
    """The steps after which the block takes these inputs; None where there are none."""
    steps: list[tuple[BlockFix, Edit]] = []
    for _ in range(MOST + 1):
        fault = fault_of(block, shapes, classes)
        if fault is None:
            return Mend(tuple(steps))
        if fault.fix is None:
            return None
        done = _inserted(block, shapes, fault.fix) if fault.fix.insert else _set(block, fault.fix)
        if done is None:
            return None
        edit, block, shapes = done[0], done[1], done[2] or shapes
        steps.append((fault.fix, edit))
    return None


_Done = tuple[Edit, Block, tuple[Shape, ...] | None]  # None: the shapes are as they were


def _set(block: Block, fix: BlockFix) -> _Done | None:
    """The block with other parameters, if these are within their limits."""
    changes = dict(fix.changes)
    try:
        changed = block.changed(changes)
    except ValidationError:
        return None
    if changed == block or changed.inputs != block.inputs:
        return None
    return (lambda d, node: set_params(d, node, changes)), changed, None


def _inserted(block: Block, shapes: Sequence[Shape], fix: BlockFix) -> _Done | None:
    """Another block on the wire into a port, if it takes what comes there."""
    block_class = block_of(fix.insert)
    port = fix.insert_at or block.inputs[0]
    place = block.inputs.index(port)
    try:
        inserted = block_class(**dict(fix.insert_changes)) if block_class else None
        given = inserted.output_shapes(shapes[place]) if inserted else ()
    except (ValidationError, ShapeError):
        return None
    if inserted is None or given[0] == shapes[place]:
        return None
    after = (*shapes[:place], given[0], *shapes[place + 1 :])
    return (lambda d, node: insert_before(d, node, port, inserted)[0]), block, after
