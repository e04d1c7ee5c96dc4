"""Attention from one sequence to another."""

from explorer.blocks.demands import need_heads, need_sequence
from explorer.graph.block import Block, Call, Shape, param


class CrossAttention(Block):
    """Every step of one sequence looks at every step of another."""

    title = "Cross-attention"
    stem = "cross"
    rank = 2
    sight = "all"
    summary = (
        "Every step of the query sequence asks, every step of the memory offers (key) and gives "
        "(value): y = softmax(Q Kᵀ / sqrt(d)) V in each head, heads side by side, through one "
        "more linear map. So a decoder reads what an encoder found (Vaswani et al. 2017, 3.2.3; "
        "torch.nn.MultiheadAttention)."
    )

    num_heads: int = param(
        8, "Heads that look in parallel; must divide the query's features.", low=1, high=128
    )
    dropout: float = param(
        0.0, "Share of the attention weights switched off while training.", low=0.0, high=0.95
    )
    bias: bool = param(True, "Add learned numbers in the linear maps.")

    @property
    def inputs(self) -> tuple[str, ...]:
        """Who asks, and what is asked."""
        return ("query", "memory")

    def output_shape(self, *shapes: Shape) -> Shape:
        """(T, D), (S, E) -> (T, D)."""
        query, memory = shapes
        need_sequence(query, "query")
        need_sequence(memory, "memory")
        need_heads(query.dims[1], self.num_heads)
        return query

    def layer(self, *shapes: Shape) -> Call:
        """torch.nn.MultiheadAttention with key = value = memory."""
        query, memory = shapes
        features, others = query.dims[1], memory.dims[1]
        return Call.module(
            "nn.MultiheadAttention",
            forward=("{layer}({query}, {memory}, {memory})[0]",),
            defaults={"dropout": 0.0, "bias": True, "kdim": features, "vdim": features},
            embed_dim=features,
            num_heads=self.num_heads,
            dropout=self.dropout,
            bias=self.bias,
            kdim=others,
            vdim=others,
            batch_first=True,
        )

    def weight_count(self, *shapes: Shape) -> int:
        """Query and output maps D x D, key and value maps D x E, and their biases."""
        features, others = shapes[0].dims[1], shapes[1].dims[1]
        return 2 * features * (features + others) + 4 * features * self.bias

    def macs(self, *shapes: Shape) -> int:
        """The four maps, and Q Kᵀ and its product with V over all pairs of steps."""
        (steps, features), (kept, others) = shapes[0].dims, shapes[1].dims
        maps = 2 * features * (steps * features + kept * others)
        return maps + 2 * steps * kept * features

    def arithmetic(self, *shapes: Shape) -> tuple[str, ...]:
        """Features of a head, size of the weights."""
        (steps, features), (kept, _) = shapes[0].dims, shapes[1].dims
        return (
            f"features of a head: {features} / {self.num_heads} = {features // self.num_heads}",
            f"attention weights: {self.num_heads} heads of {steps} x {kept}",
        )
