"""A report of recorded runs as one HTML file: nothing in it is fetched, nothing in it is run."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from explorer import resources
from explorer.blocks.catalogue import block_of
from explorer.graph.custom import text_of
from explorer.graph.files import DocumentError, load
from explorer.graph.published import without_places
from explorer.graph.texts import printable
from explorer.plan.plan import Plan, plan
from explorer.protocol.events import EpochDone
from explorer.records import report_parts as parts
from explorer.records.compare import by_seed
from explorer.records.record import RunCurves, RunRecord
from explorer.records.report_curves import figures
from explorer.records.report_matrix import Matrix, matrix

if TYPE_CHECKING:  # 0.1 s that only who asks for a report should wait
    from jinja2 import Template

PAGE = "report.html"


@dataclass(frozen=True, slots=True)
class Part:
    """What the report tells of one run."""

    record: RunRecord
    tiles: parts.Rows
    epochs: Sequence[EpochDone]
    whole_epochs: int
    best: EpochDone | None
    matrix: Matrix | None
    changes: parts.Rows
    training: parts.Rows
    circumstances: parts.Rows
    dataset: str
    weights: str
    time: str


@dataclass(frozen=True, slots=True)
class Seeds:
    """Runs that differ by their seed alone: test accuracy and loss over them."""

    runs: str
    title: str
    count: int
    accuracy: str
    loss: str


def report(runs: Sequence[tuple[RunRecord, RunCurves]]) -> str:
    """The page of one run, or of several compared. Raises ValueError without any."""
    if not runs:
        raise ValueError("a report is of one run at least")
    records = [record for record, _ in runs]
    curves = {record.id: of for record, of in runs}
    read = {record.id: _read(record) for record in records}
    several = len(runs) > 1
    return _template().render(
        title=_title(records),
        parts=[_part(record, curves[record.id], read[record.id][0]) for record in records],
        several=several,
        figures=figures(records, curves),
        seeds=[_seeds(group) for group in by_seed(records) if len(group) > 1],
        differences=parts.differing(records) if several else {},
        networks=list(_networks(records, read)),
        loss=parts.loss,
        per_cent=parts.per_cent,
        duration=parts.duration,
        moment=parts.moment,
    )


def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(resources.path("report")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_printable,
    )
    return environment.get_template(PAGE)


def _printable(value: object) -> object:
    plain = isinstance(value, str) and not isinstance(value, Markup)
    return printable(str(value)) if plain else value


def _title(records: Sequence[RunRecord]) -> str:
    if len(records) == 1:
        return f"{records[0].title}, run {records[0].id}"
    titles = dict.fromkeys(record.title for record in records)
    return (
        f"{len(records)} runs of {' and '.join(titles) if len(titles) < 3 else 'several networks'}"
    )


def _read(record: RunRecord) -> tuple[Plan, tuple[str, ...]]:
    """The run's network, and what this version does not understand of it. A trusted file keeps its
    place, by which its shapes are known; the report doesn't show it.
    """
    try:
        loaded = load(record.document, block_of)
    except DocumentError as error:
        empty = load('{"format": "architecture-explorer", "version": 1}', block_of)
        return plan(empty.document), (f"The recorded document can't be read: {error}",)
    return plan(without_places(loaded.document, keep=text_of)), loaded.remarks


def _part(record: RunRecord, curves: RunCurves, made: Plan) -> Part:
    shown, whole = parts.epochs(curves)
    seconds = sum(epoch.seconds for epoch in curves.epochs)
    return Part(
        record,
        parts.tiles(record, curves, made),
        shown,
        whole,
        parts.best_epoch(curves.epochs),
        matrix(curves, made.dataset.classes if made.dataset is not None else ()),
        tuple(
            (each.name.replace("_", " "), f"{each.value:g} after step {each.step:,}")
            for each in curves.changes
        ),
        parts.training(made.document),
        parts.circumstances(record, made),
        made.dataset.title if made.dataset is not None else record.dataset,
        f"{made.weights:,}" if made.ready else parts.NONE,
        parts.duration(seconds) if curves.epochs else parts.NONE,
    )


def _seeds(group: Sequence[RunRecord]) -> Seeds:
    accuracies = [each.test_accuracy for each in group if each.test_accuracy is not None]
    losses = [each.test_loss for each in group if each.test_loss is not None]
    return Seeds(
        ", ".join(str(each.id) for each in group),
        group[0].title,
        len(group),
        _spread([100 * value for value in accuracies], 2, "%"),
        _spread(losses, 4, "nats"),
    )


def _spread(values: list[float], digits: int, unit: str) -> str:
    if len(values) < 2:
        return parts.NONE
    mean, deviation = statistics.fmean(values), statistics.stdev(values)
    low, high = min(values), max(values)
    return (
        f"{mean:.{digits}f} ± {deviation:.{digits}f} {unit} ({low:.{digits}f} to {high:.{digits}f})"
    )


def _networks(
    records: Sequence[RunRecord], read: dict[int, tuple[Plan, tuple[str, ...]]]
) -> Iterable[parts.Network]:
    """Each network once, with the runs that trained it."""
    runs: dict[str, list[int]] = {}
    for record in records:
        document = read[record.id][0].document
        key = repr((document.nodes, document.wires, document.groups, document.notes))
        runs.setdefault(f"{record.dataset} {key}", []).append(record.id)
    for numbers in runs.values():
        made, remarks = read[numbers[0]]
        yield parts.network(made, numbers, remarks)
