"""Which curves a report draws: of one run all that was measured, of several runs the same measure
over each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from explorer.records.compare import Curve, band, by_seed
from explorer.records.record import RunCurves, RunRecord
from explorer.records.smoothing import smoothed
from explorer.records.svg_chart import Chart, Line, svg

WINDOW = 20  # steps that the training loss is smoothed over
FEW = 40  # measurements are drawn as points
NATS, PER_CENT = "nats", "%"
Curves = Mapping[int, RunCurves]  # by the run's number


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart with the words below it."""

    title: str
    svg: Markup
    keys: tuple[Line, ...]  # what the lines are
    remark: str = ""


def figures(records: Sequence[RunRecord], curves: Curves) -> tuple[Figure, ...]:
    """Charts that have anything to show."""
    charts = _of_one(curves[records[0].id]) if len(records) == 1 else _of_several(records, curves)
    shown = [chart for chart in charts if not chart.empty]
    return tuple(_figure(chart, place) for place, chart in enumerate(shown))


def _figure(chart: Chart, place: int) -> Figure:
    above = chart.above
    remark = f"{above:,} single step{'s lie' if above > 1 else ' lies'} above the scale."
    keys = tuple(line for line in chart.lines if line.name and np.isfinite(line.values).any())
    return Figure(chart.title, svg(chart, place), keys, remark if above else "")


# --- one run


def _of_one(curves: RunCurves) -> list[Chart]:
    told, held, epochs = curves.losses, curves.held_out, curves.epochs
    marks = tuple(
        (change.step, f"{change.name.replace('_', ' ')} {change.value:g}")
        for change in curves.changes
    )
    ends = tuple(epoch.step for epoch in epochs)
    held_steps = _steps([event.step for event in held])
    held_name = f"test ({held[-1].samples:,} samples)" if held else ""

    def chart(
        title: str, unit: str, raw: Curve, held: list[float], tested: list[float], most: float
    ) -> Chart:
        steps, values = raw
        test_samples = int(epochs[-1].confusion.sum()) if epochs else 0
        lines = (
            Line("training, each step", steps, _values(values), faint=True),
            Line(
                f"training, smoothed over {WINDOW} steps", steps, smoothed(values, WINDOW),
                end="training",
            ),
            Line(held_name, held_steps, _values(held), 1, 1, "test", dots=len(held) < FEW),
            Line(
                f"test (all {test_samples:,} samples), after each epoch",
                _steps(list(ends)), _values(tested), 2, 2, "test", dots=len(epochs) < FEW,
            ),
        )  # fmt: skip
        return Chart(title, unit, lines, marks, ends, most)

    return [
        chart(
            "Loss",
            NATS,
            (told.steps, told.losses),
            [event.loss for event in held],
            [event.test_loss for event in epochs],
            np.inf,
        ),
        chart(
            "Accuracy",
            PER_CENT,
            (told.steps, 100 * told.accuracies),
            [100 * event.accuracy for event in held],
            [100 * event.test_accuracy for event in epochs],
            100.0,
        ),
    ]


# --- several


def _of_several(records: Sequence[RunRecord], curves: Curves) -> list[Chart]:
    def training(of: RunCurves) -> Curve:
        return of.losses.steps, smoothed(of.losses.losses, WINDOW).astype(np.float32)

    def held_loss(of: RunCurves) -> Curve:
        return _curve([(event.step, event.loss) for event in of.held_out])

    def held_accuracy(of: RunCurves) -> Curve:
        return _curve([(event.step, 100 * event.accuracy) for event in of.held_out])

    def test_loss(of: RunCurves) -> Curve:
        return _curve([(event.step, event.test_loss) for event in of.epochs])

    def test_accuracy(of: RunCurves) -> Curve:
        return _curve([(event.step, 100 * event.test_accuracy) for event in of.epochs])

    measures = (
        (f"Training loss, mean of {WINDOW} steps", NATS, training, False),
        ("Test loss, some samples", NATS, held_loss, False),
        ("Test accuracy, some samples", PER_CENT, held_accuracy, False),
        ("Test loss after each epoch", NATS, test_loss, True),
        ("Test accuracy after each epoch", PER_CENT, test_accuracy, True),
    )
    groups = by_seed(records)
    return [
        Chart(
            title,
            unit,
            tuple(
                _compared(group, [measure(curves[each.id]) for each in group], place, dots)
                for place, group in enumerate(groups)
            ),
            most=100.0 if unit == PER_CENT else np.inf,
            last=max(record.step for record in records),
        )
        for title, unit, measure, dots in measures
    ]


def _compared(group: Sequence[RunRecord], found: list[Curve], place: int, dots: bool) -> Line:
    """A run, or the mean of runs that differ by their seed alone, with all of them as a band."""
    dash = place + place // 5  # so that a colour comes back with other dashes
    if len(group) == 1:
        (steps, values), record = found[0], group[0]
        name, end = f"Run {record.id}: {record.title}", f"run {record.id}"
        return Line(name, steps, _values(values), place, dash, end, dots=dots)
    mean = band(found)
    numbers = ", ".join(str(each.id) for each in group)
    return Line(
        f"Runs {numbers}: {group[0].title}, mean of {len(group)} seeds; the band reaches from the "
        "lowest to the highest",
        mean.steps,
        _values(mean.mean),
        place,
        dash,
        f"{len(group)} seeds",
        dots=dots,
        low=_values(mean.low),
        high=_values(mean.high),
    )


def _curve(found: list[tuple[int, float]]) -> Curve:
    with np.errstate(over="ignore"):  # a loss beyond float32 is infinite here
        values = np.array([value for _, value in found], np.float64).astype(np.float32)
    return _steps([step for step, _ in found]), values


def _steps(found: list[int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(found, np.int64)


def _values(found: object) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.asarray(found, np.float64)
