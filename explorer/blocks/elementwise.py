"""What activations without parameters have in common: one expression, any shape."""

from typing import ClassVar

from explorer.blocks.demands import need_values
from explorer.graph.block import Block, Call, Shape


class Elementwise(Block):
    """Each number by itself; the shape stays."""

    sight = "place"
    expression: ClassVar[str] = ""  # over {x}

    def output_shape(self, *shapes: Shape) -> Shape:
        """Unchanged."""
        need_values(shapes[0])
        return shapes[0]

    def layer(self, *shapes: Shape) -> Call:
        """The function."""
        return Call.function(self.expression)
