"""Two linear layers with a bend between them."""

from typing import Literal

from explorer.blocks.demands import need_features
from explorer.graph.block import Block, Call, Shape, param


class FeedForward(Block):
    """Widens, bends and narrows: a small network as one block."""

    title = "Feed-forward (MLP)"
    stem = "mlp"
    rank = 5
    sight = "place"
    summary = (
        "Linear, activation, dropout, Linear: y = W2 f(W1 x + b1) + b2. The part of a Transformer "
        "layer that works on each step alone, usually four times as wide inside as outside "
        "(Vaswani et al. 2017, 3.3; two torch.nn.Linear)."
    )

    hidden_features: int = param(256, "Width between the two layers.", low=1, high=100_000)
    out_features: int | None = param(
        None, "Numbers that go out; automatic: as many as come in.", low=1, high=100_000
    )
    activation: Literal["relu", "gelu", "silu", "tanh"] = param("relu", "The bend between them.")
    dropout: float = param(
        0.0, "Share of the hidden values switched off while training.", low=0.0, high=0.95
    )

    def output_shape(self, *shapes: Shape) -> Shape:
        """(D,) -> (out_features,) and (T, D) -> (T, out_features)."""
        (x,) = shapes
        need_features(x)
        return Shape(x.kind, (*x.dims[:-1], self._out(x)))

    def _out(self, x: Shape) -> int:
        return self.out_features or x.dims[-1]

    def layer(self, *shapes: Shape) -> Call:
        """Two torch.nn.Linear as one layer."""
        return Call.module(
            "layers.FeedForward",
            shapes[0].dims[-1],
            self.hidden_features,
            self._out(shapes[0]),
            defaults={"activation": "relu", "dropout": 0.0},
            activation=self.activation,
            dropout=self.dropout,
        )

    def weight_count(self, *shapes: Shape) -> int:
        """Both matrices and their biases."""
        features, out = shapes[0].dims[-1], self._out(shapes[0])
        return self.hidden_features * (features + 1) + out * (self.hidden_features + 1)

    def macs(self, *shapes: Shape) -> int:
        """Both matrices, at each step."""
        x = shapes[0]
        steps = x.size // x.dims[-1]
        return steps * self.hidden_features * (x.dims[-1] + self._out(x))

    def arithmetic(self, *shapes: Shape) -> tuple[str, ...]:
        """The widths."""
        x = shapes[0]
        return (f"features: {x.dims[-1]} → {self.hidden_features} → {self._out(x)}",)
