"""What pooling layers have in common: a window slides over an image or a sequence."""

from typing import ClassVar, Literal

from explorer.blocks.demands import need_image, need_sequence
from explorer.graph.block import Block, BlockFix, Call, Shape, ShapeError, Window, param
from explorer.graph.sliding import sliding_arithmetic, sliding_size

SWAP = "{x}.transpose(1, 2)"  # torch pools over the last axis


class PoolingWindow(Block):
    """One number from each window. A subclass names torch's layer and what it slides over."""

    sight = "window"
    torch_name: ClassVar[str] = ""
    over: ClassVar[Literal["image", "sequence"]] = "image"

    kernel_size: int = param(2, "Side of the window, in pixels or steps.", low=1, high=64)
    stride: int | None = param(
        None,
        "Pixels or steps that the window moves each time; automatic: its own size.",
        low=1,
        high=64,
    )
    padding: int = param(0, "Border added on each side; half the window at most.", low=0, high=32)

    def output_shape(self, *shapes: Shape) -> Shape:
        """(C, H, W) -> (C, H', W'), H' = (H + 2 padding - kernel) // stride + 1; of a sequence
        (T, D) -> (T', D).
        """
        (x,) = shapes
        (need_image if self.over == "image" else need_sequence)(x)
        half = self.kernel_size // 2
        if self.padding > half:
            raise ShapeError(
                f"has padding {self.padding}, but at most half the window ({self.kernel_size} // "
                "2) is allowed",
                BlockFix(f"Set padding to {half}", (("padding", half),)),
            )
        if self.over == "sequence":
            return Shape("sequence", (self._size(x.dims[0]), x.dims[1]))
        channels, *sides = x.dims
        return Shape("image", (channels, *(self._size(side) for side in sides)))

    def _step(self) -> int:
        return self.stride or self.kernel_size

    def _size(self, side: int) -> int:
        return sliding_size(side, self.kernel_size, self._step(), self.padding, over=self.over)

    def layer(self, *shapes: Shape) -> Call:
        """torch's layer; a sequence is turned to (D, T) for it and back."""
        pool = "{layer}({x})"
        return Call.module(
            self.torch_name,
            self.kernel_size,
            forward=(pool,) if self.over == "image" else (SWAP, pool, SWAP),
            defaults={"stride": self.kernel_size, "padding": 0},
            stride=self._step(),
            padding=self.padding,
        )

    def window(self, *shapes: Shape) -> Window:
        """The window that is pooled."""
        return Window(self.kernel_size, self._step())

    def arithmetic(self, *shapes: Shape) -> tuple[str, ...]:
        """Height and width, or steps."""
        return sliding_arithmetic(shapes[0], self.kernel_size, self._step(), self.padding)
