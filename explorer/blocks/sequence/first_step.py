"""The first step of a sequence."""

from explorer.blocks.demands import need_sequence
from explorer.graph.block import Block, Call, Shape


class FirstStep(Block):
    """Keeps only what the sequence begins with."""

    title = "First step"
    stem = "first"
    rank = 2
    sight = "place"
    summary = (
        "Keeps only the first step: (T, D) becomes D, y = x[0]. After attention with a CLS token "
        "that is what the token has gathered from all other steps (Devlin et al. 2019; Dosovitskiy "
        "et al. 2021)."
    )

    def output_shape(self, *shapes: Shape) -> Shape:
        """(T, D) -> (D,)."""
        need_sequence(shapes[0])
        return Shape("vector", shapes[0].dims[1:])

    def layer(self, *shapes: Shape) -> Call:
        """An index."""
        return Call.function("{x}[:, 0]")
