"""One number from each feature map."""

from typing import Literal

from explorer.blocks.demands import need_image
from explorer.graph.block import Block, Call, Shape, param


class GlobalPool(Block):
    """Takes the mean or the largest value of each whole feature map."""

    title = "Global pool"
    stem = "gap"
    rank = 6
    sight = "all"
    summary = (
        "Takes the average (or the max) of each whole feature map: y[c] = 1/(H W) sum_i,j "
        "x[c,i,j]. Each map stands for one feature, wherever it was found, and no weights are "
        "needed (Lin, Chen, Yan 2014; torch.mean, torch.amax)."
    )

    operation: Literal["average", "max"] = param("average", "The mean or the largest value.")
    result: Literal["vector", "1 x 1 image"] = param(
        "vector", "A vector for a Linear, or an image of one pixel for convolutions."
    )

    def output_shape(self, *shapes: Shape) -> Shape:
        """(C, H, W) -> (C,) or (C, 1, 1)."""
        need_image(shapes[0])
        channels = shapes[0].dims[0]
        if self.result == "vector":
            return Shape("vector", (channels,))
        return Shape("image", (channels, 1, 1))

    def layer(self, *shapes: Shape) -> Call:
        """torch.Tensor.mean or amax over height and width."""
        name = "mean" if self.operation == "average" else "amax"
        axes = "(2, 3)" if self.result == "vector" else "(2, 3), keepdim=True"
        return Call.function(f"{{x}}.{name}({axes})")

    def arithmetic(self, *shapes: Shape) -> tuple[str, ...]:
        """What each number stands for."""
        channels, height, width = shapes[0].dims
        return (f"each of {channels} maps: {height} · {width} = {height * width} pixels → 1",)
