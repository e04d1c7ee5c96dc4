"""Instance normalisation."""

from explorer.blocks.demands import EMBED
from explorer.graph.block import Block, Call, Shape, ShapeError, need, param


class InstanceNorm(Block):
    """Brings each channel of each sample to mean 0 and variance 1."""

    title = "InstanceNorm"
    stem = "norm"
    rank = 7
    sight = "place"
    summary = (
        "Brings each feature map of one sample, or each feature of a sequence over its steps, to "
        "mean 0 and variance 1: y = (x - mean) / sqrt(var + eps). Contrast and brightness of the "
        "single picture are gone (Ulyanov, Vedaldi, Lempitsky 2016; torch.nn.InstanceNorm2d, "
        "torch.nn.InstanceNorm1d)."
    )

    affine: bool = param(False, "Scale and shift each channel by learned numbers afterwards.")
    eps: float = param(1e-5, "Keeps the division from 0.", low=1e-8, high=0.1)

    def output_shape(self, *shapes: Shape) -> Shape:
        """Unchanged; an image of more than one pixel, a sequence of more than one step."""
        (x,) = shapes
        need(x, "image", "sequence", fix=EMBED if x.kind == "tokens" else None)
        if x.size == self._channels(x):
            what = "pixel" if x.kind == "image" else "step"
            raise ShapeError(f"needs more than one {what} to average over, but gets {x}")
        return x

    def _channels(self, x: Shape) -> int:
        return x.dims[0] if x.kind == "image" else x.dims[1]

    def layer(self, *shapes: Shape) -> Call:
        """torch.nn.InstanceNorm2d, or 1d over (B, D, T)."""
        swap, norm = "{x}.transpose(1, 2)", "{layer}({x})"
        sequence = shapes[0].kind == "sequence"
        return Call.module(
            "nn.InstanceNorm1d" if sequence else "nn.InstanceNorm2d",
            self._channels(shapes[0]),
            forward=(swap, norm, swap) if sequence else (norm,),
            defaults={"eps": 1e-5, "affine": False},
            eps=self.eps,
            affine=self.affine,
        )

    def weight_count(self, *shapes: Shape) -> int:
        """Two for each channel, if affine."""
        return 2 * self._channels(shapes[0]) if self.affine else 0
