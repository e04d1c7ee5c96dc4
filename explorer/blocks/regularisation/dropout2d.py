"""Dropout of whole feature maps."""

from explorer.blocks.demands import need_image
from explorer.graph.block import Block, Call, Shape, param


class Dropout2d(Block):
    """Switches off whole feature maps while training."""

    title = "Dropout2d"
    stem = "dropout"
    rank = 8
    sight = "place"
    training_only = True
    summary = (
        "While training, sets each whole feature map to zero with probability p and multiplies "
        "the rest by 1 / (1 - p); afterwards it does nothing. Neighbouring pixels are so alike "
        "that switching off single ones would hide little (Tompson et al. 2015; "
        "torch.nn.Dropout2d)."
    )

    p: float = param(0.2, "Share of the maps that is switched off.", low=0.0, high=0.95)

    def output_shape(self, *shapes: Shape) -> Shape:
        """Unchanged; images only."""
        need_image(shapes[0])
        return shapes[0]

    def layer(self, *shapes: Shape) -> Call:
        """torch.nn.Dropout2d."""
        return Call.module("nn.Dropout2d", self.p)
