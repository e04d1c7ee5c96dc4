"""Where each step stands."""

from typing import Literal

from explorer.blocks.demands import need_sequence
from explorer.graph.block import Block, BlockFix, Call, Shape, ShapeError, param


class PositionalEncoding(Block):
    """Adds to each step a vector that tells its place."""

    title = "Positional encoding"
    stem = "position"
    rank = 7
    sight = "place"
    summary = (
        "Attention and means don't see the order of the steps. So each place has a vector of its "
        "own that is added to the step's features: y[t] = x[t] + p[t]. Learned (Gehring et al. "
        "2017; a torch.nn.Embedding whose rows are the places), or sines and cosines of falling "
        "frequency, p[t, 2i] = sin(t / 10000^(2i/D)), p[t, 2i+1] = cos of the same (Vaswani et "
        "al. 2017, 3.5)."
    )

    variant: Literal["learned", "sinusoidal"] = param(
        "learned", "Vectors that training finds, or fixed waves without weights."
    )
    length: int | None = param(
        None,
        "Places that have a vector; automatic: as many as the wire has steps.",
        low=1,
        high=65_536,
    )

    def output_shape(self, *shapes: Shape) -> Shape:
        """(T, D) unchanged."""
        (x,) = shapes
        need_sequence(x)
        if self.length is not None and self.length < x.dims[0]:
            raise ShapeError(
                f"has {self.length} places but the sequence has {x.dims[0]} steps",
                BlockFix(f"Set length to {x.dims[0]}", (("length", x.dims[0]),)),
            )
        return x

    def layer(self, *shapes: Shape) -> Call:
        """The first T rows of torch.nn.Embedding, or of the waves, added."""
        steps, features = shapes[0].dims
        length = self.length or steps
        if self.variant == "sinusoidal":
            return Call.module("layers.SinusoidalPositions", length, features)
        return Call.module(
            "nn.Embedding",
            length,
            features,
            forward=("{x} + {layer}.weight[: {x}.size(1)]",),
        )

    def weight_count(self, *shapes: Shape) -> int:
        """A vector for each place, if learned."""
        steps, features = shapes[0].dims
        return (self.length or steps) * features if self.variant == "learned" else 0
