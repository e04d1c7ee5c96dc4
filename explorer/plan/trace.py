"""The network's steps taken apart into expressions over numbered values, not yet written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import Formatter

from explorer.graph.block import Shape
from explorer.plan.helpers import shortened
from explorer.plan.step import Step, Value


@dataclass(frozen=True, slots=True)
class Operation:
    """One expression over values; several make a step."""

    value: int
    template: str
    ports: Mapping[str, int]
    layer: str
    step: Step
    shape: Shape | None

    @property
    def fields(self) -> Counter[str]:
        """How often each placeholder stands in the template."""
        return Counter(name for _, name, _, _ in Formatter().parse(self.template) if name)

    def read(self) -> Counter[int]:
        """How often each value stands in the template."""
        return Counter(
            {self.ports[name]: n for name, n in self.fields.items() if name in self.ports}
        )


class Trace:
    """Steps taken apart into operations over numbered values."""

    def __init__(self, sources: Mapping[Value, str], layers: Mapping[str, str]) -> None:
        self.layers = layers
        self.operations: list[Operation] = []
        self.number: dict[Value, int] = {}
        self.owner: list[Value] = []
        self.names: dict[int, str] = {}  # of the values that come in
        known: dict[str, int] = {}  # sources of one name are one value
        for source, name in (sources or {("", ""): "x"}).items():
            number = known.get(name)
            self.number[source] = self._new(source) if number is None else number
            known[name] = self.number[source]
            self.names[self.number[source]] = name

    def _new(self, owner: Value) -> int:
        self.owner.append(owner)
        return len(self.owner) - 1

    def add(self, step: Step) -> None:
        """Append the step's expressions; its outputs get their numbers."""
        ports = {
            port: self.number[value]
            for port, value in zip(step.block.inputs, step.inputs, strict=True)
        }
        first = step.block.inputs[0]
        for place, template in enumerate(map(shortened, step.call.forward)):
            only = len(step.call.outputs) == 1 and step.call.outputs[0] == "{y}"
            last = only and place == len(step.call.forward) - 1
            shape = step.output_shapes[0] if last and step.output_shapes else None
            ports = {**ports, first: self._operation(step, template, ports, shape, 0)}
        final = ports[first]
        for place, template in enumerate(step.call.outputs):
            shape = step.output_shapes[place] if step.output_shapes else None
            self.number[step.node, step.block.outputs[place]] = self._operation(
                step, template, {"y": final}, shape, place
            )

    def _operation(
        self,
        step: Step,
        template: str,
        ports: Mapping[str, int],
        shape: Shape | None,
        output: int,
    ) -> int:
        for port, value in ports.items():
            if template == f"{{{port}}}":
                return value  # just another name for it
        value = self._new((step.node, step.block.outputs[output]))
        layer = f"self.{self.layers.get(step.node, step.node)}"
        self.operations.append(Operation(value, template, ports, layer, step, shape))
        return value


def branch_by_branch(steps: Sequence[Step], result: Value | None) -> list[Step]:
    """Depth first from the result, so that a branch is written in one piece; else as they come."""
    if result is None:
        return list(steps)
    of = {step.node: step for step in steps}
    order: dict[str, Step] = {}
    stack = [(result[0], False)]
    while stack:
        node, ready = stack.pop()
        if node not in of or node in order:
            continue
        if ready:
            order[node] = of[node]
        else:
            stack.append((node, True))
            stack += [(source, False) for source, _ in reversed(of[node].inputs)]
    return list(order.values())


def needed(operations: Sequence[Operation], last: int | None) -> list[Operation]:
    """Without the outputs that nobody reads; of an unfinished drawing all."""
    if last is None:
        return list(operations)
    read = {last}
    kept = []
    for operation in reversed(operations):
        if operation.value in read:
            kept.append(operation)
            read.update(operation.ports.values())
    return kept[::-1]
