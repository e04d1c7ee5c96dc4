"""Pooling to a given size."""

from fractions import Fraction
from typing import Literal

from explorer.blocks.demands import need_image
from explorer.graph.block import Block, Call, Shape, Window, param


class AdaptivePool2d(Block):
    """Pools to a size that is given, whatever comes in."""

    title = "Adaptive pool"
    stem = "pool"
    rank = 5
    sight = "window"
    summary = (
        "Lays a grid of the given size over the image and takes the average (or the max) of "
        "each cell: cell i spans the rows floor(i H / H') to ceil((i + 1) H / H'). Layers "
        "after it meet the same size, whatever comes in (torch.nn.AdaptiveAvgPool2d, "
        "torch.nn.AdaptiveMaxPool2d)."
    )

    operation: Literal["average", "max"] = param("average", "The mean or the largest value.")
    height: int = param(4, "Rows that go out.", low=1, high=256)
    width: int = param(4, "Columns that go out.", low=1, high=256)

    def output_shape(self, *shapes: Shape) -> Shape:
        """(C, H, W) -> (C, height, width)."""
        need_image(shapes[0])
        return Shape("image", (shapes[0].dims[0], self.height, self.width))

    def layer(self, *shapes: Shape) -> Call:
        """torch.nn.AdaptiveAvgPool2d or torch.nn.AdaptiveMaxPool2d."""
        name = "nn.AdaptiveAvgPool2d" if self.operation == "average" else "nn.AdaptiveMaxPool2d"
        return Call.module(name, (self.height, self.width))

    def window(self, *shapes: Shape) -> Window:
        """The largest cell, of the side that has the larger ones."""
        sides = zip(shapes[0].dims[1:], (self.height, self.width), strict=True)
        return max((_cell(side, cells) for side, cells in sides), key=lambda w: w.kernel)

    def arithmetic(self, *shapes: Shape) -> tuple[str, ...]:
        """Cells."""
        _, height, width = shapes[0].dims
        return (f"height: {height} → {self.height}", f"width: {width} → {self.width}")


def _cell(side: int, cells: int) -> Window:
    longest = max(-(-(i + 1) * side // cells) - i * side // cells for i in range(cells))
    return Window(longest, Fraction(side, cells))
