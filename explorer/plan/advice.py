"""Drawings that can be trained and are probably not meant so: said beside the problems, blocking
nothing.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from explorer.blocks.catalogue import block_of
from explorer.graph.block import Block
from explorer.graph.document import Document
from explorer.graph.edits import insert_before, remove_nodes, rename, set_block
from explorer.graph.names import fresh_name
from explorer.plan.grouping import parts_of
from explorer.plan.problems import Problem
from explorer.plan.repairs import Fix
from explorer.plan.step import Step, Value

# Blocks that leave every number what it is, or are linear as a whole.
PASSING = frozenset({"dropout", "dropout2d", "gaussian_noise", "flatten", "reshape", "permute"})
LINEAR: Mapping[str, str] = {
    "linear": "Linear",
    "conv1d": "convolution",
    "conv2d": "convolution",
    "conv_transpose2d": "convolution",
    "depthwise_separable_conv2d": "convolution",
}
BOUNDS: Mapping[str, tuple[float, float]] = {
    "softmax": (0, 1),
    "sigmoid": (0, 1),
    "tanh": (-1, 1),
}
NOT_BENT = frozenset({"glu"})  # an activation whose values may be of any size and sign


def advice(document: Document, steps: Sequence[Step], result: Value | None) -> tuple[Problem, ...]:
    """What is doubtful in the network of these steps, which lead to `result`, the logits."""
    if result is None:
        return ()
    drawn = _Drawn(document, steps, result)
    return (
        *drawn.before_output(),
        *drawn.ends_of_sequences(),
        *drawn.linear_pairs(),
        *drawn.linear_copies(),
    )


class _Drawn:
    """The steps, and who gives what each takes."""

    def __init__(self, document: Document, steps: Sequence[Step], result: Value) -> None:
        self.document, self.steps, self.result = document, steps, result
        self.step_of = {step.node: step for step in steps}
        self.readers = Counter(value for step in steps for value in step.inputs)
        self.readers[result] += 1

    def before_output(self) -> Iterator[Problem]:
        """An activation of which the logits are made."""
        step = self._giver(self.result)
        if step is None or step.block.group != "activation" or step.block.kind in NOT_BENT:
            return
        fix = Fix(f"Remove {step.node}", lambda d: remove_nodes(d, [step.node], heal=True))
        alone = step.copies == 1 and self.readers[step.node, step.block.outputs[0]] == 1
        classes = step.output_shapes[0].size
        why = _why_no_logits(step.block.kind, classes)
        yield _advised(
            f"{step.node} ({step.block.title}) makes the logits, {why}. The loss has a softmax "
            "built in, and wants numbers of any size and sign.",
            step.node,
            fix if alone else None,
        )

    def ends_of_sequences(self) -> Iterator[Problem]:
        """One step of what a layer read in both directions."""
        for step in self.steps:
            if step.block.kind not in ("last_step", "first_step"):
                continue
            before = self._giver(step.inputs[0])
            if before is None or not getattr(before.block, "bidirectional", False):
                continue
            last = step.block.kind == "last_step"
            yield _advised(
                f"{step.node} takes the {'last' if last else 'first'} step of {before.node}, "
                f"which reads in both directions: its {'backward' if last else 'forward'} half "
                "has read only that one step there. The mean over time has all of both.",
                step.node,
                _mean_instead(step.node),
            )

    def linear_pairs(self) -> Iterator[Problem]:
        """Two linear layers of a kind in a row: they compute no more than one could."""
        for step in self.steps:
            name = _linear(step)
            before = self._giver(step.inputs[0], alone=True) if name else None
            if before is None or _linear(before) != name:
                continue
            yield _advised(
                f"{before.node} and {step.node} are two {name} layers with no activation between "
                "them: together they can do no more than one alone.",
                step.node,
                _relu_before(step),
            )

    def linear_copies(self) -> Iterator[Problem]:
        """Copies of a group that begins and ends with linear layers of a kind."""
        for part in parts_of(self.steps, self.document, self.result).values():
            if part.group.repeat == 1 or len(part.entering) != 1 or len(part.leaving) != 1:
                continue
            last = self._giver(part.leaving[0], alone=True)
            first = [step for step in part.steps if part.entering[0] in step.inputs]
            if last is None or len(first) != 1:
                continue
            name = _linear(last)
            if not name or _linear(first[0]) != name:
                continue
            yield _advised(
                f"The {part.group.repeat} copies of {part.group.name} follow each other with no "
                f"activation between two {name} layers ({last.node}, {first[0].node}): "
                "together these can do no more than one alone.",
                last.node,
                None,
            )

    def _giver(self, value: Value, alone: bool = False) -> Step | None:
        """The step that a value comes from, past those that leave it as it is; `alone`: None where
        somebody else reads it on the way.
        """
        while True:
            step = self.step_of.get(value[0])
            if step is None or (alone and self.readers[value] > 1):
                return None
            if step.block.kind not in PASSING:
                return step
            value = step.inputs[0]


def _advised(message: str, node: str, fix: Fix | None) -> Problem:
    return Problem(message, node, fix=fix, severity="advice")


def _why_no_logits(kind: str, classes: int) -> str:
    if kind in BOUNDS:
        low, high = BOUNDS[kind]
        most = 1 / (1 + (classes - 1) * math.exp(low - high))
        return (
            f"which then lie between {low:g} and {high:g}: no class of {classes} can get more than "
            f"{100 * most:.0f} %"
        )
    if kind == "relu":
        return "which then are never negative, and where they are 0 nothing is learnt"
    return "and so holds their negative values back"


def _linear(step: Step) -> str:
    """The name of its kind of linear layer. Convolutions by group are halves of one on purpose."""
    return "" if getattr(step.block, "groups", 1) > 1 else LINEAR.get(step.block.kind, "")


def _mean_instead(node: str) -> Fix | None:
    mean = _block("mean_over_time")
    if mean is None:
        return None

    def edit(document: Document) -> Document:
        changed = set_block(document, node, mean)
        return rename(changed, node, fresh_name(mean.stem, changed.names))

    return Fix("Use Mean over time", edit)


def _relu_before(step: Step) -> Fix | None:
    relu = _block("relu")
    if relu is None:
        return None
    port = step.block.inputs[0]
    return Fix(
        f"Insert ReLU before {step.node}", lambda d: insert_before(d, step.node, port, relu)[0]
    )


def _block(kind: str) -> Block | None:
    found = block_of(kind)
    return found() if found else None
