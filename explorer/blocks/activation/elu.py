"""Exponential linear unit."""

from explorer.blocks.demands import need_values
from explorer.graph.block import Block, Call, Shape, param


class ELU(Block):
    """Bends negative values softly towards a limit."""

    title = "ELU"
    stem = "elu"
    rank = 3
    sight = "place"
    summary = (
        "Keeps positive values and bends negative ones softly towards -a: y = x for x > 0, else "
        "a (exp(x) - 1). Outputs lie nearer to mean 0 than after ReLU (Clevert, Unterthiner, "
        "Hochreiter 2016; torch.nn.ELU)."
    )

    alpha: float = param(1.0, "Negative values tend to -a.", low=0.0, high=10.0)

    def output_shape(self, *shapes: Shape) -> Shape:
        """Unchanged."""
        need_values(shapes[0])
        return shapes[0]

    def layer(self, *shapes: Shape) -> Call:
        """torch.nn.ELU."""
        return Call.module("nn.ELU", self.alpha)
