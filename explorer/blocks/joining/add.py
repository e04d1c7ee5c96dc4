"""The sum of two ways: a residual connection."""

from explorer.blocks.demands import need_values, to_equal_sizes, to_features, to_image
from explorer.graph.block import Block, BlockFix, Call, Shape, ShapeError


class Add(Block):
    """Adds two inputs of the same shape."""

    title = "Add"
    stem = "add"
    rank = 1
    sight = "place"
    summary = (
        "Adds two inputs of the same shape, number by number: y = a + b. With one of them leading "
        "past some layers it is a residual connection: those layers learn only the difference, "
        "and gradients find a short way back (He et al. 2016)."
    )

    @property
    def inputs(self) -> tuple[str, ...]:
        """Two summands."""
        return ("a", "b")

    def output_shape(self, *shapes: Shape) -> Shape:
        """Unchanged; both must be equal."""
        a, b = shapes
        need_values(a, "a")
        need_values(b, "b")
        if a != b:
            raise ShapeError(f"adds equal shapes, but a is {a} and b is {b}", self._fix(a, b))
        return a

    def _fix(self, a: Shape, b: Shape) -> BlockFix | None:
        """A 1 x 1 convolution where the larger image can become as the smaller, else other blocks
        that bring sizes together; a Linear where only features differ.
        """
        if a.kind != b.kind:
            return None
        if a.kind == "image":
            projected = to_image(a, b, "b") or to_image(b, a, "a")
            return projected or to_equal_sizes(self.inputs, (a, b))
        if a.kind in ("vector", "sequence") and a.dims[:-1] == b.dims[:-1]:
            return to_features(a.dims[-1], "b")
        return None

    def layer(self, *shapes: Shape) -> Call:
        """The operator."""
        return Call.function("{a} + {b}")
