"""Group normalisation."""

from explorer.blocks.demands import largest_divisor, need_values
from explorer.graph.block import Block, BlockFix, Call, Shape, ShapeError, param


class GroupNorm(Block):
    """Brings groups of channels to mean 0 and variance 1, sample by sample."""

    title = "GroupNorm"
    stem = "norm"
    rank = 5
    sight = "place"
    summary = (
        "Splits the channels (or features) in groups and brings each group of one sample to mean "
        "0 and variance 1, then scales and shifts each channel by learned numbers: y = g (x - "
        "mean) / sqrt(var + eps) + b. Works with any batch size (Wu, He 2018; torch.nn.GroupNorm)."
    )

    num_groups: int = param(8, "Groups; must divide the channels or features.", low=1, high=1024)
    eps: float = param(1e-5, "Keeps the division from 0.", low=1e-8, high=0.1)

    def output_shape(self, *shapes: Shape) -> Shape:
        """Unchanged; num_groups must divide C of (C, H, W) or D of (T, D) and (D,)."""
        (x,) = shapes
        need_values(x)
        channels = self._channels(x)
        if channels % self.num_groups:
            self._refuse(
                f"can't split {channels} channels or features into {self.num_groups} groups",
                largest_divisor(channels, self.num_groups),
            )
        if x.size == self.num_groups:
            fewer = largest_divisor(channels, max(1, channels - 1))
            message = f"would bring single numbers to mean 0: {x} has only one in each group"
            if fewer == self.num_groups:
                raise ShapeError(message)
            self._refuse(message, fewer)
        return x

    def _refuse(self, message: str, groups: int) -> None:
        raise ShapeError(
            message, BlockFix(f"Set num_groups to {groups}", (("num_groups", groups),))
        )

    def _channels(self, x: Shape) -> int:
        return x.dims[0] if x.kind == "image" else x.dims[-1]

    def layer(self, *shapes: Shape) -> Call:
        """torch.nn.GroupNorm; a sequence is turned to (D, T) for it and back."""
        swap, norm = "{x}.transpose(1, 2)", "{layer}({x})"
        return Call.module(
            "nn.GroupNorm",
            self.num_groups,
            self._channels(shapes[0]),
            forward=(swap, norm, swap) if shapes[0].kind == "sequence" else (norm,),
            defaults={"eps": 1e-5},
            eps=self.eps,
        )

    def weight_count(self, *shapes: Shape) -> int:
        """A scale and a shift for each channel or feature."""
        return 2 * self._channels(shapes[0])

    def arithmetic(self, *shapes: Shape) -> tuple[str, ...]:
        """Channels of a group."""
        channels = self._channels(shapes[0])
        return (f"{channels} / {self.num_groups} = {channels // self.num_groups} in a group",)
