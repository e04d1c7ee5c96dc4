"""The last step of a sequence."""

from explorer.blocks.demands import need_sequence
from explorer.graph.block import Block, Call, Shape


class LastStep(Block):
    """Keeps only what the sequence ends with."""

    title = "Last step"
    stem = "last"
    rank = 3
    sight = "place"
    summary = (
        "Keeps only the last step: (T, D) becomes D. After an LSTM that is the hidden state once "
        "the whole sequence has been read, and so a summary of it."
    )

    def output_shape(self, *shapes: Shape) -> Shape:
        """(T, D) -> (D,)."""
        need_sequence(shapes[0])
        return Shape("vector", shapes[0].dims[1:])

    def layer(self, *shapes: Shape) -> Call:
        """An index."""
        return Call.function("{x}[:, -1]")
