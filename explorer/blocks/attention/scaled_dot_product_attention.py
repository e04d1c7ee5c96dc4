"""Attention itself, without weights."""

from explorer.blocks.demands import need_sequence, to_features
from explorer.graph.block import Block, Call, Shape, ShapeError, param


class ScaledDotProductAttention(Block):
    """Takes of each value as much as its key fits the query."""

    title = "Scaled dot-product attention"
    stem = "attend"
    rank = 3
    sight = "all"
    summary = (
        "Attention itself, without weights of its own: each query is compared with every key, and "
        "out goes the sum of the values, weighted by how well their keys fit: y = softmax(Q Kᵀ / "
        "sqrt(d)) V. Put a Linear before each port to build a head (Vaswani et al. 2017, 3.2.1; "
        "torch.nn.functional.scaled_dot_product_attention)."
    )

    causal: bool = param(False, "Query t sees only the keys 0 to t.")

    @property
    def inputs(self) -> tuple[str, ...]:
        """Queries, keys and values."""
        return ("q", "k", "v")

    def output_shape(self, *shapes: Shape) -> Shape:
        """(T, D), (S, D), (S, V) -> (T, V)."""
        q, k, v = shapes
        for port, shape in zip(self.inputs, shapes, strict=True):
            need_sequence(shape, port)
        if q.dims[1] != k.dims[1]:
            raise ShapeError(
                f"compares queries with keys of as many features, but q is {q} and k is {k}",
                to_features(q.dims[1], "k"),
            )
        if k.dims[0] != v.dims[0]:
            raise ShapeError(f"needs a value for each key, but k is {k} and v is {v}")
        return Shape("sequence", (q.dims[0], v.dims[1]))

    def layer(self, *shapes: Shape) -> Call:
        """torch.nn.functional.scaled_dot_product_attention of one head: an axis that ONNX needs."""
        causal = ", is_causal=True" if self.causal else ""
        heads = "{q}[:, None], {k}[:, None], {v}[:, None]"
        return Call.function(f"F.scaled_dot_product_attention({heads}{causal})", "{q}[:, 0]")

    def macs(self, *shapes: Shape) -> int:
        """Q Kᵀ and its product with V."""
        q, k, v = shapes
        return q.dims[0] * k.dims[0] * (q.dims[1] + v.dims[1])

    def arithmetic(self, *shapes: Shape) -> tuple[str, ...]:
        """Size of the weights."""
        q, k, _ = shapes
        return (f"attention weights: {q.dims[0]} queries x {k.dims[0]} keys",)
