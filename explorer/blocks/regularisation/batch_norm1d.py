"""Batch normalisation of vectors and sequences."""

from explorer.blocks.demands import need_features
from explorer.graph.block import Block, Call, Shape, param


class BatchNorm1d(Block):
    """Brings each feature to mean 0 and variance 1 over the batch."""

    title = "BatchNorm1d"
    stem = "bn"
    rank = 3
    sight = "place"
    summary = (
        "Brings each feature of a vector, in a sequence over all steps, to mean 0 and variance 1 "
        "over the batch, then scales and shifts it by two learned numbers: y = g (x - mean) / "
        "sqrt(var + eps) + b. After training it uses running averages (Ioffe, Szegedy 2015; "
        "torch.nn.BatchNorm1d)."
    )

    momentum: float = param(
        0.1, "How fast the running averages follow: 1 forgets at once.", low=0.001, high=1.0
    )
    eps: float = param(1e-5, "Keeps the division from 0.", low=1e-8, high=0.1)

    def output_shape(self, *shapes: Shape) -> Shape:
        """Unchanged; vectors and sequences."""
        need_features(shapes[0])
        return shapes[0]

    def layer(self, *shapes: Shape) -> Call:
        """torch.nn.BatchNorm1d; a sequence is turned to (D, T) for it and back."""
        swap, norm = "{x}.transpose(1, 2)", "{layer}({x})"
        return Call.module(
            "nn.BatchNorm1d",
            shapes[0].dims[-1],
            forward=(swap, norm, swap) if shapes[0].kind == "sequence" else (norm,),
            defaults={"eps": 1e-5, "momentum": 0.1},
            eps=self.eps,
            momentum=self.momentum,
        )

    def weight_count(self, *shapes: Shape) -> int:
        """A scale and a shift for each feature."""
        return 2 * shapes[0].dims[-1]

    def smallest_batch(self, *shapes: Shape) -> int:
        """A single number per feature has no variance: two samples, or several steps."""
        return 2 if shapes[0].size == shapes[0].dims[-1] else 1
