"""A product of two inputs with learned weights."""

from explorer.blocks.demands import need_features
from explorer.graph.block import Block, Call, Shape, ShapeError, param


class Bilinear(Block):
    """Every output is a weighted sum of the products of every pair of inputs."""

    title = "Bilinear"
    stem = "bilinear"
    rank = 3
    sight = "all"
    summary = (
        "Every output is a weighted sum of the products of every pair of a number of a with one "
        "of b, plus a bias: y[o] = aᵀ W[o] b + c[o] (Tenenbaum, Freeman 2000; torch.nn.Bilinear). "
        "On sequences the same weights are used at each step. Many weights: out x a x b."
    )

    out_features: int = param(16, "Numbers that go out.", low=1, high=10_000)
    bias: bool = param(True, "Add a learned number to each output.")

    @property
    def inputs(self) -> tuple[str, ...]:
        """The two factors."""
        return ("a", "b")

    def output_shape(self, *shapes: Shape) -> Shape:
        """(A,), (B,) -> (out_features,) and (T, A), (T, B) -> (T, out_features)."""
        a, b = shapes
        need_features(a)
        if a.kind != b.kind or a.dims[:-1] != b.dims[:-1]:
            raise ShapeError(
                "takes two vectors, or two sequences of as many steps, but a is "
                f"{a} ({a.kind}) and b is {b} ({b.kind})"
            )
        return Shape(a.kind, (*a.dims[:-1], self.out_features))

    def layer(self, *shapes: Shape) -> Call:
        """torch.nn.Bilinear."""
        a, b = shapes
        return Call.module(
            "nn.Bilinear",
            a.dims[-1],
            b.dims[-1],
            self.out_features,
            forward=("{layer}({a}, {b})",),
            defaults={"bias": True},
            bias=self.bias,
        )

    def weight_count(self, *shapes: Shape) -> int:
        """out x a x b, plus biases."""
        a, b = shapes
        return self.out_features * (a.dims[-1] * b.dims[-1] + self.bias)

    def macs(self, *shapes: Shape) -> int:
        """Each weight once, at each step."""
        a, b = shapes
        return a.size * b.dims[-1] * self.out_features

    def arithmetic(self, *shapes: Shape) -> tuple[str, ...]:
        """The pairs."""
        a, b = shapes
        pairs = a.dims[-1] * b.dims[-1]
        return (f"{a.dims[-1]} · {b.dims[-1]} = {pairs} pairs → {self.out_features} outputs",)
