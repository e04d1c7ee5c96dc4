"""Batch normalisation of images."""

from explorer.blocks.demands import need_image
from explorer.graph.block import Block, Call, Shape, param


class BatchNorm2d(Block):
    """Brings each feature map to mean 0 and variance 1 over the batch."""

    title = "BatchNorm2d"
    stem = "bn"
    rank = 2
    sight = "place"
    summary = (
        "Brings each feature map to mean 0 and variance 1 over the batch, then scales and shifts "
        "it by two learned numbers: y = g (x - mean) / sqrt(var + eps) + b. After training it "
        "uses running averages (Ioffe, Szegedy 2015; torch.nn.BatchNorm2d)."
    )

    momentum: float = param(
        0.1, "How fast the running averages follow: 1 forgets at once.", low=0.001, high=1.0
    )
    eps: float = param(1e-5, "Keeps the division from 0.", low=1e-8, high=0.1)

    def output_shape(self, *shapes: Shape) -> Shape:
        """Unchanged; images only."""
        need_image(shapes[0])
        return shapes[0]

    def layer(self, *shapes: Shape) -> Call:
        """torch.nn.BatchNorm2d."""
        return Call.module(
            "nn.BatchNorm2d",
            shapes[0].dims[0],
            defaults={"eps": 1e-5, "momentum": 0.1},
            eps=self.eps,
            momentum=self.momentum,
        )

    def weight_count(self, *shapes: Shape) -> int:
        """A scale and a shift for each channel."""
        return 2 * shapes[0].dims[0]

    def smallest_batch(self, *shapes: Shape) -> int:
        """A single number per channel has no variance: two samples, or several pixels."""
        return 2 if shapes[0].size == shapes[0].dims[0] else 1
