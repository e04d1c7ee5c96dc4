"""A larger image."""

from fractions import Fraction
from typing import Literal

from explorer.blocks.demands import need_image
from explorer.graph.block import Block, Call, Shape, Window, param


class Upsample(Block):
    """Makes an image larger by a whole factor."""

    title = "Upsample"
    stem = "upsample"
    rank = 4
    sight = "window"
    summary = (
        "Makes an image larger by a whole factor: each pixel is repeated (nearest), or values "
        "between the pixels are drawn in straight lines (bilinear). Nothing is learned; a "
        "convolution after it does that (Odena et al. 2016; torch.nn.Upsample)."
    )

    scale_factor: int = param(2, "How many times as high and wide.", low=1, high=16)
    mode: Literal["nearest", "bilinear"] = param("nearest", "How pixels in between are found.")

    def output_shape(self, *shapes: Shape) -> Shape:
        """(C, H, W) -> (C, scale_factor H, scale_factor W)."""
        need_image(shapes[0])
        channels, height, width = shapes[0].dims
        return Shape("image", (channels, height * self.scale_factor, width * self.scale_factor))

    def layer(self, *shapes: Shape) -> Call:
        """torch.nn.Upsample."""
        return Call.module(
            "nn.Upsample",
            defaults={"mode": "nearest"},
            scale_factor=self.scale_factor,
            mode=self.mode,
        )

    def window(self, *shapes: Shape) -> Window:
        """One pixel, or the two between which a value is drawn."""
        return Window(1 if self.mode == "nearest" else 2, Fraction(1, self.scale_factor))

    def arithmetic(self, *shapes: Shape) -> tuple[str, ...]:
        """Height and width."""
        return tuple(
            f"{name}: {side} · {self.scale_factor} = {side * self.scale_factor}"
            for name, side in zip(("height", "width"), shapes[0].dims[1:], strict=True)
        )
