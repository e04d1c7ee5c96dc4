"""A vector for each token."""

from explorer.graph.block import Block, Call, Shape, need, param


class Embedding(Block):
    """Looks up a learned vector for each token."""

    title = "Embedding"
    stem = "embedding"
    rank = 4
    sight = "place"
    summary = (
        "Looks up a learned vector for each token: y[t] = E[x[t]]. Tokens are only names; through "
        "training, tokens of like use get like vectors (Bengio et al. 2003; Mikolov et al. 2013; "
        "torch.nn.Embedding)."
    )

    num_embeddings: int = param(
        256, "Tokens that there are: the size of the vocabulary.", low=1, high=1_000_000
    )
    embedding_dim: int = param(64, "Features of each vector.", low=1, high=8192)

    def output_shape(self, *shapes: Shape) -> Shape:
        """(T,) -> (T, embedding_dim)."""
        need(shapes[0], "tokens")
        return Shape("sequence", (*shapes[0].dims, self.embedding_dim))

    def layer(self, *shapes: Shape) -> Call:
        """torch.nn.Embedding."""
        return Call.module("nn.Embedding", self.num_embeddings, self.embedding_dim)

    def weight_count(self, *shapes: Shape) -> int:
        """A vector for each token."""
        return self.num_embeddings * self.embedding_dim

    def arithmetic(self, *shapes: Shape) -> tuple[str, ...]:
        """Each token becomes a step."""
        return (f"{shapes[0]} tokens → {shapes[0]} steps of {self.embedding_dim} features",)
