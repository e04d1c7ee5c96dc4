"""How a block is told to look, beside what its node says: shapes, problems, marks."""

from __future__ import annotations

from dataclasses import dataclass, replace

from explorer.graph.block import Block, Shape, UnknownBlock
from explorer.graph.document import Node
from explorer.plan.plan import Plan
from explorer.ui.canvas.geometry import Side
from explorer.ui.canvas.summary import summary


@dataclass(frozen=True, slots=True)
class Look:
    """All about a block that is painted and is not in its Node."""

    summary: str = ""
    problem: str = ""
    fix: str = ""  # the words of the problem's repair
    shape: Shape | None = None  # of the first output
    selected: bool = False
    shapes: tuple[Shape, ...] | None = None  # that come in
    aside: bool = False  # leads nowhere: not trained
    changed: bool = False  # since the run
    hot: tuple[Side, str] | None = None  # the port under the mouse


def node_look(look: Look, node: Node, plan: Plan, aside: bool, edited: bool) -> Look:
    """The look of a block by its plan; `edited`: its parameters may be others than before."""
    outputs, shapes = node.block.outputs, plan.input_shapes(node.id)
    if edited or shapes != look.shapes:
        look = replace(look, summary=summary(node.block, shapes), shapes=shapes)
    problem = plan.problem_of.get(node.id)
    message = problem.message if problem is not None else ""
    shape = plan.shapes.get((node.id, outputs[0])) if outputs else None
    if (shape, message, aside) != (look.shape, look.problem, look.aside):
        fix = problem.fix.label if problem is not None and problem.fix else ""
        look = replace(look, problem=message, fix=fix, shape=shape, aside=aside)
    return look


def kind_title(block: Block) -> str:
    """The block's kind as the palette calls it."""
    return block.name if isinstance(block, UnknownBlock) else block.title
