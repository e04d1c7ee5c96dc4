"""Multi-head self-attention."""

from explorer.blocks.attending import CAUSAL_BATCH_FIRST, CAUSAL_STEPS_FIRST
from explorer.blocks.demands import need_heads, need_sequence, to_features
from explorer.graph.block import Block, Call, Shape, ShapeError, param


class SelfAttention(Block):
    """Every step looks at every step and takes what it finds important."""

    title = "Self-attention"
    stem = "attention"
    rank = 1
    sight = "all"
    summary = (
        "Every step asks (query), offers (key) and gives (value), each a linear map of its "
        "features. In each head the attention weights softmax(Q Kᵀ / sqrt(d)) say how much a step "
        "takes of every other; out goes the weighted sum of values, heads side by side, through "
        "one more linear map (Vaswani et al. 2017; torch.nn.MultiheadAttention)."
    )

    embed_dim: int | None = param(
        None, "Features of a step; automatic: as the wire has.", low=1, high=8192
    )
    num_heads: int = param(
        8, "Heads that look in parallel, each at embed_dim / num_heads features.", low=1, high=128
    )
    dropout: float = param(
        0.0, "Share of the attention weights switched off while training.", low=0.0, high=0.95
    )
    bias: bool = param(True, "Add learned numbers in the linear maps.")
    causal: bool = param(
        False, "Each step sees only itself and those before it, as a language model must."
    )
    batch_first: bool = param(
        True,
        "Tensors as (batch, steps, features). Off: torch's default, steps first; the axes are "
        "swapped around it.",
    )

    def output_shape(self, *shapes: Shape) -> Shape:
        """(T, D) -> (T, D); num_heads must divide D."""
        (x,) = shapes
        need_sequence(x)
        features = x.dims[1]
        if self.embed_dim not in (None, features):
            raise ShapeError(
                f"expects {self.embed_dim} features a step but gets {features} ({x})",
                to_features(self.embed_dim or features),
            )
        need_heads(features, self.num_heads)
        return x

    def layer(self, *shapes: Shape) -> Call:
        """torch.nn.MultiheadAttention with query = key = value."""
        mask = CAUSAL_BATCH_FIRST if self.batch_first else CAUSAL_STEPS_FIRST
        masked = f", attn_mask={mask}" if self.causal else ""
        attend = f"{{layer}}({{x}}, {{x}}, {{x}}{masked})[0]"
        swap = "{x}.transpose(0, 1)"
        return Call.module(
            "nn.MultiheadAttention",
            forward=(attend,) if self.batch_first else (swap, attend, swap),
            defaults={"dropout": 0.0, "bias": True, "batch_first": False},
            embed_dim=shapes[0].dims[1],
            num_heads=self.num_heads,
            dropout=self.dropout,
            bias=self.bias,
            batch_first=self.batch_first,
        )

    def weight_count(self, *shapes: Shape) -> int:
        """Four D x D maps with their biases."""
        features = shapes[0].dims[1]
        return 4 * features * (features + self.bias)

    def macs(self, *shapes: Shape) -> int:
        """Four maps at each step, and Q Kᵀ and its product with V over all pairs of steps."""
        steps, features = shapes[0].dims
        return 4 * steps * features**2 + 2 * steps**2 * features

    def arithmetic(self, *shapes: Shape) -> tuple[str, ...]:
        """Features of a head, size of the weights."""
        steps, features = shapes[0].dims
        return (
            f"features of a head: {features} / {self.num_heads} = {features // self.num_heads}",
            f"attention weights: {self.num_heads} heads of {steps} x {steps}",
        )
