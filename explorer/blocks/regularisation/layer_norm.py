"""Layer normalisation."""

from explorer.blocks.demands import need_values
from explorer.graph.block import Block, Call, Shape, param


class LayerNorm(Block):
    """Brings each sample's (each step's) features to mean 0 and variance 1."""

    title = "LayerNorm"
    stem = "norm"
    rank = 4
    sight = "place"
    summary = (
        "Brings the features of one sample, and in a sequence of one step, to mean 0 and variance "
        "1, then scales and shifts each by learned numbers: y = g (x - mean) / sqrt(var + eps) + "
        "b. Independent of the batch, so it suits sequences and attention (Ba, Kiros, Hinton "
        "2016; torch.nn.LayerNorm)."
    )

    eps: float = param(1e-5, "Keeps the division from 0.", low=1e-8, high=0.1)

    def output_shape(self, *shapes: Shape) -> Shape:
        """Unchanged."""
        need_values(shapes[0])
        return shapes[0]

    def _over(self, x: Shape) -> tuple[int, ...]:
        return x.dims if x.kind == "image" else x.dims[-1:]

    def layer(self, *shapes: Shape) -> Call:
        """torch.nn.LayerNorm over the last axis; of an image over all three."""
        over = self._over(shapes[0])
        return Call.module(
            "nn.LayerNorm", over if len(over) > 1 else over[0], defaults={"eps": 1e-5}, eps=self.eps
        )

    def weight_count(self, *shapes: Shape) -> int:
        """A scale and a shift for each feature."""
        count = 2
        for size in self._over(shapes[0]):
            count *= size
        return count
