"""Shares that sum to one."""

from typing import Literal

from explorer.blocks.demands import need_values
from explorer.graph.block import Block, BlockFix, Call, Shape, ShapeError, param


class Softmax(Block):
    """Turns numbers into shares: positive, with sum 1."""

    title = "Softmax"
    stem = "softmax"
    rank = 8
    sight = "place"
    summary = (
        "Turns numbers into shares that are positive and sum to 1: y_i = exp(x_i) / sum_j "
        "exp(x_j). The largest gets most. Not needed before the Output, whose loss has it built "
        "in (Bridle 1990; torch.nn.functional.softmax)."
    )

    axis: Literal["features", "steps"] = param(
        "features",
        "What sums to 1: the features of a vector, of each step or (channels) of each pixel; or, "
        "of a sequence, each feature over all steps.",
    )

    def output_shape(self, *shapes: Shape) -> Shape:
        """Unchanged."""
        (x,) = shapes
        need_values(x)
        if self.axis == "steps" and x.kind != "sequence":
            raise ShapeError(
                f"takes shares over steps, but {x} has none",
                BlockFix("Set axis to features", (("axis", "features"),)),
            )
        return x

    def layer(self, *shapes: Shape) -> Call:
        """torch.nn.functional.softmax; features are the last axis, of an image the first."""
        last = shapes[0].kind == "sequence" and self.axis == "features"
        return Call.function("F.softmax({x}, dim=2)" if last else "F.softmax({x}, dim=1)")

    def arithmetic(self, *shapes: Shape) -> tuple[str, ...]:
        """How many numbers share."""
        (x,) = shapes
        last = x.kind == "sequence" and self.axis == "features"
        return (f"each {x.dims[1] if last else x.dims[0]} numbers sum to 1",)
