"""A border of zeros."""

from explorer.blocks.demands import need_image
from explorer.graph.block import Block, Call, Shape, param


class ZeroPad(Block):
    """Puts zeros around an image."""

    title = "ZeroPad"
    stem = "pad"
    rank = 5
    sight = "place"
    summary = (
        "Puts rows and columns of zeros around an image, on each side as many as set: H' = top + "
        "H + bottom, W' = left + W + right. So windows that slide over it reach the border, or "
        "two sizes come to agree (torch.nn.ZeroPad2d)."
    )

    left: int = param(1, "Columns added on the left.", low=0, high=64)
    right: int = param(1, "Columns added on the right.", low=0, high=64)
    top: int = param(1, "Rows added above.", low=0, high=64)
    bottom: int = param(1, "Rows added below.", low=0, high=64)

    def output_shape(self, *shapes: Shape) -> Shape:
        """(C, H, W) -> (C, top + H + bottom, left + W + right)."""
        need_image(shapes[0])
        channels, height, width = shapes[0].dims
        rows, columns = self.top + height + self.bottom, self.left + width + self.right
        return Shape("image", (channels, rows, columns))

    def layer(self, *shapes: Shape) -> Call:
        """torch.nn.ZeroPad2d."""
        return Call.module("nn.ZeroPad2d", (self.left, self.right, self.top, self.bottom))

    def arithmetic(self, *shapes: Shape) -> tuple[str, ...]:
        """Height and width."""
        _, height, width = shapes[0].dims
        return (
            f"height: {self.top} + {height} + {self.bottom} = {self.top + height + self.bottom}",
            f"width: {self.left} + {width} + {self.right} = {self.left + width + self.right}",
        )
