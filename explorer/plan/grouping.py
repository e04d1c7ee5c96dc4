"""Groups as they are computed: what comes in, what goes out, and what can be repeated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from explorer.graph.block import Shape
from explorer.graph.document import Document, Group
from explorer.graph.groups import set_repeat
from explorer.graph.membership import units
from explorer.plan.problems import Fix, Problem
from explorer.plan.step import Step, Value


@dataclass(frozen=True, slots=True)
class Part:
    """The steps of a group, in a row, and the values on its border."""

    group: Group
    steps: tuple[Step, ...]
    entering: tuple[Value, ...]
    leaving: tuple[Value, ...]

    @property
    def weights(self) -> int:
        """Trainable numbers of all copies."""
        return sum(step.weights for step in self.steps)

    @property
    def macs(self) -> int:
        """Multiply-accumulates of all copies for one sample."""
        return sum(step.macs for step in self.steps)


def parts_of(steps: Sequence[Step], document: Document, result: Value | None) -> Mapping[str, Part]:
    """The groups that have steps, by name, in the order in which they are computed."""
    groups = {group.name: group for group in document.groups}
    readers = _readers(steps, document, result)
    found: dict[str, Part] = {}
    for name, run in groupby(steps, key=lambda step: step.group):
        if name in groups:
            inside = tuple(run)
            found[name] = Part(groups[name], inside, _entering(inside), _leaving(inside, readers))
    return found


def _entering(inside: Sequence[Step]) -> tuple[Value, ...]:
    own = {step.node for step in inside}
    values = (value for step in inside for value in step.inputs)
    return tuple(dict.fromkeys(value for value in values if value[0] not in own))


def _readers(
    steps: Sequence[Step], document: Document, result: Value | None
) -> Mapping[Value, set[str]]:
    """The groups in which each value is read; "" for outside of any, where the result is read."""
    found: dict[Value, set[str]] = {}
    for step in steps:
        for value in step.inputs:
            found.setdefault(value, set()).add(step.group)
    if result is not None:
        found.setdefault(result, set()).add("")
        return found
    unit_of = units(document.groups)
    for wire in document.wires:
        found.setdefault((wire.source, wire.output), set()).add(unit_of.get(wire.target, ""))
    return found


def _leaving(inside: Sequence[Step], readers: Mapping[Value, set[str]]) -> tuple[Value, ...]:
    """Values that are read outside; of a group that leads nowhere its last one."""
    name = inside[0].group
    given = [(step.node, port) for step in inside for port in step.block.outputs]
    return tuple(value for value in given if readers.get(value, set()) - {name}) or tuple(
        given[-1:]
    )


def in_order(steps: Sequence[Step]) -> Iterator[tuple[Step, int]]:
    """Each step with the number of its copy, as they are computed: a copy after the other."""
    for name, run in groupby(steps, key=lambda step: step.group):
        inside = list(run)
        for copy in range(inside[0].copies if name else 1):
            yield from ((step, copy) for step in inside)


def repeat_problems(parts: Mapping[str, Part], shapes: Mapping[Value, Shape]) -> list[Problem]:
    """Why groups can't be repeated as often as they should be."""
    found = []
    for part in parts.values():
        reason = _not_repeatable(part, shapes) if part.group.repeat > 1 else ""
        if reason:
            found.append(_repeat_problem(part, reason))
    return found


def _not_repeatable(part: Part, shapes: Mapping[Value, Shape]) -> str:
    for values, verb in ((part.entering, "takes"), (part.leaving, "gives")):
        if len(values) != 1:
            names = ", ".join(name for name, _ in values)
            other = "take" if verb == "takes" else "give"
            return f"it must {other} one value, but it {verb} {len(values)} ({names})"
    into, out = shapes[part.entering[0]], shapes[part.leaving[0]]
    if into != out:
        return (
            f"it must give what it takes, but it takes {_told(into, out)} and gives "
            f"{_told(out, into)}"
        )
    return ""


def _told(shape: Shape, other: Shape) -> str:
    return str(shape) if shape.kind == other.kind else f"{shape} ({shape.kind})"


def _repeat_problem(part: Part, reason: str) -> Problem:
    name, repeat = part.group.name, part.group.repeat
    return Problem(
        f"{name} is repeated {repeat} times in a row, so {reason}.",
        part.steps[0].node,
        fix=Fix(f"Set repeat of {name} to 1", lambda d: set_repeat(d, name, 1)),
    )
