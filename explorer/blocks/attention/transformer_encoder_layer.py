"""One layer of a Transformer's encoder."""

from typing import Literal

from explorer.blocks.attending import CAUSAL_BATCH_FIRST, attention_macs, transformer_weights
from explorer.blocks.demands import need_heads, need_sequence
from explorer.graph.block import Block, Call, Shape, param


class TransformerEncoderLayer(Block):
    """Self-attention and a feed-forward network, each with a residual connection and LayerNorm."""

    title = "Transformer encoder layer"
    stem = "encoder"
    rank = 4
    sight = "all"
    summary = (
        "Self-attention, then a feed-forward network at each step; past each leads a residual "
        "connection, and LayerNorm follows: h = norm(x + attention(x)), y = norm(h + W2 f(W1 h)). "
        "With causal on, it is a layer of GPT (Vaswani et al. 2017, 3.1; Radford et al. 2019; "
        "torch.nn.TransformerEncoderLayer)."
    )

    num_heads: int = param(8, "Heads of each attention; must divide D.", low=1, high=128)
    dim_feedforward: int = param(256, "Width inside the feed-forward part.", low=1, high=65_536)
    dropout: float = param(0.1, "Share switched off while training.", low=0.0, high=0.95)
    activation: Literal["relu", "gelu"] = param("relu", "The bend in the feed-forward part.")
    norm_first: bool = param(
        False, "LayerNorm before each part instead of after it: deep stacks learn more steadily."
    )
    causal: bool = param(
        False, "Each step sees only itself and those before it, as a language model must."
    )

    def output_shape(self, *shapes: Shape) -> Shape:
        """(T, D) unchanged; num_heads must divide D."""
        need_sequence(shapes[0])
        need_heads(shapes[0].dims[1], self.num_heads)
        return shapes[0]

    def layer(self, *shapes: Shape) -> Call:
        """torch.nn.TransformerEncoderLayer."""
        masked = f", src_mask={CAUSAL_BATCH_FIRST}" if self.causal else ""
        return Call.module(
            "nn.TransformerEncoderLayer",
            shapes[0].dims[1],
            self.num_heads,
            forward=(f"{{layer}}({{x}}{masked})",),
            defaults={"dropout": 0.1, "activation": "relu", "norm_first": False},
            dim_feedforward=self.dim_feedforward,
            dropout=self.dropout,
            activation=self.activation,
            norm_first=self.norm_first,
            batch_first=True,
        )

    def weight_count(self, *shapes: Shape) -> int:
        """One attention, the feed-forward part, two LayerNorms."""
        return transformer_weights(shapes[0].dims[1], self.dim_feedforward, attentions=1)

    def macs(self, *shapes: Shape) -> int:
        """Attention over all pairs of steps, and both feed-forward matrices at each step."""
        steps, features = shapes[0].dims
        attention = attention_macs(steps, steps, features)
        return attention + 2 * steps * features * self.dim_feedforward

    def arithmetic(self, *shapes: Shape) -> tuple[str, ...]:
        """Features of a head, widths of the feed-forward part."""
        features = shapes[0].dims[1]
        return (
            f"features of a head: {features} / {self.num_heads} = {features // self.num_heads}",
            f"feed-forward: {features} → {self.dim_feedforward} → {features}",
        )
