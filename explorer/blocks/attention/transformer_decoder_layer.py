"""One layer of a Transformer's decoder."""

from typing import Literal

from explorer.blocks.attending import CAUSAL_BATCH_FIRST, attention_macs, transformer_weights
from explorer.blocks.demands import need_heads, need_sequence, to_features
from explorer.graph.block import Block, Call, Shape, ShapeError, param


class TransformerDecoderLayer(Block):
    """Self-attention, attention to a memory and a feed-forward network."""

    title = "Transformer decoder layer"
    stem = "decoder"
    rank = 5
    sight = "all"
    summary = (
        "Self-attention over what has been written, cross-attention to the memory that an encoder "
        "made, then a feed-forward network; past each leads a residual connection, and LayerNorm "
        "follows: h = norm(x + self(x)), g = norm(h + cross(h, memory)), y = norm(g + W2 f(W1 g)) "
        "(Vaswani et al. 2017, 3.1; torch.nn.TransformerDecoderLayer)."
    )

    num_heads: int = param(8, "Heads of each attention; must divide D.", low=1, high=128)
    dim_feedforward: int = param(256, "Width inside the feed-forward part.", low=1, high=65_536)
    dropout: float = param(0.1, "Share switched off while training.", low=0.0, high=0.95)
    activation: Literal["relu", "gelu"] = param("relu", "The bend in the feed-forward part.")
    norm_first: bool = param(
        False, "LayerNorm before each part instead of after it: deep stacks learn more steadily."
    )
    causal: bool = param(
        True, "Each step of x sees only itself and those before it; of the memory it sees all."
    )

    @property
    def inputs(self) -> tuple[str, ...]:
        """What has been written, and what the encoder found."""
        return ("x", "memory")

    def output_shape(self, *shapes: Shape) -> Shape:
        """(T, D), (S, D) -> (T, D); num_heads must divide D."""
        x, memory = shapes
        need_sequence(x, "x")
        need_sequence(memory, "memory")
        if x.dims[1] != memory.dims[1]:
            raise ShapeError(
                f"needs as many features in both, but x is {x} and memory is {memory}",
                to_features(x.dims[1], "memory"),
            )
        need_heads(x.dims[1], self.num_heads)
        return x

    def layer(self, *shapes: Shape) -> Call:
        """torch.nn.TransformerDecoderLayer."""
        masked = f", tgt_mask={CAUSAL_BATCH_FIRST}" if self.causal else ""
        return Call.module(
            "nn.TransformerDecoderLayer",
            shapes[0].dims[1],
            self.num_heads,
            forward=(f"{{layer}}({{x}}, {{memory}}{masked})",),
            defaults={"dropout": 0.1, "activation": "relu", "norm_first": False},
            dim_feedforward=self.dim_feedforward,
            dropout=self.dropout,
            activation=self.activation,
            norm_first=self.norm_first,
            batch_first=True,
        )

    def weight_count(self, *shapes: Shape) -> int:
        """Two attentions, the feed-forward part, three LayerNorms."""
        return transformer_weights(shapes[0].dims[1], self.dim_feedforward, attentions=2)

    def macs(self, *shapes: Shape) -> int:
        """Both attentions, and both feed-forward matrices at each step."""
        (steps, features), (kept, _) = shapes[0].dims, shapes[1].dims
        attention = attention_macs(steps, steps, features) + attention_macs(steps, kept, features)
        return attention + 2 * steps * features * self.dim_feedforward

    def arithmetic(self, *shapes: Shape) -> tuple[str, ...]:
        """Features of a head, widths of the feed-forward part."""
        features = shapes[0].dims[1]
        return (
            f"features of a head: {features} / {self.num_heads} = {features // self.num_heads}",
            f"feed-forward: {features} → {self.dim_feedforward} → {features}",
        )
