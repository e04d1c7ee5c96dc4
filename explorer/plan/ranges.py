"""The values that one parameter may take in a sweep: from the words of a user to single points."""

from __future__ import annotations

import math
from dataclasses import dataclass

from explorer.graph.form import Argument, Parameter

DIGITS = 4  # that a drawn number has: it is read by people
POINTS = 5
MOST_POINTS = 100
MOST_STEPS = 100_000
TRUTH = {"true": True, "yes": True, "false": False, "no": False}


class SweepError(ValueError):
    """A range or a sweep that can't be, in words for people."""


@dataclass(frozen=True, slots=True)
class Range:
    """From `low` to `high`, both included, or one of `choices`. Of `points` values a grid has so
    many, evenly spaced (with `log`: by equal factors); with `step` all have that distance.
    """

    name: str
    low: float = 0.0
    high: float = 0.0
    log: bool = False
    step: float | None = None
    points: int = POINTS
    whole: bool = False  # whole numbers only
    choices: tuple[Argument, ...] = ()

    def __post_init__(self) -> None:
        fault = "" if self.choices else self._fault()
        if fault:
            raise SweepError(f"{self.name}: {fault}")

    def _fault(self) -> str:
        low, high = shown(self.low), shown(self.high)
        if not (math.isfinite(self.low) and math.isfinite(self.high)):
            return f"{low} to {high} has no end. Give two numbers."
        if self.low >= self.high:
            return f"it goes from {low} to {high}. The second number has to be the larger one."
        if self.whole and (self.low % 1 or self.high % 1):
            return f"{low} to {high}: whole numbers are needed."
        if self.log and self.low <= 0:
            return f"a log scale can't begin at {low}. Begin above 0 or take a linear scale."
        if self.step is not None and (self.log or not 0 < self.step <= self.high - self.low):
            return (
                f"a step of {shown(self.step)} needs a linear scale and room from {low} to {high}."
            )
        if self.step is not None and (self.high - self.low) / self.step > MOST_STEPS:
            return f"a step of {shown(self.step)} is too small from {low} to {high}."
        if self.step is not None and self.whole and self.step % 1:
            return f"a step of {shown(self.step)} is not a whole number."
        if not 2 <= self.points <= MOST_POINTS:
            return f"{self.points} points are not between 2 and {MOST_POINTS}."
        return ""

    @property
    def stepped(self) -> bool:
        """Whether there is a step: to whole numbers of a linear scale, or one that was given."""
        return self.step is not None or (self.whole and not self.log)

    @property
    def distance(self) -> float:
        """The step."""
        return self.step if self.step is not None else 1.0

    def grid(self) -> tuple[Argument, ...]:
        """The points, none twice."""
        if self.choices:
            return self.choices
        if self.step is not None:
            count = math.floor((self.high - self.low) / self.step + 1e-9) + 1
            return tuple(self._number(self.low + k * self.step, 12) for k in range(count))
        last = self.points - 1
        return tuple(dict.fromkeys(self.at(k / last) for k in range(self.points)))

    def at(self, share: float) -> Argument:
        """The value at this share (0..1) of the way, on the range's own scale."""
        if self.choices:
            return self.choices[min(int(share * len(self.choices)), len(self.choices) - 1)]
        if share in (0.0, 1.0) and self.step is None:  # the ends, with all their digits
            return self._number(self.high if share else self.low, 17)
        if self.log:
            return self._number(self.low * (self.high / self.low) ** share)
        if self.step is not None:
            points = self.grid()
            return points[min(int(share * len(points)), len(points) - 1)]
        return self._number(self.low + (self.high - self.low) * share)

    def place(self, value: Argument) -> float:
        """The share of the way (0..1) at which a value is drawn on an axis."""
        if self.choices:
            known = self.choices.index(value) if value in self.choices else 0
            return known / (len(self.choices) - 1) if len(self.choices) > 1 else 0.5
        number = float(str(value))
        if self.log:
            return math.log(number / self.low) / math.log(self.high / self.low)
        return (number - self.low) / (self.high - self.low)

    def _number(self, value: float, digits: int = DIGITS) -> Argument:
        inside = min(max(value, self.low), self.high)
        if self.whole:
            return round(inside)
        return float(min(max(float(f"{inside:.{digits}g}"), self.low), self.high))


def shown(value: Argument) -> str:
    """As people write it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.{DIGITS}g}"
    return str(value)


def parsed(name: str, text: str, parameter: Parameter) -> Range:
    """The range in words: "32..256", "32..256:step=32", "1e-4..1e-2:log:points=3", "adam,sgd";
    raises SweepError.
    """
    ends, *options = (part.strip() for part in text.split(":"))
    first, dots, last = ends.partition("..")
    if not dots:
        if options:
            raise SweepError(f"{name}: {options[0]!r} needs a range such as 1..10 before it.")
        return Range(name, choices=choices_of(name, ends, parameter))
    if parameter.type not in ("int", "float"):
        raise SweepError(f"{name} is no number. Give a list: {_listed(parameter)}.")
    log, step, points = False, None, POINTS
    for option in options:
        key, _, value = option.partition("=")
        if key == "log" and not value:
            log = True
        elif key == "step":
            step = number(name, value)
        elif key == "points":
            points = round(number(name, value))
        else:
            raise SweepError(f"{name}: {option!r} is none of log, step=..., points=...")
    whole = parameter.type == "int"
    return Range(name, number(name, first), number(name, last), log, step, points, whole)


def number(name: str, text: str) -> float:
    """The number that a text is; raises SweepError."""
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        raise SweepError(f"{name}: {text.strip()[:40]!r} is no number.") from None


def choices_of(name: str, text: str, parameter: Parameter) -> tuple[Argument, ...]:
    """A list of single values, by commas; raises SweepError."""
    words = [word.strip() for word in text.split(",") if word.strip()]
    if not words:
        raise SweepError(f"{name}: give values, such as {_listed(parameter)}.")
    return tuple(dict.fromkeys(_choice(name, word, parameter) for word in words))


def _choice(name: str, word: str, parameter: Parameter) -> Argument:
    if parameter.type in ("choice", "text"):
        if word not in parameter.choices:
            raise SweepError(f"{name}: {word[:40]!r} is none of {', '.join(parameter.choices)}.")
        return word
    if parameter.type == "bool":
        if word.lower() not in TRUTH:
            raise SweepError(f"{name}: {word[:40]!r} is neither true nor false.")
        return TRUTH[word.lower()]
    value = number(name, word)
    if parameter.type == "int" and not value.is_integer():
        raise SweepError(f"{name}: {word[:40]} is not a whole number.")
    return int(value) if parameter.type == "int" else value


def _listed(parameter: Parameter) -> str:
    if parameter.type == "bool":
        return "true,false"
    return ",".join(parameter.choices) or "1,2,3"
