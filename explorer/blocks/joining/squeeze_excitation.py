"""Channels weighed by a look at the whole image."""

from explorer.blocks.demands import need_image
from explorer.graph.block import Block, Call, Shape, param


class SqueezeExcitation(Block):
    """Weighs each channel by what the whole image shows."""

    title = "Squeeze-and-excitation"
    stem = "se"
    rank = 4
    sight = "all"
    summary = (
        "Takes the mean of each channel (squeeze), and two small linear layers make of all means "
        "a gate between 0 and 1 for each channel (excitation): y[c] = x[c] g[c], g = sigmoid(W2 "
        "relu(W1 mean + b1) + b2). So what the whole image shows decides which features count "
        "(Hu, Shen, Sun 2018; two torch.nn.Linear)."
    )

    reduction: int = param(
        4, "How many times narrower the layer in the middle is; at least 1 is left.", low=1, high=64
    )

    def output_shape(self, *shapes: Shape) -> Shape:
        """(C, H, W) unchanged."""
        need_image(shapes[0])
        return shapes[0]

    def _hidden(self, x: Shape) -> int:
        return max(1, x.dims[0] // self.reduction)

    def layer(self, *shapes: Shape) -> Call:
        """Two torch.nn.Linear over the means as one layer."""
        return Call.module("layers.SqueezeExcitation", shapes[0].dims[0], self._hidden(shapes[0]))

    def weight_count(self, *shapes: Shape) -> int:
        """Both matrices and their biases."""
        channels, hidden = shapes[0].dims[0], self._hidden(shapes[0])
        return hidden * (channels + 1) + channels * (hidden + 1)

    def macs(self, *shapes: Shape) -> int:
        """Both matrices once."""
        return 2 * shapes[0].dims[0] * self._hidden(shapes[0])

    def arithmetic(self, *shapes: Shape) -> tuple[str, ...]:
        """The widths."""
        channels = shapes[0].dims[0]
        return (f"channels: {channels} → {self._hidden(shapes[0])} → {channels}",)
