"""The product of two ways: a gate."""

from explorer.blocks.demands import need_values, to_channels, to_equal_sizes, to_features
from explorer.graph.block import Block, BlockFix, Call, Shape, ShapeError


class Multiply(Block):
    """Multiplies two inputs number by number."""

    title = "Multiply"
    stem = "gate"
    rank = 2
    sight = "place"
    summary = (
        "Multiplies two inputs number by number: y = a b. With b between 0 and 1 (after a "
        "Sigmoid) it is a gate that says how much of a gets through. b may also have one number "
        "for each channel or feature of a, or, beside an image, one for each pixel (Hochreiter, "
        "Schmidhuber 1997; Hu et al. 2018; torch.mul)."
    )

    @property
    def inputs(self) -> tuple[str, ...]:
        """What is gated, and the gate."""
        return ("a", "b")

    def output_shape(self, *shapes: Shape) -> Shape:
        """As a; b is equal, a vector of a's channels or features, or an image of one channel."""
        a, b = shapes
        need_values(a, "a")
        need_values(b, "b")
        if self._expression(a, b) is None:
            raise ShapeError(
                f"multiplies equal shapes or a channel gate, but a is {a} ({a.kind}) and b is {b} "
                f"({b.kind})",
                self._fix(a, b),
            )
        return a

    def _expression(self, a: Shape, b: Shape) -> str | None:
        if a == b:
            return "{a} * {b}"
        if a.kind == "image" and b == Shape("vector", a.dims[:1]):
            return "{a} * {b}[:, :, None, None]"
        if a.kind == "image" and b == Shape("image", (1, *a.dims[1:])):
            return "{a} * {b}"
        if a.kind == "sequence" and b == Shape("vector", a.dims[1:]):
            return "{a} * {b}[:, None]"
        return None

    def _fix(self, a: Shape, b: Shape) -> BlockFix | None:
        if b.kind == "vector" or (a.kind == b.kind == "sequence" and a.dims[0] == b.dims[0]):
            return to_features(a.dims[0] if a.kind == "image" else a.dims[-1], "b")
        if a.kind == b.kind == "image":
            return to_equal_sizes(self.inputs, (a, b)) or to_channels(a.dims[0], "b")
        return None

    def layer(self, *shapes: Shape) -> Call:
        """The operator; a vector gets the axes that it lacks."""
        return Call.function(self._expression(*shapes) or "")

    def arithmetic(self, *shapes: Shape) -> tuple[str, ...]:
        """What is multiplied with what."""
        a, b = shapes
        if a == b:
            return (f"{a} times {b}, number by number",)
        return (f"each of {b.size} numbers of b gates {a.size // b.size} of a",)
