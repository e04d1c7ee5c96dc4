"""Batches that are too small for a block to be trained with."""

from __future__ import annotations

from collections.abc import Iterable

from explorer.graph.edits import set_training
from explorer.plan.problems import Problem
from explorer.plan.repairs import Fix
from explorer.plan.step import Step


def batch_problems(steps: Iterable[Step], batch: int) -> list[Problem]:
    """Why these steps can't be trained with so many samples at a time, each with a larger batch as
    the fix.
    """
    return [_problem(step, least, batch) for step in steps if (least := _least(step)) > batch]


def _least(step: Step) -> int:
    return step.block.smallest_batch(*step.input_shapes)


def _problem(step: Step, least: int, batch: int) -> Problem:
    return Problem(
        f"{step.node} averages over the batch and needs {least} samples of {step.input_shapes[0]} "
        f"or more, but batch is {batch}. Set batch to {least} or more, or put a LayerNorm in its "
        "place.",
        step.node,
        fix=Fix(
            f"Set batch to {least}",
            lambda document: set_training(document, {"batch": least}),
        ),
    )
