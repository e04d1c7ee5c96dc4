"""A group's class in the source, and the one step that calls it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from explorer.graph.block import Call, Ported, Shape, ShapeError
from explorer.plan.forward import WIDTH, parameters, statements
from explorer.plan.grouping import Part, parts_of
from explorer.plan.literals import class_name
from explorer.plan.plan import Plan
from explorer.plan.step import Step, Value

LONGEST_CLASS = 24  # so that the longest name of a group fits on its line


class Called(Ported):
    """What the lines of `forward` need to know of a group, or of several values given back."""

    def output_shape(self, *shapes: Shape) -> Shape:
        """The members have shape rules."""
        raise ShapeError("stands for several blocks")


@dataclass(frozen=True, slots=True)
class Outline:
    """The network as its own class sees it: groups are steps like others."""

    steps: tuple[Step, ...]
    result: Value | None
    parts: Mapping[str, Part]
    classes: Mapping[str, str]  # a group's class by the group's name


def outline(plan: Plan, steps: tuple[Step, ...], taken: frozenset[str]) -> Outline:
    """The steps with each group's as one; `taken` are names that no class can have."""
    result = plan.result if plan.ready else None
    parts = parts_of(steps, plan.document, result)
    classes: dict[str, str] = {}
    first: dict[object, str] = {}
    for name, part in parts.items():
        like = first.setdefault(_form(part), name)
        alone = like == name
        classes[name] = _class_name(name, taken | set(classes.values())) if alone else classes[like]
    given = {
        value: (name, _port(place))
        for name, part in parts.items()
        for place, value in enumerate(part.leaving)
    }
    outer: dict[str, Step] = {}
    for step in steps:
        if not step.group:
            outer[step.node] = step
        elif step.group not in outer:
            outer[step.group] = _call_of(parts[step.group], classes[step.group])
    seen = tuple(
        replace(step, inputs=tuple(given.get(value, value) for value in step.inputs))
        for step in outer.values()
    )
    return Outline(seen, given.get(result, result) if result else None, parts, classes)


def _form(part: Part) -> object:
    """Equal for groups that compute the same by layers without weights; with weights each has a
    form of its own, for these are called as their nodes.
    """
    if any(step.stateful for step in part.steps):
        return part.group.name
    number = {value: place for place, value in enumerate(part.entering)}
    form = []
    for step in part.steps:
        form.append((step.call, tuple(number[value] for value in step.inputs), step.output_shapes))
        for port in step.block.outputs:
            number[step.node, port] = len(number)
    given = tuple(number[value] for value in part.leaving)
    return tuple(_shapes(part.steps)[value] for value in part.entering), tuple(form), given


def _class_name(name: str, taken: frozenset[str]) -> str:
    wanted = class_name(name)[:LONGEST_CLASS]
    found, number = wanted, 2
    while found in taken:
        found, number = f"{wanted}{'_' * wanted[-1].isdigit()}{number}", number + 1
    return found


def _port(place: int) -> str:
    return f"value{place}"


def _call_of(part: Part, name: str) -> Step:
    inputs = tuple(f"taken{place}" for place in range(len(part.entering)))
    outputs = tuple(_port(place) for place in range(len(part.leaving)))
    many = len(outputs) > 1
    call = Call(
        layer=name,
        forward=(f"{{layer}}({', '.join(f'{{{port}}}' for port in inputs)})",),
        outputs=tuple(f"{{y}}[{place}]" for place in range(len(outputs))) if many else ("{y}",),
    )
    shapes = _shapes(part.steps)
    return Step(
        part.group.name,
        Called(input_ports=inputs, output_ports=outputs),
        call,
        part.entering,
        (),
        tuple(shapes[value] for value in part.leaving),
        part.weights,
        part.macs,
    )


def _shapes(steps: Sequence[Step]) -> dict[Value, Shape]:
    """Of every value that the steps take or give."""
    found: dict[Value, Shape] = {}
    for step in steps:
        found.update(zip(step.inputs, step.input_shapes, strict=True))
        for port, shape in zip(step.block.outputs, step.output_shapes, strict=True):
            found[step.node, port] = shape
    return found


def construction(part: Part, name: str) -> list[str]:
    """The line, or lines, of `__init__` that make the group's copies."""
    attribute, repeat = part.group.name, part.group.repeat
    if repeat == 1:
        return [f"        self.{attribute} = {name}()"]
    copies = f"*({name}() for _ in range({repeat}))"
    line = f"        self.{attribute} = nn.Sequential({copies})"
    if len(line) <= WIDTH:
        return [line]
    return [f"        self.{attribute} = nn.Sequential(", f"            {copies},", "        )"]


def class_lines(
    part: Part, name: str, made: list[str], layers: Mapping[str, str], taken: frozenset[str]
) -> list[str]:
    """The group's class; `made` are the lines of its layers, `taken` the names of the file."""
    names = parameters(part.entering, taken)
    steps, result = part.steps, (part.leaving[0] if part.leaving else None)
    if len(part.leaving) > 1:
        steps, result = (*steps, _give_back(part)), ("", "")
    body = statements(steps, names, result, layers, taken)
    return [
        f"class {name}(nn.Module):",
        f'    """{_what(part)}"""',
        "",
        *constructor(made),
        *_signature([*names.values()], len(part.leaving)),
        *(f"        {line}" for line in body or ["..."]),
        "",
        "",
    ]


def constructor(made: list[str]) -> list[str]:
    """`__init__` with the lines that make the layers; nothing where there are none."""
    head = ["    def __init__(self) -> None:", "        super().__init__()"]
    return [*head, *made, ""] if made else []


def _what(part: Part) -> str:
    shapes = _shapes(part.steps)
    into = " and ".join(str(shapes[value]) for value in part.entering)
    out = " and ".join(str(shapes[value]) for value in part.leaving)
    if len(into) + len(out) > WIDTH - 40:
        into, out = f"{len(part.entering)} values", f"{len(part.leaving)} values"
    return f"{into} in, {out} out; {part.weights // part.group.repeat:,} weights."


def _signature(names: list[str], results: int) -> list[str]:
    given = "torch.Tensor" if results < 2 else "tuple[torch.Tensor, ...]"
    arguments = ["self", *(f"{name}: torch.Tensor" for name in names)]
    line = f"    def forward({', '.join(arguments)}) -> {given}:"
    if len(line) <= WIDTH:
        return [line]
    return ["    def forward(", *(f"        {one}," for one in arguments), f"    ) -> {given}:"]


def _give_back(part: Part) -> Step:
    """Several values as the last statement: return a, b."""
    ports = tuple(_port(place) for place in range(len(part.leaving)))
    block = Called(input_ports=ports, output_ports=("",))
    call = Call.function(", ".join(f"{{{port}}}" for port in ports))
    return Step("", block, call, part.leaving, (), (), 0, 0)
