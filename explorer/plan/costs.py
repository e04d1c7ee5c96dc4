"""What each block costs and sees: parameters, products, memory, receptive field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from explorer.graph.block import Block, Shape
from explorer.plan.grouping import in_order
from explorer.plan.plan import Plan
from explorer.plan.step import Step, Value

FLOAT_BYTES = 4
FARTHEST = 10**9  # pixels: a border that is wider than the picture lets a field grow for ever


@dataclass(frozen=True, slots=True)
class Field:
    """The receptive field: how many pixels (or, `width` being 0, steps) of the Input one place of
    a value depends on, the border not counted; `jump` is the distance of two neighbours' fields,
    None where they no longer lie in order.
    """

    height: int
    width: int
    jump: Fraction | None = Fraction(1)
    whole: bool = False

    def __str__(self) -> str:
        size = f"{self.height} x {self.width}" if self.width else f"{self.height} steps"
        return f"all ({size})" if self.whole else size


@dataclass(frozen=True, slots=True)
class Cost:
    """What one block costs."""

    node: str
    weights: int  # trainable numbers
    macs: int  # multiply-accumulates for one sample
    numbers: int  # that it gives out for one sample, in all copies
    field: Field | None  # None where it can't be told

    def bytes(self, batch: int) -> int:
        """Memory of its output for a batch, in float32."""
        return self.numbers * batch * FLOAT_BYTES


def costs(plan: Plan) -> tuple[Cost, ...]:
    """A Cost for each step of the network, in its order."""
    fields = receptive_fields(plan)
    return tuple(
        Cost(
            step.node,
            step.weights,
            step.macs,
            sum(shape.size for shape in step.output_shapes) * step.copies,
            fields.get((step.node, step.block.outputs[0])),
        )
        for step in plan.steps
    )


def receptive_fields(plan: Plan) -> Mapping[Value, Field]:
    """The field of every value that it can be told of (Araujo, Norris, Sim 2019: field and jump
    grow along the network by r += (k - 1) d j and j *= s).
    """
    if plan.source is None or plan.source not in plan.shapes:
        return {}
    origin = plan.shapes[plan.source]
    found: dict[Value, Field] = {plan.source: _first(origin)}
    for step, copy in in_order(plan.steps):
        part = plan.parts.get(step.group) if copy else None  # a further copy reads the one before
        before = {part.entering[0]: part.leaving[0]} if part is not None else {}
        inputs = [found.get(before.get(value, value)) for value in step.inputs]
        known = [field for field in inputs if field is not None]
        field = _after(step, known if len(known) == len(inputs) else [], origin)
        if field is not None:
            found.update({(step.node, port): field for port in step.block.outputs})
    return found


def _first(origin: Shape) -> Field:
    if origin.kind == "image":
        return Field(1, 1)
    return _whole(origin) if origin.kind == "vector" else Field(1, 0)


def _whole(origin: Shape) -> Field:
    if origin.kind == "image":
        return Field(origin.dims[1], origin.dims[2], None, whole=True)
    return Field(origin.dims[0], 0, None, whole=True)


def _after(step: Step, inputs: list[Field], origin: Shape) -> Field | None:
    block = step.block
    if block.sight == "all" or any(field.whole for field in inputs):
        return _whole(origin)
    if block.sight == "untold" or not inputs:
        return None
    if block.sight == "window":
        return _slid(block, step, inputs[0])
    joined = _joined(inputs)
    if block.sight == "row":
        return Field(joined.height, origin.dims[-1], joined.jump)
    return joined


def _joined(inputs: list[Field]) -> Field:
    """Ways side by side: the widest counts."""
    jumps = {field.jump for field in inputs}
    height, width = max(f.height for f in inputs), max(f.width for f in inputs)
    return Field(height, width, inputs[0].jump if len(jumps) == 1 else None)


def _slid(block: Block, step: Step, before: Field) -> Field | None:
    window = block.window(*step.input_shapes)
    spread = (window.kernel - 1) * window.dilation
    if before.jump is None:
        return before if not spread else None
    more = int(-(-spread * before.jump // 1))
    if max(before.height, before.width, more) > FARTHEST:
        return None
    turned = step.output_shapes[0].kind != step.input_shapes[0].kind  # patches lie in no order
    jump = None if turned else before.jump * window.stride
    across = more if step.input_shapes[0].kind == "image" else 0  # a row of a sequence is one place
    return Field(before.height + more, before.width + across, jump)
