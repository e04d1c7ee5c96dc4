"""The axes in another order."""

from typing import Literal

from explorer.blocks.demands import need_values
from explorer.graph.block import Block, BlockFix, Call, Shape, ShapeError, param


class Permute(Block):
    """Swaps the axes: rows become columns, channels become rows."""

    title = "Permute"
    stem = "permute"
    rank = 3
    summary = (
        "Puts the axes of a sample in another order: of an image as chosen, of a sequence steps "
        "and features change places, (T, D) becomes (D, T). No number changes, only what counts "
        "as channel, row or step (torch.permute, torch.transpose)."
    )

    order: Literal["C W H", "H C W", "H W C", "W C H", "W H C"] = param(
        "C W H",
        "Of an image: which of its axes (channels, height, width) come first, second and third.",
    )

    def output_shape(self, *shapes: Shape) -> Shape:
        """(T, D) -> (D, T); (C, H, W) in the chosen order."""
        (x,) = shapes
        need_values(x)
        if x.kind == "vector":
            fix = BlockFix("Insert Reshape", insert="reshape", insert_changes=_as_column(x))
            raise ShapeError(f"has nothing to swap: a vector of {x} has one axis", fix)
        return Shape(x.kind, tuple(x.dims[axis] for axis in self._axes(x)))

    def _axes(self, x: Shape) -> tuple[int, ...]:
        if x.kind == "sequence":
            return (1, 0)
        return tuple("CHW".index(name) for name in self.order.split())

    def layer(self, *shapes: Shape) -> Call:
        """torch.Tensor.permute, or transpose of a sequence; the batch stays first."""
        if shapes[0].kind == "sequence":
            return Call.function("{x}.transpose(1, 2)")
        axes = ", ".join(str(axis + 1) for axis in self._axes(shapes[0]))
        return Call.function(f"{{x}}.permute(0, {axes})")

    def arithmetic(self, *shapes: Shape) -> tuple[str, ...]:
        """Before and after."""
        return (f"{shapes[0]} → {self.output_shape(*shapes)}",)


def _as_column(x: Shape) -> tuple[tuple[str, str | int], ...]:
    return (("target", "sequence"), ("steps", x.dims[0]), ("features", 1))
