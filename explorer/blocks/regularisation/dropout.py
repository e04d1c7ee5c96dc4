"""Dropout."""

from explorer.blocks.demands import need_values
from explorer.graph.block import Block, Call, Shape, param


class Dropout(Block):
    """Switches off a random share of the values while training."""

    title = "Dropout"
    stem = "dropout"
    rank = 1
    sight = "place"
    training_only = True
    summary = (
        "While training, sets each value to zero with probability p and multiplies the rest by 1 "
        "/ (1 - p); afterwards it does nothing. No unit can rely on another, which helps against "
        "learning by heart (Srivastava et al. 2014; torch.nn.Dropout)."
    )

    p: float = param(0.5, "Share of the values that is switched off.", low=0.0, high=0.95)

    def output_shape(self, *shapes: Shape) -> Shape:
        """Unchanged."""
        need_values(shapes[0])
        return shapes[0]

    def layer(self, *shapes: Shape) -> Call:
        """torch.nn.Dropout."""
        return Call.module("nn.Dropout", self.p)
