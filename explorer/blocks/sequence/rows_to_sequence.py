"""An image read as a sequence of its rows."""

from explorer.blocks.demands import need_image
from explorer.graph.block import Block, Call, Shape


class RowsToSequence(Block):
    """Each row of the image becomes one step."""

    title = "Rows to sequence"
    stem = "rows"
    rank = 1
    sight = "row"
    summary = (
        "Reads an image from top to bottom: each row is one step of a sequence, its pixels (of "
        "all channels) the step's features: (C, H, W) becomes (T = H, D = C·W). So an LSTM or "
        "attention can work on a picture."
    )

    def output_shape(self, *shapes: Shape) -> Shape:
        """(C, H, W) -> (H, C W)."""
        need_image(shapes[0])
        channels, height, width = shapes[0].dims
        return Shape("sequence", (height, channels * width))

    def layer(self, *shapes: Shape) -> Call:
        """Drop the channel axis, or move it behind the rows."""
        if shapes[0].dims[0] == 1:
            return Call.function("{x}.squeeze(1)")
        return Call.function("{x}.transpose(1, 2).flatten(2)")

    def arithmetic(self, *shapes: Shape) -> tuple[str, ...]:
        """Steps and features."""
        channels, height, width = shapes[0].dims
        return (
            f"{height} rows → {height} steps",
            f"{channels} · {width} = {channels * width} features a step",
        )
