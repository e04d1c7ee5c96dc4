"""A recorded run as an event file for TensorBoard, written with tensorboardX where that is
installed.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from explorer.plan.schedule import rate_at
from explorer.records.compare import recorded_document
from explorer.records.record import RunCurves, RunRecord

PIP_LINE = 'pip install "architecture-explorer[tensorboard]"'
NOT_INSTALLED = f"Logs for TensorBoard need the package tensorboardX. Install it: {PIP_LINE}"
EVENTS = "events.out.tfevents.*"  # what TensorBoard looks for
Scalar = tuple[str, int, float]  # tag, step, value


class NotInstalled(Exception):
    """tensorboardX is missing; the message says how to get it."""


class Events(Protocol):
    """What is used of tensorboardX's writer: unlike its SummaryWriter it writes in the caller's
    thread, so that a full disk is told of.
    """

    def write_event(self, event: object) -> None:
        """Append an event."""

    def close(self) -> bool:
        """Write the rest to the disk."""


def write_log(record: RunRecord, curves: RunCurves, folder: Path) -> Path:
    """Write the run's event file into a folder, which is made; a file that an earlier export left
    there is replaced once the new one is whole. Raises NotInstalled, OSError.
    """
    try:
        from tensorboardX.event_file_writer import EventsWriter
    except ImportError as error:
        raise NotInstalled(NOT_INSTALLED) from error
    folder.mkdir(parents=True, exist_ok=True)
    old = list(folder.glob(EVENTS))
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as place:
        events = EventsWriter(f"{place}/events")
        try:
            _write(record, curves, events)
        finally:
            events.close()
        (made,) = Path(place).glob(EVENTS)
        new = made.replace(folder / made.name)
    for each in old:
        if each != new:
            each.unlink()
    return new


def _write(record: RunRecord, curves: RunCurves, events: Events) -> None:
    from tensorboardX import summary
    from tensorboardX.proto.event_pb2 import Event
    from tensorboardX.proto.summary_pb2 import Summary

    at = clock(record, curves)
    told = sorted(scalars(record, curves), key=lambda each: each[1])
    for about in (*summary.hparams(*_settings(record)), summary.text("run", _about(record))):
        events.write_event(Event(wall_time=at(0), step=0, summary=about))
    for tag, step, value in told:
        scalar = Summary(value=[Summary.Value(tag=tag, simple_value=value)])
        events.write_event(Event(wall_time=at(step), step=step, summary=scalar))


def scalars(record: RunRecord, curves: RunCurves) -> Iterable[Scalar]:
    """All that was measured: losses in nats, accuracies from 0 to 1, settings as they changed."""
    told = curves.losses
    for step, loss, accuracy in zip(told.steps, told.losses, told.accuracies, strict=True):
        yield "loss/train", int(step), float(loss)
        yield "accuracy/train", int(step), float(accuracy)
    for held in curves.held_out:
        yield "loss/held_out", held.step, held.loss
        yield "accuracy/held_out", held.step, held.accuracy
    for epoch in curves.epochs:
        yield "loss/train_epoch", epoch.step, epoch.train_loss
        yield "accuracy/train_epoch", epoch.step, epoch.train_accuracy
        yield "loss/test", epoch.step, epoch.test_loss
        yield "accuracy/test", epoch.step, epoch.test_accuracy
    yield from _rates(record, curves)
    for change in curves.changes:
        if change.name != "rate":
            yield f"setting/{change.name}", change.step, change.value


def _rates(record: RunRecord, curves: RunCurves) -> Iterable[Scalar]:
    """The rate of each step, as it was set, changed, and fell."""
    training = recorded_document(record)["training"]
    rate, epochs = training.get("rate"), training.get("epochs")
    total = epochs * record.steps_per_epoch if isinstance(epochs, int) else record.total_steps
    waiting = sorted(curves.changes, key=lambda each: each.step)
    for step in map(int, curves.losses.steps):
        while waiting and waiting[0].step < step:
            change = waiting.pop(0)
            if change.name == "rate":
                rate = change.value
            elif change.name == "epochs":
                total = round(change.value) * record.steps_per_epoch
        if isinstance(rate, int | float):
            yield "setting/rate", step, rate_at(rate, step, max(total, step))


def clock(record: RunRecord, curves: RunCurves) -> Callable[[int], float]:
    """When a step was, in seconds since 1970: exact at the ends of epochs, in between in even
    steps. A run that goes on from another began before it was started.
    """
    steps = [0, *(epoch.step for epoch in curves.epochs)]
    seconds = [0.0, *np.cumsum([epoch.seconds for epoch in curves.epochs]).tolist()]
    started = datetime.fromisoformat(record.started).timestamp()
    if len(steps) == 1:  # not one whole epoch
        ended = datetime.fromisoformat(record.ended).timestamp() if record.ended else started
        steps, seconds = [0, max(record.step, 1)], [0.0, max(ended - started, 0.0)]
    pace = float(seconds[-1] - seconds[-2]) / max(steps[-1] - steps[-2], 1)

    def elapsed(step: int) -> float:
        within = float(np.interp(step, steps, seconds))
        return within + max(step - steps[-1], 0) * pace

    begun = started - elapsed(record.parent_step or 0)
    return lambda step: begun + elapsed(step)


def _settings(record: RunRecord) -> tuple[dict[str, Any], dict[str, float]]:
    """For TensorBoard's table of hyperparameters, and the measures that it shows beside them."""
    settings = {
        **recorded_document(record)["training"],
        "dataset": record.dataset,
        "title": record.title,
    }
    measures = {"loss/test": record.test_loss, "accuracy/test": record.test_accuracy}
    return settings, {k: v for k, v in measures.items() if v is not None and math.isfinite(v)}


def _about(record: RunRecord) -> str:
    """Markdown for TensorBoard's page of texts, which takes out what could be run."""
    lines = [f"Run {record.id}: {record.title}", f"Outcome: {record.state}", record.message]
    lines += [" ".join(f"#{tag}" for tag in record.tags), record.note]
    return "\n\n".join(line for line in lines if line)
