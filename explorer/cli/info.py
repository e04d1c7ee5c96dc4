"""`explorer info` and `explorer examples`: what a document holds. torch only for custom blocks."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence

from explorer.cli import trusting
from explorer.cli.documents import named, read
from explorer.cli.table import aligned
from explorer.cli.usage import print_json
from explorer.plan.amounts import amount
from explorer.plan.documents import examples
from explorer.plan.literals import prose
from explorer.plan.memory import memory_of
from explorer.plan.plan import Plan
from explorer.plan.step import Step

HEADS = ("block", "kind", "output", "weights", "MACs")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `info` understands."""
    parser.add_argument("document", help="an example's name, a document, or a run's folder")
    trusting.add_argument(parser)


def run(options: argparse.Namespace) -> int:
    """Print steps, shapes, costs, problems and advice."""
    trusting.trust(options.trust)
    made = trusting.planned(named(options.document))
    if options.json:
        for row in _rows(made):
            print_json(row)
    else:
        _tell(made)
    return 0


def _rows(made: Plan) -> Iterator[Mapping[str, object]]:
    """The document, and a row for each block, group, thing left out, problem, missing trust."""
    document = made.document
    yield {
        "document": document.title,
        "dataset": document.dataset,
        "training": document.training.values(),
        "ready": made.ready,
        "weights": made.weights if made.ready else None,
        "macs": made.macs if made.ready else None,
        "memory": memory_of(made).total if made.ready else None,  # bytes
    }
    for step in _steps(made):
        yield {
            "block": step.node,
            "kind": step.block.title,
            "output": [str(shape) for shape in step.output_shapes],
            "weights": step.weights,
            "macs": step.macs,
        }
    for group in document.groups:
        yield {"group": group.name, "members": list(group.members), "repeat": group.repeat}
    yield from ({"not_used": name} for name in made.asides)
    yield from ({"problem": problem.message} for problem in made.problems)
    yield from ({"advice": advised.message} for advised in made.advice)
    yield from ({"not_trusted": waiting} for waiting in trusting.not_trusted(document))


def _tell(made: Plan) -> None:
    document = made.document
    dataset = made.dataset.title if made.dataset else prose(document.dataset)
    settings = ", ".join(f"{name} {value}" for name, value in document.training.values().items())
    print(f"{prose(document.title) or 'Untitled'} on {dataset}")
    print(f"training: {settings}\n")
    for line in _table(made):
        print(line)
    if made.ready:
        needed = amount(memory_of(made).total)
        print(f"\n{made.weights:,} weights, {made.macs:,} MACs a sample")
        print(f"a training takes about {needed} of memory")
    for group in document.groups:
        times = f", {group.repeat} times in a row" if group.repeat > 1 else ""
        print(f"group {group.name}: {', '.join(group.members)}{times}")
    for name in made.asides:
        print(f"not used: {name} leads nowhere")
    for problem in made.problems:
        print(f"problem: {prose(problem.message, 400)}")
    for advised in made.advice:
        print(f"advice: {prose(advised.message, 400)}")
    for waiting in trusting.not_trusted(document):
        print(f"not trusted: {waiting}")


def _table(made: Plan) -> list[str]:
    rows = [HEADS] + [
        (
            step.node,
            step.block.title,
            ", ".join(str(shape) for shape in step.output_shapes),
            f"{step.weights:,}",
            f"{step.macs:,}",
        )
        for step in _steps(made)
    ]
    return aligned(rows, right=(3, 4))


def _steps(made: Plan) -> Sequence[Step]:
    return made.steps if made.ready else made.loose_steps()


def list_examples(options: argparse.Namespace) -> int:
    """Print each example's name and title."""
    width = max(map(len, examples()), default=0)
    for name, file in examples().items():
        document = read(file)
        if options.json:
            title = document.title
            print_json({"example": name, "title": title, "dataset": document.dataset})
            continue
        print(f"{name.ljust(width)}  {prose(document.title)}, on {prose(document.dataset)}")
    return 0
