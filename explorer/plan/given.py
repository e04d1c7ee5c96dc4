"""Which blocks hand on what the network is given, unchanged but for order and shape."""

from __future__ import annotations

import re

from explorer.plan.plan import Plan
from explorer.plan.step import Step

MOVES = r"squeeze|transpose|permute|flatten|reshape"  # change nothing but order and shape
SAME_NUMBERS = re.compile(rf"(\{{x\}}|torch\.flatten\(\{{x\}}, 1\))(\.({MOVES})\([^()]*\))*")


def shown_as_given(plan: Plan) -> frozenset[str]:
    """The Input, and blocks behind it that only put its numbers in another order or shape."""
    given = {plan.source} if plan.source is not None else set()
    for step in plan.steps:
        if given.issuperset(step.inputs) and _same_numbers(step):
            given.update((step.node, port) for port in step.block.outputs)
    return frozenset(node for node, _ in given)


def _same_numbers(step: Step) -> bool:
    call = step.call
    plain = not call.layer and call.outputs == ("{y}",) and len(step.inputs) == 1
    return plain and all(map(SAME_NUMBERS.fullmatch, call.forward))
