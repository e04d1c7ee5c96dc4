"""A fully connected layer."""

from explorer.blocks.demands import need_features, need_size
from explorer.graph.block import Block, Call, Shape, param


class Linear(Block):
    """Every output is a weighted sum of every input."""

    title = "Linear"
    stem = "fc1"
    rank = 1
    sight = "place"
    summary = (
        "Every output is a weighted sum of every input plus a bias: y = W x + b "
        "(torch.nn.Linear). On a sequence the same weights are used at each step."
    )

    in_features: int | None = param(
        None, "Numbers that come in; automatic: as the wire has.", low=1, high=1_000_000
    )
    out_features: int = param(128, "Numbers that go out.", low=1, high=100_000)
    bias: bool = param(True, "Add a learned number to each output.")

    def output_shape(self, *shapes: Shape) -> Shape:
        """(D,) -> (out_features,) and (T, D) -> (T, out_features)."""
        (x,) = shapes
        need_features(x)
        need_size("in_features", self.in_features, x.dims[-1], "inputs", x)
        return Shape(x.kind, (*x.dims[:-1], self.out_features))

    def layer(self, *shapes: Shape) -> Call:
        """torch.nn.Linear."""
        return Call.module(
            "nn.Linear",
            shapes[0].dims[-1],
            self.out_features,
            defaults={"bias": True},
            bias=self.bias,
        )

    def weight_count(self, *shapes: Shape) -> int:
        """out x in, plus biases."""
        return self.out_features * (shapes[0].dims[-1] + self.bias)

    def macs(self, *shapes: Shape) -> int:
        """The size of the matrix, at each step."""
        return shapes[0].size * self.out_features

    def arithmetic(self, *shapes: Shape) -> tuple[str, ...]:
        """The last axis is replaced."""
        return (f"{shapes[0]} → {self.output_shape(*shapes)}: the last axis becomes out_features",)
