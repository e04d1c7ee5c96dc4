"""Curves over training steps as inline SVG; its colours are those of the page that it stands in."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from explorer.records.svg import Element, Place, drawing, element, polyline

WIDTH, HEIGHT = 860.0, 300.0
LEFT, RIGHT, TOP, BOTTOM = 62.0, 104.0, 24.0, 52.0
RIM = 4.0  # outside of the axes, for dots that lie on them
LINE_HEIGHT = 15.0
MOST_POINTS = 700  # of a line: about one a pixel
MOST_EPOCHS = 24  # that are marked
COLOURS, DASHES = 5, 5  # classes s0 to s4 and d0 to d4 of the style sheet
EARLY = 0.8  # of the width: a line that ends before it has its words there, not at the edge
USUAL = 99.0  # per cent of single steps that the scale has to show

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Line:
    """A curve: its place among the colours, its dashes, and its words at the right end."""

    name: str
    steps: NDArray[np.int64]
    values: Values
    colour: int = 0
    dash: int = 0
    end: str = ""
    faint: bool = False  # single steps: thin, and the scale need not show all of them
    dots: bool = False
    low: Values | None = None  # of a band around it
    high: Values | None = None

    @property
    def look(self) -> str:
        """Classes of the style sheet."""
        return f"line s{self.colour % COLOURS} d{self.dash % DASHES}{' faint' * self.faint}"


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn. `marks`: something happened at a step; `epochs`: the last step of each."""

    title: str
    unit: str
    lines: tuple[Line, ...]
    marks: tuple[tuple[int, str], ...] = ()
    epochs: tuple[int, ...] = ()
    most: float = math.inf  # no value is above it
    last: int = 0  # the scale reaches to this step at least

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(np.isfinite(line.values).any() for line in self.lines)

    @property
    def above(self) -> int:
        """Values of single steps that lie above the scale."""
        top = _range(self)[1]
        return sum(int((line.values > top).sum()) for line in self.lines if line.faint)


@dataclass(frozen=True, slots=True)
class Scale:
    """From a step and a value to a place."""

    last: int
    low: float
    high: float

    def x(self, step: float) -> float:
        """Where a step is."""
        return LEFT + (WIDTH - LEFT - RIGHT) * step / max(self.last, 1)

    def y(self, value: float) -> float:
        """Where a value is, at most a little outside."""
        share = (value - self.low) / (self.high - self.low)
        return TOP + (HEIGHT - TOP - BOTTOM) * (1 - min(max(share, -0.1), 1.1))


def svg(chart: Chart, number: int) -> Markup:
    """The chart; `number` tells it from others of the page."""
    low, high = _range(chart)
    last = max((int(line.steps[-1]) for line in chart.lines if len(line.steps)), default=1)
    scale = Scale(max(last, chart.last), low, high)
    clip = f"plot{number}"
    inner = element(
        "rect",
        x=LEFT - RIM,
        y=TOP - RIM,
        width=WIDTH - LEFT - RIGHT + 2 * RIM,
        height=HEIGHT - TOP - BOTTOM + 2 * RIM,
    )
    lines = [part for line in chart.lines for part in _line(line, scale)]
    return drawing(
        chart.title,
        WIDTH,
        HEIGHT,
        element("clipPath", inner, id=clip),
        *_axes(chart, scale),
        element("g", *lines, clip_path=f"url(#{clip})"),
        *_marks(chart, scale),
        *_ends(chart, scale),
        class_="chart",
    )


def ticks(low: float, high: float, most: int) -> list[float]:
    """Round numbers from `low` to `high`."""
    rough = (high - low) / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * k for k in (1, 2, 5, 10) if power * k >= rough * 0.999)
    first, last = math.ceil(low / step - 1e-6), math.floor(high / step + 1e-6)
    return [k * step for k in range(first, last + 1)]


def _range(chart: Chart) -> tuple[float, float]:
    """All of the lines, and most of the single steps."""
    shown: list[float] = []
    for line in chart.lines:
        sets = (line.values, line.low, line.high)
        values = np.concatenate([each[np.isfinite(each)] for each in sets if each is not None])
        if len(values):
            top = np.percentile(values, USUAL) if line.faint else values.max()
            shown += [float(values.min()), float(top)]
    if not shown:
        return 0.0, 1.0
    low, high = min(shown), max(shown)
    low = 0.0 if 0 <= low < 0.6 * high else low
    room = (high - low or abs(high) or 1.0) * 0.05
    return low - room * (low != 0), min(high + room, max(chart.most, high + room * 0.2))


def _line(line: Line, scale: Scale) -> Iterable[Element]:
    if line.low is not None and line.high is not None and len(line.steps):
        there = list(_places(line.steps, line.high, scale))
        back = list(_places(line.steps, line.low, scale))
        look = "band one" if len(there) == 1 else "band"
        outline = polyline([*there, *reversed(back)]) + "Z"
        yield element("path", class_=f"{look} s{line.colour % COLOURS}", d=outline)
    for part in _parts(line):
        places = list(_places(part.steps, part.values, scale))
        yield element("path", class_=line.look, d=polyline(places))
        if line.dots or len(places) == 1:
            look = f"dot s{line.colour % COLOURS}"
            yield from (element("circle", class_=look, cx=x, cy=y, r=3.5) for x, y in places)


def _places(steps: NDArray[np.int64], values: Values, scale: Scale) -> Iterable[Place]:
    return [(scale.x(s), scale.y(v)) for s, v in zip(steps.tolist(), values.tolist(), strict=True)]


def _parts(line: Line) -> Iterable[Line]:
    """The line without gaps, each part thinned out to what can be seen."""
    known = np.isfinite(line.values)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], known.astype(np.int8), [0]])))
    for first, last in edges.reshape(-1, 2).tolist():
        part = replace(line, steps=line.steps[first:last], values=line.values[first:last])
        yield _thinned(part)


def _thinned(line: Line) -> Line:
    """Of each stretch its least and its greatest value, so that no peak is lost."""
    count = len(line.values)
    if count <= MOST_POINTS:
        return line
    edges = np.linspace(0, count, MOST_POINTS // 2 + 1).astype(int).tolist()
    kept = {0, count - 1}
    for first, last in pairwise(edges):
        piece = line.values[first:last]
        kept |= {first + int(piece.argmin()), first + int(piece.argmax())}
    chosen = np.array(sorted(kept))
    return replace(line, steps=line.steps[chosen], values=line.values[chosen])


def _axes(chart: Chart, scale: Scale) -> Iterable[Element]:
    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    for value in ticks(scale.low, scale.high, 6):
        y = scale.y(value)
        yield element("line", class_="grid", x1=LEFT, x2=right, y1=y, y2=y)
        yield _text(LEFT - 8, y + 4, f"{value:.10g}", "tick end")
    for value in ticks(0, scale.last, 8):
        if value == round(value):
            yield _text(scale.x(value), bottom + 17, f"{round(value):,}", "tick middle")
    yield element("line", class_="axis", x1=LEFT, x2=right, y1=bottom, y2=bottom)
    yield _text(WIDTH - 4, bottom + 17, "step", "tick end")
    yield _text(LEFT - 8, TOP - 10, chart.unit, "tick end")
    if not chart.epochs:
        return
    every = -(-len(chart.epochs) // MOST_EPOCHS)
    for number, step in enumerate(chart.epochs, 1):
        if number % every == 0:
            x = scale.x(step)
            yield element("line", class_="epoch", x1=x, x2=x, y1=TOP, y2=bottom)
            yield _text(x, bottom + 37, f"{number}", "tick middle")
    yield _text(WIDTH - 4, bottom + 37, "epoch", "tick end")


def _marks(chart: Chart, scale: Scale) -> Iterable[Element]:
    """Words beside a dashed line; a second one close by stands lower."""
    ends: list[float] = []  # of the words in each row
    for step, words in chart.marks:
        x = scale.x(step)
        row = next((k for k, end in enumerate(ends) if end < x), len(ends))
        ends[row : row + 1] = [x + 7 * len(words) + 10]
        late = x + 7 * len(words) > WIDTH
        y = TOP - 10 + LINE_HEIGHT * row
        yield element("line", class_="mark", x1=x, x2=x, y1=y + 3, y2=HEIGHT - BOTTOM)
        yield _text(x - 4 if late else x + 3, y, words, "said end" if late else "said")


def _ends(chart: Chart, scale: Scale) -> Iterable[Element]:
    """Each line's words beside its last value, moved where they would cover each other; none where
    there are more than fit.
    """
    if LINE_HEIGHT * len(chart.lines) > HEIGHT - TOP - BOTTOM:
        return
    found: list[tuple[float, float, Line]] = []
    for line in chart.lines:
        known = np.flatnonzero(np.isfinite(line.values))
        if line.end and len(known):
            last = int(known[-1])
            x, y = scale.x(int(line.steps[last])) + 8, scale.y(float(line.values[last])) + 4
            found.append((y, x if x < EARLY * WIDTH else WIDTH - RIGHT + 8, line))
    found.sort(key=lambda each: each[0])
    room = HEIGHT - BOTTOM + 4
    heights = [y for y, _, _ in found]
    for k in reversed(range(len(heights))):  # pushed up from below
        heights[k] = min(heights[k], room)
        room = heights[k] - LINE_HEIGHT
    floor = TOP
    for k, height in enumerate(heights):  # and down from above
        heights[k] = max(height, floor)
        floor = heights[k] + LINE_HEIGHT
    for height, (_, x, line) in zip(heights, found, strict=True):
        yield _text(x, height, line.end, f"name s{line.colour % COLOURS}")


def _text(x: float, y: float, words: str, look: str) -> Element:
    return element("text", x=x, y=y, class_=look, text=words)
