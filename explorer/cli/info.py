"""`explorer info` and `explorer examples`: what a document holds. torch only for custom blocks."""

from __future__ import annotations

import argparse

from explorer.cli import trusting
from explorer.cli.documents import named, read
from explorer.cli.table import aligned
from explorer.plan.documents import examples
from explorer.plan.literals import prose
from explorer.plan.plan import Plan

HEADS = ("block", "kind", "output", "weights", "MACs")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `info` understands."""
    parser.add_argument("document", help="an example's name, a document, or a run's folder")
    trusting.add_argument(parser)


def run(options: argparse.Namespace) -> int:
    """Print steps, shapes, costs and problems."""
    trusting.trust(options.trust)
    made = trusting.planned(named(options.document))
    document = made.document
    dataset = made.dataset.title if made.dataset else prose(document.dataset)
    settings = ", ".join(f"{name} {value}" for name, value in document.training.values().items())
    print(f"{prose(document.title) or 'Untitled'} on {dataset}")
    print(f"training: {settings}\n")
    for line in _table(made):
        print(line)
    if made.ready:
        print(f"\n{made.weights:,} weights, {made.macs:,} MACs a sample")
    for group in document.groups:
        times = f", {group.repeat} times in a row" if group.repeat > 1 else ""
        print(f"group {group.name}: {', '.join(group.members)}{times}")
    for name in made.asides:
        print(f"not used: {name} leads nowhere")
    for problem in made.problems:
        print(f"problem: {prose(problem.message, 400)}")
    for waiting in trusting.not_trusted(document):
        print(f"not trusted: {waiting}")
    return 0


def _table(made: Plan) -> list[str]:
    steps = made.steps if made.ready else made.loose_steps()
    rows = [HEADS] + [
        (
            step.node,
            step.block.title,
            ", ".join(str(shape) for shape in step.output_shapes),
            f"{step.weights:,}",
            f"{step.macs:,}",
        )
        for step in steps
    ]
    return aligned(rows, right=(3, 4))


def list_examples(options: argparse.Namespace) -> int:
    """Print each example's name and title."""
    width = max(map(len, examples()), default=0)
    for name, file in examples().items():
        document = read(file)
        print(f"{name.ljust(width)}  {prose(document.title)}, on {prose(document.dataset)}")
    return 0
