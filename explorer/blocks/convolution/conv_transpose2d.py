"""Transposed convolution."""

import math
from fractions import Fraction

from explorer.blocks.demands import need_image, need_size
from explorer.graph.block import Block, BlockFix, Call, Shape, ShapeError, Window, param


class ConvTranspose2d(Block):
    """A convolution run backwards: each pixel paints a kernel."""

    title = "Transposed conv2d"
    stem = "up"
    rank = 4
    sight = "window"
    summary = (
        "A convolution run backwards: each pixel is multiplied with a whole kernel and painted "
        "stride pixels apart, overlaps are summed. With stride 2 the image becomes twice as "
        "large: H' = (H - 1) s - 2 p + d (k - 1) + output_padding + 1 (Zeiler et al. 2010; "
        "Dumoulin, Visin 2016; torch.nn.ConvTranspose2d)."
    )

    in_channels: int | None = param(
        None, "Channels that come in; automatic: as the wire has.", low=1, high=4096
    )
    out_channels: int = param(32, "Feature maps that go out.", low=1, high=4096)
    kernel_size: int = param(2, "Side of the square kernel in pixels.", low=1, high=31)
    stride: int = param(2, "Pixels between the places of two kernels.", low=1, high=16)
    padding: int = param(0, "Pixels cut off on each side.", low=0, high=32)
    output_padding: int = param(
        0, "Pixels added right and below; less than the stride.", low=0, high=15
    )
    dilation: int = param(1, "Distance between the kernel's taps.", low=1, high=16)
    bias: bool = param(True, "Add a learned number to each feature map.")

    def output_shape(self, *shapes: Shape) -> Shape:
        """(C, H, W) -> (out_channels, H', W')."""
        (x,) = shapes
        need_image(x)
        need_size("in_channels", self.in_channels, x.dims[0], "channels", x)
        most = self.stride - 1  # torch allows more beside a dilation, onnxruntime does not
        if self.output_padding > most:
            raise ShapeError(
                f"has output_padding {self.output_padding}, which must be less than stride "
                f"{self.stride}",
                BlockFix(f"Set output_padding to {most}", (("output_padding", most),)),
            )
        sides = [self._size(side) for side in x.dims[1:]]
        if min(sides) < 1:
            raise ShapeError(
                f"cuts off more than there is: padding {self.padding} on both sides leaves "
                f"{min(sides)} pixels",
                BlockFix("Set padding to 0", (("padding", 0),)),
            )
        return Shape("image", (self.out_channels, *sides))

    def _size(self, side: int) -> int:
        span = self.dilation * (self.kernel_size - 1)
        return (side - 1) * self.stride - 2 * self.padding + span + self.output_padding + 1

    def layer(self, *shapes: Shape) -> Call:
        """torch.nn.ConvTranspose2d."""
        return Call.module(
            "nn.ConvTranspose2d",
            shapes[0].dims[0],
            self.out_channels,
            defaults={
                "stride": 1,
                "padding": 0,
                "output_padding": 0,
                "dilation": 1,
                "bias": True,
            },
            kernel_size=self.kernel_size,
            stride=self.stride,
            padding=self.padding,
            output_padding=self.output_padding,
            dilation=self.dilation,
            bias=self.bias,
        )

    def weight_count(self, *shapes: Shape) -> int:
        """in x out x k x k, plus biases."""
        return self.out_channels * (shapes[0].dims[0] * self.kernel_size**2 + self.bias)

    def macs(self, *shapes: Shape) -> int:
        """A kernel for each input pixel and output map."""
        return shapes[0].size * self.out_channels * self.kernel_size**2

    def window(self, *shapes: Shape) -> Window:
        """The input pixels whose painted kernels reach one output pixel, stride pixels apart."""
        span = self.dilation * (self.kernel_size - 1) + 1
        return Window(math.ceil(span / self.stride), Fraction(1, self.stride))

    def arithmetic(self, *shapes: Shape) -> tuple[str, ...]:
        """Height and width."""
        return tuple(
            f"{name}: ({side} - 1)·{self.stride} - 2·{self.padding} + {self.dilation}·"
            f"({self.kernel_size} - 1) + {self.output_padding} + 1 = {self._size(side)}"
            for name, side in zip(("height", "width"), shapes[0].dims[1:], strict=True)
        )
