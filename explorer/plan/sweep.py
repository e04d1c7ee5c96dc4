"""What a sweep varies: parameters of a document, ranges for them, documents with other values."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from explorer.graph.document import Document
from explorer.graph.edits import EditError, set_params, set_training
from explorer.graph.form import Argument, Parameter
from explorer.graph.groups import set_repeat
from explorer.plan.plan import plan
from explorer.plan.ranges import Range, SweepError

Method = Literal["random", "grid", "tpe"]
Measure = Literal["test accuracy", "test loss"]
Values = Mapping[str, Argument]
Variable = tuple[Parameter, Argument]  # what is declared, and the present value

METHODS: Mapping[Method, str] = {
    "random": "Values drawn by chance, none twice",
    "grid": "Every combination of the points",
    "tpe": "Optuna draws where trials went well (tree-structured Parzen estimator)",
}
MEASURES: tuple[Measure, ...] = ("test accuracy", "test loss")
RISING = frozenset({"test accuracy"})  # more is better
MOST_TRIALS = 1000
SHARES = 6  # points of a share: 0, 0.1, ... 0.5
REPEAT = "repeat"  # of a group: "block1.repeat"


@dataclass(frozen=True, slots=True)
class Sweep:
    """What is tried: each of the ranges is varied, all at a time."""

    ranges: tuple[Range, ...]
    method: Method = "random"
    trials: int | None = 10  # None: a grid's every point
    measure: Measure = "test accuracy"
    epochs: int | None = None  # of a trial; None: as the document has it
    seed: int = 0  # of the search; that of the training is the document's

    def __post_init__(self) -> None:
        if not self.ranges:
            raise SweepError("Nothing is varied yet. Add a parameter.")
        names = [each.name for each in self.ranges]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise SweepError(f"{twice} has two ranges. Remove one.")
        if not 1 <= self.planned <= MOST_TRIALS:
            raise SweepError(
                f"{self.planned:,} trials are not between 1 and {MOST_TRIALS:,}. "
                + ("Take fewer points or parameters." if self.method == "grid" else "Take fewer.")
            )

    @property
    def combinations(self) -> int:
        """Points of the grid."""
        return math.prod(len(each.grid()) for each in self.ranges)

    @property
    def planned(self) -> int:
        """Trials, if the ranges hold so many different ones."""
        if self.method == "grid":
            return min(self.trials or self.combinations, self.combinations)
        return self.trials or 0

    @property
    def rising(self) -> bool:
        """Whether more is better."""
        return self.measure in RISING


def variables(document: Document) -> dict[str, Variable]:
    """What can be varied, by name ("rate", "fc1.out_features", "block1.repeat"), with its present
    value. Sizes that follow from the wires can't.
    """
    found: dict[str, Variable] = {}
    for owner in ("", *document.nodes, *(group.name for group in document.groups)):
        for name, variable in _of(document, owner).items():
            found[f"{owner}.{name}" if owner else name] = variable
    return found


def variable(document: Document, name: str) -> Variable | None:
    """One of them, without looking at the others; None: there is no such parameter."""
    owner, dot, own = name.partition(".")
    return _of(document, owner).get(own) if dot else _of(document, "").get(name)


def _of(document: Document, owner: str) -> dict[str, Variable]:
    """What a block or a group has; without a name: the training's settings."""
    if not owner:
        values = document.training.values()
        return {each.name: (each, values[each.name]) for each in document.training.parameters()}
    if owner in document.nodes:
        block = document.nodes[owner].block
        entries, form = block.entries(), block.form()
        kept = (e for e in form if not e.optional and (e.type != "text" or e.choices))
        return {each.name: (each, entries[each.name]) for each in kept}
    group = document.group(owner)
    return {} if group is None else {REPEAT: (COPIES, group.repeat)}


COPIES = Parameter(REPEAT, "int", False, 1, 1.0, None, (), "Copies of the group in a row.")


def document_with(document: Document, values: Values) -> Document:
    """The document with these values; what takes its size from a wire follows.

    Raises EditError for a value out of its limits. The plan may have problems all the same.
    """
    changed = document
    training = {name: value for name, value in values.items() if "." not in name}
    if training:
        changed = set_training(changed, training)
    for owner, of_owner in _by_owner(values).items():
        if owner in changed.nodes:
            changed = set_params(changed, owner, of_owner)
        elif changed.group(owner) is not None and list(of_owner) == [REPEAT]:
            changed = set_repeat(changed, owner, int(str(of_owner[REPEAT])))
        else:
            raise EditError(f"there is no {owner} with {', '.join(of_owner)}")
    return _fitted(changed) if changed.nodes != document.nodes else changed


def _by_owner(values: Values) -> dict[str, dict[str, Argument]]:
    found: dict[str, dict[str, Argument]] = {}
    for name, value in values.items():
        owner, dot, parameter = name.partition(".")
        if dot:
            found.setdefault(owner, {})[parameter] = value
    return found


def _fitted(document: Document) -> Document:
    """Sizes that no longer fit are taken from the wire, as far as that mends what is wrong."""
    for _ in document.nodes:
        wrong = plan(document).problem_of
        better = next((d for name in wrong if (d := _freed(document, name)) is not None), None)
        if better is None:
            return document
        document = better
    return document


def _freed(document: Document, node: str) -> Document | None:
    block = document.nodes[node].block
    entries = block.entries()
    for each in block.form():
        if each.optional and each.default is None and entries[each.name] is not None:
            freed = set_params(document, node, {each.name: None})
            if node not in plan(freed).problem_of:
                return freed
    return None


def varied(documents: Sequence[Document]) -> tuple[dict[str, Argument], ...]:
    """By what some documents differ from one another: each one's values, by name. This is how the
    values of recorded trials are found again.
    """
    settings = [{name: v for name, (_, v) in variables(each).items()} for each in documents]
    names = [
        name
        for name in (settings[0] if settings else ())
        if all(name in each for each in settings)
        and any(each[name] != settings[0][name] for each in settings)
    ]
    return tuple({name: each[name] for name in names} for each in settings)


def checked(document: Document, of: Range) -> Range:
    """The range, once it is known that the document takes its ends; raises SweepError."""
    if variable(document, of.name) is None:
        raise SweepError(unknown(document, of.name))
    for value in (of.grid()[0], of.grid()[-1]) if not of.choices else of.choices:
        try:
            _set_only(document, of.name, value)
        except EditError as error:
            raise SweepError(f"{of.name}: {error}.") from error
    return of


def _set_only(document: Document, name: str, value: Argument) -> None:
    """Without the followers: fast enough for every key that is typed."""
    owner, dot, parameter = name.partition(".")
    if not dot:
        set_training(document, {name: value})
    elif owner in document.nodes:
        set_params(document, owner, {parameter: value})
    else:
        set_repeat(document, owner, int(str(value)))


def unknown(document: Document, name: str) -> str:
    """That there is no such parameter, and what there is instead."""
    owner = name.partition(".")[0]
    names = list(variables(document))
    near = [each for each in names if each.partition(".")[0] == owner] or [
        each for each in names if each.endswith(f".{name}")
    ]
    near = near or [each for each in names if "." not in each]
    return (
        f"{document.title} has no {name} to vary. There are, for instance: {', '.join(near[:8])}."
    )


def suggested(document: Document, name: str) -> Range:
    """A range around the present value, for the user to change; raises SweepError."""
    found = variable(document, name)
    if found is None:
        raise SweepError(unknown(document, name))
    parameter, value = found
    if parameter.type in ("choice", "text"):
        return Range(name, choices=tuple(parameter.choices))
    if parameter.type == "bool":
        return Range(name, choices=(False, True))
    return _around(name, parameter, float(str(value)))


def _around(name: str, parameter: Parameter, value: float) -> Range:
    least = -math.inf if parameter.low is None else parameter.low
    most = math.inf if parameter.high is None else parameter.high
    whole = parameter.type == "int"
    made: Range
    if whole and value >= 16:
        made = Range(name, max(least, value // 4), min(most, value * 4), log=True, whole=True)
    elif whole:
        made = Range(name, max(least, value - 2), min(most, value + 2), whole=True)
    elif value <= 0 or (least == 0 and most <= 1):
        top = value * 2 if value > 0 else 0.5 if math.isinf(most) else most / 2
        made = Range(name, max(least, 0.0), min(most, top), points=SHARES)
    else:
        made = Range(name, max(least, value / 10), min(most, value * 10), log=True)
    return replace(made, low=float(f"{made.low:.4g}"), high=float(f"{made.high:.4g}"))
