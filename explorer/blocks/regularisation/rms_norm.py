"""Root mean square normalisation."""

from explorer.blocks.demands import need_values
from explorer.graph.block import Block, Call, Shape, param


class RMSNorm(Block):
    """Brings each sample's (each step's) features to mean square 1."""

    title = "RMSNorm"
    stem = "norm"
    rank = 6
    sight = "place"
    summary = (
        "Divides the features of one sample, and in a sequence of one step, by their root mean "
        "square, then scales each by a learned number: y = g x / sqrt(mean(x²) + eps). Like "
        "LayerNorm without the mean and the shift (Zhang, Sennrich 2019; torch.nn.RMSNorm)."
    )

    eps: float = param(1e-6, "Keeps the division from 0.", low=1e-8, high=0.1)

    def output_shape(self, *shapes: Shape) -> Shape:
        """Unchanged."""
        need_values(shapes[0])
        return shapes[0]

    def _over(self, x: Shape) -> tuple[int, ...]:
        return x.dims if x.kind == "image" else x.dims[-1:]

    def layer(self, *shapes: Shape) -> Call:
        """torch.nn.RMSNorm over the last axis; of an image over all three."""
        over = self._over(shapes[0])
        return Call.module("nn.RMSNorm", over if len(over) > 1 else over[0], eps=self.eps)

    def weight_count(self, *shapes: Shape) -> int:
        """A scale for each feature."""
        return shapes[0].size if shapes[0].kind == "image" else shapes[0].dims[-1]
