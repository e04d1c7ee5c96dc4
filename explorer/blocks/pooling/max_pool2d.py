"""Max pooling of images."""

from explorer.graph.block import Block, BlockFix, Call, Shape, ShapeError, need, param
from explorer.graph.sliding import sliding_arithmetic, sliding_size


class MaxPool2d(Block):
    """Keeps the largest value of each window."""

    title = "MaxPool2d"
    stem = "pool"
    rank = 1
    summary = (
        "Keeps the largest value of each window: y[c,i,j] = max_u,v x[c, i s + u, j s + v]. "
        "Whether a feature is there matters more than where exactly, and a 2 x 2 window leaves a "
        "quarter of the numbers (torch.nn.MaxPool2d)."
    )

    kernel_size: int = param(2, "Side of the square window in pixels.", low=1, high=64)
    stride: int | None = param(
        None, "Pixels that the window moves at each step; automatic: its own size.", low=1, high=64
    )
    padding: int = param(0, "Border added on each side; half the window at most.", low=0, high=32)

    def output_shape(self, *shapes: Shape) -> Shape:
        """(C, H, W) -> (C, H', W'), H' = (H + 2 padding - kernel) // stride + 1."""
        (x,) = shapes
        need(x, "image")
        if 2 * self.padding > self.kernel_size:
            raise ShapeError(
                f"has padding {self.padding}, but at most half the window ({self.kernel_size} // "
                "2) is allowed",
                BlockFix(
                    f"Set padding to {self.kernel_size // 2}", (("padding", self.kernel_size // 2),)
                ),
            )
        channels, *sides = x.dims
        return Shape("image", (channels, *(self._size(side) for side in sides)))

    def _step(self) -> int:
        return self.stride or self.kernel_size

    def _size(self, side: int) -> int:
        return sliding_size(side, self.kernel_size, self._step(), self.padding)

    def layer(self, *shapes: Shape) -> Call:
        """torch.nn.MaxPool2d."""
        return Call.module(
            "nn.MaxPool2d",
            self.kernel_size,
            defaults={"stride": self.kernel_size, "padding": 0},
            stride=self._step(),
            padding=self.padding,
        )

    def arithmetic(self, *shapes: Shape) -> tuple[str, ...]:
        """Height and width."""
        return sliding_arithmetic(shapes[0], self.kernel_size, self._step(), self.padding)
