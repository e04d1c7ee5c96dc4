"""Gated linear unit."""

from explorer.blocks.demands import need_values, to_channels, to_features
from explorer.graph.block import Block, Call, Shape, ShapeError


class GLU(Block):
    """One half of the features is the gate of the other."""

    title = "GLU"
    stem = "glu"
    rank = 9
    sight = "place"
    summary = (
        "Splits the features (of an image the channels) in two halves, and the second decides how "
        "much of the first gets through: y = a sigmoid(b). Half as many go out (Dauphin et al. "
        "2017; torch.nn.functional.glu)."
    )

    def output_shape(self, *shapes: Shape) -> Shape:
        """(2 D,) -> (D,), (T, 2 D) -> (T, D), (2 C, H, W) -> (C, H, W)."""
        (x,) = shapes
        need_values(x)
        count = x.dims[0] if x.kind == "image" else x.dims[-1]
        if count % 2:
            even = (to_channels if x.kind == "image" else to_features)(count + 1)
            what = "channels" if x.kind == "image" else "features"
            raise ShapeError(f"needs an even number of {what} to halve, but gets {count}", even)
        if x.kind == "image":
            return Shape("image", (count // 2, *x.dims[1:]))
        return Shape(x.kind, (*x.dims[:-1], count // 2))

    def layer(self, *shapes: Shape) -> Call:
        """torch.nn.functional.glu over the features."""
        last = shapes[0].kind == "sequence"
        return Call.function("F.glu({x}, dim=2)" if last else "F.glu({x}, dim=1)")

    def arithmetic(self, *shapes: Shape) -> tuple[str, ...]:
        """The halves."""
        count = shapes[0].dims[0] if shapes[0].kind == "image" else shapes[0].dims[-1]
        return (f"{count} / 2 = {count // 2}",)
