"""Trains blocks behind every memory layout, in a process of its own.

A kernel that can't take a layout ends the process: each line on standard output tells what is
tried next, so that the last one names the culprit.
"""

import sys
from itertools import permutations

import torch
from hypothesis import HealthCheck, given, settings

from explorer.engine.network.build import Network
from explorer.engine.step.step import train_step
from explorer.graph import custom
from explorer.graph.block import Block, Call, Shape
from explorer.graph.custom import Custom
from explorer.graph.custom_file import digest
from explorer.graph.document import Document
from explorer.graph.edits import add_node
from explorer.plan.layouts import plain_where_needed
from explorer.plan.plan import Plan
from tests.blocks.cases import BATCH, LAYERS, Joined, Part, accepted, cases, long_vector, step
from tests.making import block as made

CASES = 5  # a block
INPUT = ("input", "y")
OWN = """
from torch import nn


class Own(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.GroupNorm(2, 6)

    def forward(self, x):
        return self.norm(x)
"""
few = settings(
    max_examples=CASES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


class Laid(Block):
    """The same numbers, in another order in memory."""

    text: str

    def layer(self, *shapes):
        return Call.function(self.text)


class Learned(Block):
    """What comes behind its one weight has a gradient."""

    def layer(self, *shapes):
        return Call.module("nn.PReLU")

    def weight_count(self, *shapes):
        return 1


def layouts(rank):
    """Expressions for an input of so many axes, the batch among them."""
    found = ["torch.stack(({x}, {x}), -1)[..., 0]", "{x}[..., :1].expand_as({x})"]
    for order in permutations(range(rank)):
        back = ", ".join(str(order.index(axis)) for axis in range(rank))
        found.append(f"{{x}}.permute({', '.join(map(str, order))}).contiguous().permute({back})")
    return found


def network(case, number, learned):
    """Input [-> a weight] -> each port's share, laid out in this way -> the block."""
    block, shapes = case
    steps = [step("learned", Learned(), [INPUT], (), ())] if learned else []
    before = ("learned", "y") if learned else INPUT
    sources, start = [], 0
    for port, shape in zip(block.inputs, shapes, strict=True):
        texts = layouts(len(shape.dims) + 1)
        part = Part(start=start, size=shape.size, dims=shape.dims, whole=shape.kind == "tokens")
        steps.append(step(f"part_{port}", part, [before], (), (shape,)))
        laid = Laid(text=texts[number % len(texts)])
        steps.append(step(f"laid_{port}", laid, [(f"part_{port}", "y")], (shape,), (shape,)))
        sources.append((f"laid_{port}", "y"))
        start += shape.size
    steps.append(step("node", block, sources, shapes, block.output_shapes(*shapes)))
    ends = [("node", port) for port in block.outputs]
    steps.append(step("row", Joined(ports=len(ends)), ends, (), ()))
    drawn, _ = add_node(Document(title="Law"), made("input"), name="input")
    plan = Plan(drawn, None, plain_where_needed(steps), source=INPUT, result=("row", "y"))
    return Network(plan)


def trained(case, number, learned):
    """One step, where there is a weight that learns."""
    torch.manual_seed(0)
    built = network(case, number, learned)
    weights = list(built.parameters())
    if weights:
        labels = torch.zeros(BATCH, dtype=torch.int64)
        train_step(built.train(), torch.optim.SGD(weights, lr=0.1), long_vector([case]), labels)


def try_out(case):
    """In every layout, with and without a gradient at its input."""
    block, shapes = case
    for number in range(max(len(layouts(len(shape.dims) + 1)) for shape in shapes)):
        for learned in (False, True):
            words = f"{block!r} of {[*map(str, shapes)]}, layout {number}, gradient {learned}"
            print(words, flush=True)  # noqa: T201
            trained(case, number, learned)


def try_kind(kind):
    """Whatever the block accepts."""
    found = []

    @few
    @given(cases(LAYERS[kind]))
    def law(case):
        if accepted(*case) is not None:
            found.append(case)
            try_out(case)

    law()
    assert found


def users_block(shape):
    """A trusted file's block, of which the plan knows nothing but its shapes."""
    made = Custom(path="/own.py", class_name="Own", sha256=digest(OWN.encode()))
    custom.trust(made.path, made.sha256, OWN)
    custom.remember(made, (shape,), custom.Facts(shape, 12, 0))
    return made


def main():
    torch.set_num_threads(1)
    shape = Shape("image", (6, 5, 4))
    try_out((users_block(shape), (shape,)))
    for name in sys.argv[1:] or LAYERS:
        try_kind(name)
