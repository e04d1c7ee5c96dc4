"""One-dimensional convolution over a sequence."""

from explorer.blocks.demands import need_groups, need_sequence, need_size
from explorer.graph.block import Block, Call, Shape, Window, param
from explorer.graph.sliding import sliding_arithmetic, sliding_size


class Conv1d(Block):
    """A bank of kernels slides over the steps; each gives one feature."""

    title = "Conv1d"
    stem = "conv1"
    rank = 2
    sight = "window"
    summary = (
        "Slides a small kernel over the steps of a sequence; each output is the sum of the "
        "products of kernel and window over all features, plus a bias: y[t,o] = b[o] + sum_d,u "
        "w[o,d,u] x[t s + u d' - p, d]. A step sees only its neighbours, wherever it stands; torch "
        "takes (D, T), so the axes are swapped around it (torch.nn.Conv1d)."
    )

    in_channels: int | None = param(
        None, "Features of a step that come in; automatic: as the wire has.", low=1, high=8192
    )
    out_channels: int = param(64, "Kernels, and so features that go out.", low=1, high=8192)
    kernel_size: int = param(3, "Length of the kernel in steps.", low=1, high=63)
    stride: int = param(1, "Steps that the kernel moves each time.", low=1, high=16)
    padding: int = param(0, "Zero steps added at each end.", low=0, high=64)
    dilation: int = param(
        1, "Distance between the kernel's taps; above 1 it sees wider.", low=1, high=64
    )
    groups: int = param(
        1,
        "Features are split in so many groups that don't mix; must divide both counts.",
        low=1,
        high=8192,
    )
    bias: bool = param(True, "Add a learned number to each feature.")

    def output_shape(self, *shapes: Shape) -> Shape:
        """(T, D) -> (T', out_channels), T' = (T + 2 padding - dilation (kernel - 1) - 1) // stride
        + 1.
        """
        (x,) = shapes
        need_sequence(x)
        steps, features = x.dims
        need_size("in_channels", self.in_channels, features, "features a step", x)
        need_groups(features, self.out_channels, self.groups, "features")
        steps = sliding_size(
            steps, self.kernel_size, self.stride, self.padding, self.dilation, "sequence"
        )
        return Shape("sequence", (steps, self.out_channels))

    def layer(self, *shapes: Shape) -> Call:
        """torch.nn.Conv1d over (B, D, T)."""
        swap = "{x}.transpose(1, 2)"
        return Call.module(
            "nn.Conv1d",
            shapes[0].dims[1],
            self.out_channels,
            forward=(swap, "{layer}({x})", swap),
            defaults={"stride": 1, "padding": 0, "dilation": 1, "groups": 1, "bias": True},
            kernel_size=self.kernel_size,
            stride=self.stride,
            padding=self.padding,
            dilation=self.dilation,
            groups=self.groups,
            bias=self.bias,
        )

    def weight_count(self, *shapes: Shape) -> int:
        """out x in / groups x k, plus biases."""
        per_feature = shapes[0].dims[1] // self.groups * self.kernel_size
        return self.out_channels * (per_feature + self.bias)

    def macs(self, *shapes: Shape) -> int:
        """Kernel size times outputs."""
        per_output = shapes[0].dims[1] // self.groups * self.kernel_size
        return self.output_shape(*shapes).size * per_output

    def window(self, *shapes: Shape) -> Window:
        """The kernel."""
        return Window(self.kernel_size, self.stride, self.dilation)

    def arithmetic(self, *shapes: Shape) -> tuple[str, ...]:
        """Steps."""
        return sliding_arithmetic(
            shapes[0], self.kernel_size, self.stride, self.padding, self.dilation
        )
