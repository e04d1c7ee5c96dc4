"""Functions that the source writes once, in place of a long expression in many lines."""

from __future__ import annotations

from collections.abc import Iterable

from explorer.blocks.attending import CAUSAL_BATCH_FIRST, CAUSAL_STEPS_FIRST
from explorer.plan.step import Step

CAUSAL_MASK = '''\
def causal_mask(x: torch.Tensor, axis: int = 1) -> torch.Tensor:
    """True where a step must not look: at those after it. (T, T) for T steps."""
    return x.new_ones(x.size(axis), x.size(axis)).triu(1).bool()'''
CALLS = {
    CAUSAL_BATCH_FIRST: "causal_mask({x})",
    CAUSAL_STEPS_FIRST: "causal_mask({x}, axis=0)",
}
NAMES = frozenset({"causal_mask"})


def shortened(template: str) -> str:
    """An expression of a Call with the helper's name in it."""
    for expression, call in CALLS.items():
        template = template.replace(expression, call)
    return template


def helpers(steps: Iterable[Step]) -> tuple[str, ...]:
    """The functions that these steps need."""
    templates = [template for step in steps for template in step.call.forward]
    used = any(shortened(template) != template for template in templates)
    return (CAUSAL_MASK,) if used else ()
