"""Tables of a report: what they hold, as text with units, ready for the page's template."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from explorer.graph.block import Block, UnknownBlock
from explorer.graph.document import Document
from explorer.graph.form import Argument
from explorer.plan.amounts import percent
from explorer.plan.plan import Plan
from explorer.protocol.events import EpochDone
from explorer.records.compare import differences
from explorer.records.record import RunCurves, RunRecord
from explorer.records.svg_diagram import diagram

MOST_EPOCHS = 30  # rows of the table of epochs
AUTOMATIC = {"null": "automatic"}  # taken from the wire
NONE = "\u2013"  # where there is no figure
Rows = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class BlockRow:
    """A block as the table of blocks has it."""

    name: str
    kind: str
    settings: str
    shape: str
    weights: str
    macs: str


@dataclass(frozen=True, slots=True)
class Network:
    """What was trained, and by which runs."""

    runs: tuple[int, ...]
    svg: Markup
    blocks: tuple[BlockRow, ...]
    weights: str
    macs: str
    notes: tuple[str, ...]
    remarks: tuple[str, ...]


# --- numbers


def loss(value: float | None) -> str:
    """In nats, for tables that say so."""
    return NONE if value is None or not math.isfinite(value) else f"{value:.4f}"


def nats(value: float | None) -> str:
    """A loss with its unit."""
    shown = loss(value)
    return shown if shown == NONE else f"{shown} nats"


def per_cent(share: float | None) -> str:
    """An accuracy."""
    return NONE if share is None or not math.isfinite(share) else percent(share, 2)


def duration(seconds: float) -> str:
    """The two largest units."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def moment(stamp: str | None) -> str:
    """A time of the store for people."""
    return f"{stamp[:19].replace('T', ' ')} UTC" if stamp else NONE


def plain(value: object) -> str:
    """A setting's value."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


# --- tables


def tiles(record: RunRecord, curves: RunCurves, plan: Plan) -> Rows:
    """What one wants to know first."""
    wanted = record.total_steps // max(record.steps_per_epoch, 1)
    seconds = sum(epoch.seconds for epoch in curves.epochs)
    found: list[tuple[str, str]] = [("Outcome", record.state)]
    if curves.epochs:
        found += [("Test accuracy", per_cent(record.test_accuracy))]
        found += [("Test loss", nats(record.test_loss))]
    found += [("Epochs", f"{record.epochs:,} of {wanted:,}"), ("Steps", f"{record.step:,}")]
    if curves.epochs:
        whole = record.step == record.epochs * record.steps_per_epoch
        found += [("Training time" if whole else "Time of whole epochs", duration(seconds))]
    if plan.ready:
        found += [("Weights", f"{plan.weights:,}")]
    return tuple(found)


def training(document: Document) -> Rows:
    """All settings, the fewest words first in the document's own order."""
    values = document.training.values().items()
    return tuple((name.replace("_", " "), plain(value)) for name, value in values)


def circumstances(record: RunRecord, plan: Plan) -> Rows:
    """Data, machine, versions: what the same numbers would need."""
    dataset = plan.dataset
    rows = [
        ("Run", str(record.id)),
        ("Started", moment(record.started)),
        ("Ended", moment(record.ended)),
    ]
    if record.parent is not None:
        rows += [("Goes on from", f"run {record.parent}, step {record.parent_step or 0:,}")]
    rows += [("Dataset", f"{dataset.title} ({record.dataset})" if dataset else record.dataset)]
    if dataset is not None:
        split = f"{dataset.train_size:,} for training, {dataset.test_size:,} for the test"
        rows += [("Samples", split), ("Sample", f"{dataset.shape} ({dataset.shape.kind})")]
        rows += [("Licence of the data", dataset.licence)]
    rows += [("Checksum of the samples (SHA-256)", record.dataset_sha256 or NONE)]
    rows += [("Seed", str(record.seed)), ("Device", record.device or NONE)]
    rows += [("Threads", str(record.threads))]
    return (*rows, *((f"Version: {name}", text) for name, text in record.versions.items()))


def differing(records: Sequence[RunRecord]) -> dict[str, tuple[str, ...]]:
    """Settings that all runs have, but not with the same value."""
    found = {name: values for name, values in differences(records).items() if all(values)}
    return {
        name.removeprefix("training.").replace("_", " "): tuple(AUTOMATIC.get(v, v) for v in values)
        for name, values in found.items()
    }


def epochs(curves: RunCurves) -> tuple[list[EpochDone], int]:
    """Those that the table shows (the last and the best always), and how many there are."""
    found = list(curves.epochs)
    every = -(-len(found) // MOST_EPOCHS)
    best = best_epoch(found)
    shown = [e for k, e in enumerate(found, 1) if not k % every or e is best or k == len(found)]
    return shown, len(found)


def best_epoch(found: Sequence[EpochDone]) -> EpochDone | None:
    """Of the highest test accuracy, the first of equals."""
    return max(found, key=lambda epoch: epoch.test_accuracy, default=None)


def network(plan: Plan, runs: Iterable[int], remarks: tuple[str, ...]) -> Network:
    """The drawing and its blocks, in the order of computation where there is one."""
    document = plan.document
    order = [step.node for step in plan.steps]
    rest = [name for name in document.nodes if name not in set(order)]
    first = [name for name in rest if document.nodes[name].block.role == "input"]
    names = [*first, *order, *(name for name in rest if name not in first)]
    return Network(
        tuple(runs),
        diagram(plan),
        tuple(_block(plan, name) for name in names),
        f"{plan.weights:,}" if plan.ready else NONE,
        f"{plan.macs:,}" if plan.ready else NONE,
        tuple(note.text for note in document.notes if note.text.strip()),
        (*remarks, *(problem.message for problem in plan.problems)),
    )


def _block(plan: Plan, name: str) -> BlockRow:
    block, step = plan.document.nodes[name].block, plan.step_of.get(name)
    shapes = [plan.shapes.get((name, port)) for port in block.outputs]
    return BlockRow(
        name + (f" (in {step.group}, {step.copies} times)" if step and step.copies > 1 else ""),
        block.name if isinstance(block, UnknownBlock) else block.title,
        settings(block),
        ", ".join(str(shape) for shape in shapes if shape is not None),
        f"{step.weights:,}" if step else "",
        f"{step.macs:,}" if step else "",
    )


def settings(block: Block) -> str:
    """A block's parameters; what is taken from the wire is left out."""
    values = block.fields if isinstance(block, UnknownBlock) else block.entries()
    return ", ".join(
        f"{name} {_short(value)}" for name, value in values.items() if value is not None
    )


def _short(value: Argument) -> str:
    return f"{value:g}" if isinstance(value, float) else plain(value)
