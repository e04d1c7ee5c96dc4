"""Depthwise-separable convolution."""

from explorer.blocks.demands import need_image, need_size
from explorer.graph.block import Block, Call, Shape, Window, param
from explorer.graph.sliding import sliding_arithmetic, sliding_size


class DepthwiseSeparableConv2d(Block):
    """A kernel for each channel, then a 1 x 1 convolution that mixes the channels."""

    title = "Depthwise-separable conv"
    stem = "separable"
    rank = 3
    sight = "window"
    summary = (
        "A convolution in two cheap halves: one k x k kernel for each channel, z[c] = w[c] * x[c], "
        "then a 1 x 1 convolution that mixes the channels, y[o] = sum_c v[o,c] z[c]. It needs "
        "about k² times fewer products than a Conv2d (Chollet 2017; Howard et al. 2017, "
        "MobileNets; two torch.nn.Conv2d, the first with groups = channels)."
    )

    in_channels: int | None = param(
        None, "Channels that come in; automatic: as the wire has.", low=1, high=4096
    )
    out_channels: int = param(32, "Feature maps that go out.", low=1, high=4096)
    kernel_size: int = param(3, "Side of the square kernels in pixels.", low=1, high=31)
    stride: int = param(1, "Pixels that the kernels move at each step.", low=1, high=16)
    padding: int = param(0, "Zeros added on each side of the image.", low=0, high=32)
    dilation: int = param(
        1, "Distance between the kernels' taps; above 1 they see wider.", low=1, high=16
    )
    bias: bool = param(True, "Add a learned number to each map, in both halves.")

    def output_shape(self, *shapes: Shape) -> Shape:
        """(C, H, W) -> (out_channels, H', W') as of a Conv2d."""
        (x,) = shapes
        need_image(x)
        need_size("in_channels", self.in_channels, x.dims[0], "channels", x)
        return Shape("image", (self.out_channels, *self._sides(x)))

    def _sides(self, x: Shape) -> tuple[int, ...]:
        return tuple(
            sliding_size(side, self.kernel_size, self.stride, self.padding, self.dilation)
            for side in x.dims[1:]
        )

    def layer(self, *shapes: Shape) -> Call:
        """The two convolutions as one layer."""
        return Call.module(
            "layers.DepthwiseSeparableConv2d",
            shapes[0].dims[0],
            self.out_channels,
            defaults={"stride": 1, "padding": 0, "dilation": 1, "bias": True},
            kernel_size=self.kernel_size,
            stride=self.stride,
            padding=self.padding,
            dilation=self.dilation,
            bias=self.bias,
        )

    def weight_count(self, *shapes: Shape) -> int:
        """in x k x k, then out x in, plus biases of both."""
        channels = shapes[0].dims[0]
        depthwise = channels * (self.kernel_size**2 + self.bias)
        return depthwise + self.out_channels * (channels + self.bias)

    def macs(self, *shapes: Shape) -> int:
        """Both kernels' sizes times output pixels."""
        channels = shapes[0].dims[0]
        height, width = self._sides(shapes[0])
        return height * width * channels * (self.kernel_size**2 + self.out_channels)

    def window(self, *shapes: Shape) -> Window:
        """The kernel of the first half."""
        return Window(self.kernel_size, self.stride, self.dilation)

    def arithmetic(self, *shapes: Shape) -> tuple[str, ...]:
        """Height and width."""
        return sliding_arithmetic(
            shapes[0], self.kernel_size, self.stride, self.padding, self.dilation
        )
