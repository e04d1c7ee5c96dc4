"""Leaky rectified linear unit."""

from explorer.blocks.demands import need_values
from explorer.graph.block import Block, Call, Shape, param


class LeakyReLU(Block):
    """Makes negative values small instead of zero."""

    title = "LeakyReLU"
    stem = "leaky"
    rank = 2
    sight = "place"
    summary = (
        "Keeps positive values and makes negative ones small: y = x for x > 0, else s x. So a "
        "unit that is always negative still gets a gradient and can come back (Maas, Hannun, Ng "
        "2013; torch.nn.LeakyReLU)."
    )

    negative_slope: float = param(0.01, "The slope s below zero.", low=0.0, high=1.0)

    def output_shape(self, *shapes: Shape) -> Shape:
        """Unchanged."""
        need_values(shapes[0])
        return shapes[0]

    def layer(self, *shapes: Shape) -> Call:
        """torch.nn.LeakyReLU."""
        return Call.module("nn.LeakyReLU", self.negative_slope)
