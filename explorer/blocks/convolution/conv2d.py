"""Two-dimensional convolution."""

from explorer.blocks.demands import need_groups, need_image, need_size
from explorer.graph.block import Block, Call, Shape, Window, param
from explorer.graph.sliding import sliding_arithmetic, sliding_size


class Conv2d(Block):
    """A bank of kernels slides over the image; each gives one feature map."""

    title = "Conv2d"
    stem = "conv1"
    rank = 1
    sight = "window"
    summary = (
        "Slides a small kernel over the image; each output pixel is the sum of the products of "
        "kernel and patch over all input channels, plus a bias: y[o,i,j] = b[o] + sum_c,u,v "
        "w[o,c,u,v] x[c, i s + u d - p, j s + v d - p]. One kernel gives one feature map, so the "
        "same feature is found wherever it stands (LeCun et al. 1998; torch.nn.Conv2d)."
    )

    in_channels: int | None = param(
        None, "Channels that come in; automatic: as the wire has.", low=1, high=4096
    )
    out_channels: int = param(32, "Kernels, and so feature maps that go out.", low=1, high=4096)
    kernel_size: int = param(3, "Side of the square kernel in pixels.", low=1, high=31)
    stride: int = param(1, "Pixels that the kernel moves at each step.", low=1, high=16)
    padding: int = param(0, "Zeros added on each side of the image.", low=0, high=32)
    dilation: int = param(
        1, "Distance between the kernel's taps; above 1 it sees wider.", low=1, high=16
    )
    groups: int = param(
        1,
        "Channels are split in so many groups that don't mix; must divide both counts.",
        low=1,
        high=4096,
    )
    bias: bool = param(True, "Add a learned number to each feature map.")

    def output_shape(self, *shapes: Shape) -> Shape:
        """(C, H, W) -> (out_channels, H', W'), H' = (H + 2 padding - dilation (kernel - 1) - 1) //
        stride + 1.
        """
        (x,) = shapes
        need_image(x)
        channels, *sides = x.dims
        need_size("in_channels", self.in_channels, channels, "channels", x)
        need_groups(channels, self.out_channels, self.groups, "channels")
        return Shape("image", (self.out_channels, *(self._size(side) for side in sides)))

    def _size(self, side: int) -> int:
        return sliding_size(side, self.kernel_size, self.stride, self.padding, self.dilation)

    def layer(self, *shapes: Shape) -> Call:
        """torch.nn.Conv2d."""
        return Call.module(
            "nn.Conv2d",
            shapes[0].dims[0],
            self.out_channels,
            defaults={"stride": 1, "padding": 0, "dilation": 1, "groups": 1, "bias": True},
            kernel_size=self.kernel_size,
            stride=self.stride,
            padding=self.padding,
            dilation=self.dilation,
            groups=self.groups,
            bias=self.bias,
        )

    def weight_count(self, *shapes: Shape) -> int:
        """out x in / groups x k x k, plus biases."""
        per_map = shapes[0].dims[0] // self.groups * self.kernel_size**2
        return self.out_channels * (per_map + self.bias)

    def macs(self, *shapes: Shape) -> int:
        """Kernel size times output pixels."""
        per_pixel = shapes[0].dims[0] // self.groups * self.kernel_size**2
        return self.output_shape(*shapes).size * per_pixel

    def window(self, *shapes: Shape) -> Window:
        """The kernel."""
        return Window(self.kernel_size, self.stride, self.dilation)

    def arithmetic(self, *shapes: Shape) -> tuple[str, ...]:
        """Height and width."""
        return sliding_arithmetic(
            shapes[0], self.kernel_size, self.stride, self.padding, self.dilation
        )
