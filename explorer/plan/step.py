"""One operation of the network, as the engine builds it and the source prints it."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.graph.block import Block, Call, Shape
from explorer.graph.custom import FAMILY
from explorer.graph.document import Group, Node
from explorer.plan.remembered import Remembered

Value = tuple[str, str]  # node id, output port

outputs_of = Remembered(lambda block, shapes: block.output_shapes(*shapes))
_layer = Remembered(
    lambda block, shapes: (block.layer(*shapes), block.weight_count(*shapes), block.macs(*shapes))
)


@dataclass(frozen=True, slots=True)
class Step:
    """A node with its torch call, where its inputs come from, and what it costs."""

    node: str
    block: Block
    call: Call
    inputs: tuple[Value, ...]
    input_shapes: tuple[Shape, ...]
    output_shapes: tuple[Shape, ...]
    weights: int  # trainable numbers, of all copies
    macs: int  # multiply-accumulates for one sample, of all copies
    group: str = ""  # the group that it is in; steps of a group follow each other
    copies: int = 1  # how often the group is computed, one copy after the other

    @classmethod
    def of(
        cls,
        node: Node,
        group: Group | None,
        inputs: tuple[Value, ...],
        shapes: tuple[Shape, ...],
        outputs: tuple[Shape, ...],
    ) -> Step:
        """The step of a node, whose block takes these shapes and gives those."""
        block, copies = node.block, group.repeat if group is not None else 1
        call, weights, macs = _layer(block, shapes)
        return cls(
            node.id,
            block,
            call,
            inputs,
            shapes,
            outputs,
            weights * copies,
            macs * copies,
            group.name if group is not None else "",
            copies,
        )

    @property
    def stateful(self) -> bool:
        """Whether the layer holds what is trained or measured, and so can't stand for another."""
        return self.weights > 0 or any(part in self.call.layer for part in ("Norm", FAMILY))

    def path(self, copy: int) -> tuple[str, ...]:
        """Where the layer of a copy is in the network: ("block1", "0", "conv1")."""
        if not self.group:
            return (self.node,)
        return (self.group, *([str(copy)] if self.copies > 1 else []), self.node)
