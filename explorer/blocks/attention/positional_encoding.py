"""Learned positions."""

from explorer.graph.block import Block, BlockFix, Call, Shape, ShapeError, need, param


class PositionalEncoding(Block):
    """Adds to each step what the network has learned about its place."""

    title = "Positional encoding"
    stem = "position"
    rank = 2
    summary = (
        "Attention and means don't see the order of the steps. So each place has a vector of its "
        "own, learned, that is added to the step's features: y[t] = x[t] + p[t] (Gehring et al. "
        "2017; Vaswani et al. 2017, 3.5; a torch.nn.Embedding whose rows are the places)."
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
        need(x, "sequence")
        if self.length is not None and self.length < x.dims[0]:
            raise ShapeError(
                f"has {self.length} places but the sequence has {x.dims[0]} steps",
                BlockFix(f"Set length to {x.dims[0]}", (("length", x.dims[0]),)),
            )
        return x

    def layer(self, *shapes: Shape) -> Call:
        """The first T rows of torch.nn.Embedding, added."""
        steps, features = shapes[0].dims
        return Call.module(
            "nn.Embedding",
            self.length or steps,
            features,
            forward=("{x} + {layer}.weight[: {x}.size(1)]",),
        )

    def weight_count(self, *shapes: Shape) -> int:
        """A vector for each place."""
        steps, features = shapes[0].dims
        return (self.length or steps) * features
