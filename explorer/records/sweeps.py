"""Sweeps as they were recorded: runs that bear one tag, their values found by what differs."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from explorer.blocks.catalogue import block_of
from explorer.graph.document import Document
from explorer.graph.files import DocumentError, load
from explorer.plan.sweep import Measure, varied
from explorer.plan.trials import Trial, TrialState
from explorer.records.record import RunRecord, State
from explorer.records.store import RunStore

TAG = "sweep-"
STATES: Mapping[State, TrialState] = {
    "running": "running",
    "finished": "finished",
    "failed": "failed",
    "stopped": "stopped",
    "interrupted": "stopped",
}


@dataclass(frozen=True, slots=True)
class SweepHead:
    """A sweep in a list of them."""

    tag: str
    title: str
    started: str  # its first run; UTC in ISO form
    runs: int


def new_tag() -> str:
    """Of a sweep that begins."""
    return f"{TAG}{secrets.token_hex(3)}"


def heads(store: RunStore) -> tuple[SweepHead, ...]:
    """The sweeps that have runs which are not in the trash, newest first."""
    found: dict[str, list[RunRecord]] = {}
    for record in store.runs(TAG):
        for tag in record.tags:
            if tag.startswith(TAG):
                found.setdefault(tag, []).append(record)
    return tuple(
        SweepHead(tag, runs[0].title, min(each.started for each in runs), len(runs))
        for tag, runs in found.items()
    )


def trials(store: RunStore, tag: str) -> tuple[Trial, ...]:
    """Its runs as trials, in the order in which they began."""
    records = [each for each in reversed(store.runs(tag)) if tag in each.tags]
    read = [(each, document) for each in records if (document := _document(each)) is not None]
    values = varied([document for _, document in read])
    return tuple(
        Trial(number, of, STATES[record.state], scores_of(record), record.id, _reason(record))
        for number, ((record, _), of) in enumerate(zip(read, values, strict=True), start=1)
    )


def _reason(record: RunRecord) -> str:
    return record.message or ("It was interrupted." if record.state == "interrupted" else "")


def scores_of(record: RunRecord) -> dict[Measure, float]:
    """Of a run that has come to its end."""
    if record.state != "finished":
        return {}
    found: dict[Measure, float] = {}
    if record.test_accuracy is not None:
        found["test accuracy"] = record.test_accuracy
    if record.test_loss is not None:
        found["test loss"] = record.test_loss
    return found


def _document(record: RunRecord) -> Document | None:
    """None: of another version, or damaged; the runs panel says so where it is opened."""
    try:
        return load(record.document, block_of).document
    except DocumentError:
        return None
