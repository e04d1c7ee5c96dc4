"""Several ways side by side."""

from typing import Literal

from explorer.blocks.demands import need_values, to_equal_sizes
from explorer.graph.block import Block, BlockFix, Call, Shape, ShapeError, param

PORTS = "abcdefgh"


class Concatenate(Block):
    """Puts its inputs one after the other along an axis."""

    title = "Concatenate"
    stem = "concat"
    rank = 3
    sight = "place"
    summary = (
        "Puts its inputs one after the other: the channels of images, the features of vectors and "
        "sequences, or the steps of sequences: (C1, H, W) and (C2, H, W) become (C1 + C2, H, W). "
        "Nothing is mixed; the next layer chooses (Szegedy et al. 2015, Inception; Huang et al. "
        "2017, DenseNet; torch.cat)."
    )

    ports: int = param(2, "How many inputs it has.", low=2, high=8)
    axis: Literal["features", "steps"] = param(
        "features", "What is joined: features (of images channels), or the steps of sequences."
    )

    @property
    def inputs(self) -> tuple[str, ...]:
        """As many as set, by letters."""
        return tuple(PORTS[: self.ports])

    def output_shape(self, *shapes: Shape) -> Shape:
        """The sum along the axis; all other sizes must be equal."""
        first = shapes[0]
        need_values(first, "a")
        if self.axis == "steps" and first.kind != "sequence":
            raise ShapeError(
                f"joins steps, but {first} has none",
                BlockFix("Set axis to features", (("axis", "features"),)),
            )
        for port, shape in zip(self.inputs, shapes, strict=True):
            if shape.kind != first.kind or self._rest(shape) != self._rest(first):
                raise ShapeError(
                    f"joins {self._what(first)}, the other sizes being equal, but a is {first} "
                    f"({first.kind}) and {port} is {shape} ({shape.kind})",
                    self._fix(first, shapes),
                )
        axis = self._axis(first)
        total = sum(shape.dims[axis] for shape in shapes)
        return Shape(first.kind, (*first.dims[:axis], total, *first.dims[axis + 1 :]))

    def _axis(self, x: Shape) -> int:
        """Of the sample, without the batch."""
        return 1 if x.kind == "sequence" and self.axis == "features" else 0

    def _rest(self, x: Shape) -> tuple[int, ...]:
        axis = self._axis(x)
        return x.dims[:axis] + x.dims[axis + 1 :]

    def _what(self, x: Shape) -> str:
        return "channels" if x.kind == "image" else self.axis

    def _fix(self, first: Shape, shapes: tuple[Shape, ...]) -> BlockFix | None:
        """Images get the same size; sequences of which only the other axis differs are joined along
        that.
        """
        if all(shape.kind == "image" for shape in shapes):
            return to_equal_sizes(self.inputs, shapes)
        if any(shape.kind != "sequence" for shape in shapes):
            return None
        other: Literal["features", "steps"] = "steps" if self.axis == "features" else "features"
        place = self._axis(first)
        if any(shape.dims[place] != first.dims[place] for shape in shapes):
            return None
        return BlockFix(f"Set axis to {other}", (("axis", other),))

    def layer(self, *shapes: Shape) -> Call:
        """torch.cat."""
        names = ", ".join(f"{{{port}}}" for port in self.inputs)
        return Call.function(f"torch.cat([{names}], dim={self._axis(shapes[0]) + 1})")

    def arithmetic(self, *shapes: Shape) -> tuple[str, ...]:
        """The sum."""
        axis = self._axis(shapes[0])
        sizes = [shape.dims[axis] for shape in shapes]
        return (f"{self._what(shapes[0])}: {' + '.join(map(str, sizes))} = {sum(sizes)}",)
