"""The same numbers as an image, a sequence or a vector."""

import math
from typing import Literal

from explorer.blocks.demands import largest_divisor, need_values
from explorer.graph.block import Argument, Block, BlockFix, Call, Shape, ShapeError, param

AXES = {
    "image": ("channels", "height", "width"),
    "sequence": ("steps", "features"),
    "vector": (),
}


class Reshape(Block):
    """Reads the numbers of a sample, in their order, as another shape."""

    title = "Reshape"
    stem = "reshape"
    rank = 2
    summary = (
        "Reads the numbers of a sample, in their order, as an image, a sequence or a vector. "
        "Nothing is computed; there must be as many numbers as before, so one size may be left "
        "to be worked out: size = all / the others (torch.reshape)."
    )

    target: Literal["image", "sequence", "vector"] = param("image", "What it becomes.")
    channels: int | None = param(
        1, "Channels of the image; automatic: what the others leave.", low=1, high=100_000
    )
    height: int | None = param(
        1, "Rows of the image; automatic: what the others leave.", low=1, high=100_000
    )
    width: int | None = param(
        None, "Columns of the image; automatic: what the others leave.", low=1, high=100_000
    )
    steps: int | None = param(
        None, "Steps of the sequence; automatic: what the others leave.", low=1, high=100_000
    )
    features: int | None = param(
        1, "Features of a step; automatic: what the others leave.", low=1, high=1_000_000
    )

    def output_shape(self, *shapes: Shape) -> Shape:
        """Any shape -> channels x height x width, steps x features or all numbers in a row."""
        (x,) = shapes
        need_values(x)
        if self.target == "vector":
            return Shape("vector", (x.size,))
        given = self._given()
        known = math.prod(size for size in given.values() if size is not None)
        automatic = [name for name, size in given.items() if size is None]
        if len(automatic) > 1:
            one = (automatic[0], 1)
            raise ShapeError(
                f"can work out one size, but {' and '.join(automatic)} are automatic",
                BlockFix(f"Set {automatic[0]} to 1", (one,)),
            )
        if x.size % known or (not automatic and x.size != known):
            wanted = " x ".join(str(size or "?") for size in given.values())
            raise ShapeError(
                f"can't read {x} = {x.size} numbers as {wanted}", self._fix(x.size, given)
            )
        return Shape(self.target, tuple(size or x.size // known for size in given.values()))

    def _given(self) -> dict[str, int | None]:
        return {name: getattr(self, name) for name in AXES[self.target]}

    def _fix(self, size: int, given: dict[str, int | None]) -> BlockFix:
        """Each size in turn the nearest divisor of what is left; the last takes the rest."""
        changes: list[tuple[str, Argument]] = []
        *first, last = given
        for name in first:
            fitting = largest_divisor(size, given[name] or 1)
            size //= fitting
            changes.append((name, fitting))
        changes.append((last, None))
        return BlockFix(f"Set {last} to automatic, the others to what divides", tuple(changes))

    def layer(self, *shapes: Shape) -> Call:
        """torch.Tensor.reshape; the batch stays first."""
        if self.target == "vector":
            return Call.function("{x}.flatten(1)")
        sizes = ", ".join(str(size) for size in self.output_shape(*shapes).dims)
        return Call.function(f"{{x}}.reshape(-1, {sizes})")

    def arithmetic(self, *shapes: Shape) -> tuple[str, ...]:
        """Both products."""
        before, after = shapes[0].dims, self.output_shape(*shapes).dims
        products = [" · ".join(map(str, dims)) for dims in (before, after)]
        return (f"{products[0]} = {products[1]} = {shapes[0].size}",)
