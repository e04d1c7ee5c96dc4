"""From an image or a sequence to one long vector."""

from explorer.blocks.demands import need_values
from explorer.graph.block import Block, Call, Shape


class Flatten(Block):
    """Writes all numbers of a sample in one row."""

    title = "Flatten"
    stem = "flatten"
    rank = 1
    sight = "all"
    summary = (
        "Writes all numbers of a sample in one row, channel by channel, row by row: (C, H, W) "
        "becomes C·H·W. Nothing is computed; a Linear layer needs it after feature maps "
        "(torch.flatten)."
    )

    def output_shape(self, *shapes: Shape) -> Shape:
        """Any shape -> its number of elements."""
        need_values(shapes[0])
        return Shape("vector", (shapes[0].size,))

    def layer(self, *shapes: Shape) -> Call:
        """torch.flatten over all but the batch."""
        return Call.function("torch.flatten({x}, 1)")

    def arithmetic(self, *shapes: Shape) -> tuple[str, ...]:
        """The product."""
        return (f"{' · '.join(map(str, shapes[0].dims))} = {shapes[0].size}",)
