"""Memory layouts that a kernel of torch can't take: where a step gets a plain copy instead.

torch's GroupNorm on a CPU (2.13) writes to a null pointer on its way back when its input lies in
memory as channels_last and needs no gradient: behind Input -> Permute, say. It ends the process.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from explorer.graph.custom import FAMILY
from explorer.plan.step import Step, Value

REORDERING = (".permute(", ".transpose(")


def plain_where_needed(steps: Iterable[Step]) -> tuple[Step, ...]:
    """The steps, in the order in which they are computed; one that must have its input in order and
    might not, copies it first.
    """
    steps = tuple(steps)
    if not any(map(_needs_order, steps)):
        return steps
    reordered: set[Value] = set()  # may lie in memory in another order than that of their axes
    learned: set[Value] = set()  # have a gradient
    found = []
    for step in steps:
        values = [(step.node, port) for port in step.block.outputs]
        behind = not reordered.isdisjoint(step.inputs)
        if not learned.isdisjoint(step.inputs):
            learned.update(values)
        elif behind and _needs_order(step):
            step = _plain(step)
        if step.weights:
            learned.update(values)
        if behind or reorders(step):
            reordered.update(values)
        found.append(step)
    return tuple(found)


def reorders(step: Step) -> bool:
    """Whether what it gives out may lie in memory in another order than that of its axes."""
    texts = (*step.call.forward, *step.call.outputs)
    turned = any(sign in text for text in texts for sign in REORDERING)
    return turned or step.call.layer.startswith(FAMILY)


def _needs_order(step: Step) -> bool:
    return step.call.layer == "nn.GroupNorm" and step.input_shapes[0].kind == "image"


def _plain(step: Step) -> Step:
    """With its layer called on a copy that lies in order; no copy is made of what does already."""
    called = (text.replace("({x})", "({x}.contiguous())") for text in step.call.forward)
    return replace(step, call=replace(step.call, forward=tuple(called)))
