"""From an image to a sequence of its patches."""

import math

from explorer.blocks.demands import largest_divisor, need_image
from explorer.graph.block import Block, BlockFix, Call, Shape, ShapeError, Window, param


class PatchEmbedding(Block):
    """Cuts the image into square patches; each becomes one step."""

    title = "Patch embedding"
    stem = "patches"
    rank = 5
    sight = "window"
    summary = (
        "Cuts the image into square patches and maps the pixels of each by the same linear map to "
        "the features of one step: (C, H, W) becomes (T = H/p · W/p, D). So a Transformer reads a "
        "picture (Dosovitskiy et al. 2021; a torch.nn.Conv2d whose stride is its kernel)."
    )

    patch_size: int = param(
        4, "Side of a patch in pixels; must divide height and width.", low=1, high=64
    )
    embed_dim: int = param(64, "Features of a step.", low=1, high=8192)
    bias: bool = param(True, "Add a learned number to each feature.")

    def output_shape(self, *shapes: Shape) -> Shape:
        """(C, H, W) -> (H / patch_size · W / patch_size, embed_dim)."""
        (x,) = shapes
        need_image(x)
        _, height, width = x.dims
        if height % self.patch_size or width % self.patch_size:
            side = largest_divisor(math.gcd(height, width), self.patch_size)
            raise ShapeError(
                f"can't cut {height} x {width} pixels into patches of {self.patch_size} x "
                f"{self.patch_size}",
                BlockFix(f"Set patch_size to {side}", (("patch_size", side),)),
            )
        steps = height // self.patch_size * (width // self.patch_size)
        return Shape("sequence", (steps, self.embed_dim))

    def layer(self, *shapes: Shape) -> Call:
        """torch.nn.Conv2d, its maps read row by row."""
        return Call.module(
            "nn.Conv2d",
            shapes[0].dims[0],
            self.embed_dim,
            forward=("{layer}({x})", "{x}.flatten(2).transpose(1, 2)"),
            defaults={"bias": True},
            kernel_size=self.patch_size,
            stride=self.patch_size,
            bias=self.bias,
        )

    def weight_count(self, *shapes: Shape) -> int:
        """embed_dim x pixels of a patch, plus biases."""
        return self.embed_dim * (shapes[0].dims[0] * self.patch_size**2 + self.bias)

    def macs(self, *shapes: Shape) -> int:
        """Each pixel counts for each feature once."""
        return shapes[0].size * self.embed_dim

    def window(self, *shapes: Shape) -> Window:
        """A patch."""
        return Window(self.patch_size, self.patch_size)

    def arithmetic(self, *shapes: Shape) -> tuple[str, ...]:
        """Patches, and pixels of each."""
        channels, height, width = shapes[0].dims
        side = self.patch_size
        return (
            f"steps: {height} / {side} · {width} / {side} = {height // side * (width // side)}",
            f"each of {channels} · {side} · {side} = {channels * side**2} numbers "
            f"→ {self.embed_dim} features",
        )
