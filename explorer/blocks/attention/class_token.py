"""A learned step in front of a sequence."""

from explorer.blocks.demands import need_sequence
from explorer.graph.block import Block, Call, Shape


class ClassToken(Block):
    """Puts one learned step in front of the sequence."""

    title = "CLS token"
    stem = "cls"
    rank = 8
    sight = "place"
    summary = (
        "Puts one learned step in front of the sequence: y = [c, x[0], ..., x[T-1]]. Attention "
        "lets it gather from all others what the classification needs; after the last layer "
        "First step takes it out (Devlin et al. 2019; Dosovitskiy et al. 2021; torch.cat)."
    )

    def output_shape(self, *shapes: Shape) -> Shape:
        """(T, D) -> (T + 1, D)."""
        need_sequence(shapes[0])
        steps, features = shapes[0].dims
        return Shape("sequence", (steps + 1, features))

    def layer(self, *shapes: Shape) -> Call:
        """One parameter, concatenated."""
        return Call.module("layers.ClassToken", shapes[0].dims[1])

    def weight_count(self, *shapes: Shape) -> int:
        """One step."""
        return shapes[0].dims[1]

    def arithmetic(self, *shapes: Shape) -> tuple[str, ...]:
        """One more."""
        return (f"steps: {shapes[0].dims[0]} + 1 = {shapes[0].dims[0] + 1}",)
