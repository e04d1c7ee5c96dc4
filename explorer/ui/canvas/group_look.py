"""What a folded group's block tells of the blocks in it."""

from __future__ import annotations

from dataclasses import replace

from explorer.graph.block import Shape
from explorer.graph.folding import Drawing
from explorer.plan.plan import Plan
from explorer.ui.canvas.frame_item import TIMES
from explorer.ui.canvas.look import Look


def group_look(look: Look, drawing: Drawing, name: str, plan: Plan) -> Look:
    """The look of a folded group, by its members' shapes, costs and first problem."""
    group, terminals = drawing.groups[name], drawing.terminals[name]
    found = (plan.problem_of[one] for one in group.members if one in plan.problem_of)
    problem = next(found, None)
    fix = problem.fix.label if problem is not None and problem.fix else ""
    return replace(
        look,
        summary=told(group.repeat, len(group.members)),
        problem=problem.message if problem is not None else "",
        fix=fix,
        shape=next((plan.shapes.get(port) for port in terminals.outputs.values()), None),
        shapes=_entering(drawing, name, plan),
        aside=set(group.members) <= set(plan.asides),
    )


def told(repeat: int, members: int) -> str:
    """How often, and how many blocks."""
    blocks = "1 block" if members == 1 else f"{members} blocks"
    times = f"{TIMES} {repeat}" if repeat > 1 else ""
    return ", ".join(word for word in (times, blocks) if word)


def _entering(drawing: Drawing, name: str, plan: Plan) -> tuple[Shape, ...] | None:
    shapes = []
    for wire, real in drawing.wires.items():
        if wire.target == name:
            shape = plan.shapes.get((real[0].source, real[0].output))
            if shape is None:
                return None
            shapes.append(shape)
    return tuple(shapes) or None
