"""Noise against learning by heart."""

from explorer.blocks.demands import need_values
from explorer.graph.block import Block, Call, Shape, param


class GaussianNoise(Block):
    """Adds normal noise while training."""

    title = "Gaussian noise"
    stem = "noise"
    rank = 9
    sight = "place"
    training_only = True
    summary = (
        "While training, adds to each value a normal random number with mean 0: y = x + s n, n ~ "
        "N(0, 1); afterwards it does nothing. The network learns that small changes don't matter, "
        "much as with weight decay (Bishop 1995; torch.randn_like)."
    )

    std: float = param(0.1, "Standard deviation s of the noise.", low=0.0, high=10.0)

    def output_shape(self, *shapes: Shape) -> Shape:
        """Unchanged."""
        need_values(shapes[0])
        return shapes[0]

    def layer(self, *shapes: Shape) -> Call:
        """Noise in training mode only."""
        return Call.module("layers.GaussianNoise", self.std)
