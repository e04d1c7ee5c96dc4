"""The mean of a sequence's steps."""

from explorer.blocks.demands import need_sequence
from explorer.graph.block import Block, Call, Shape


class MeanOverTime(Block):
    """Averages all steps."""

    title = "Mean over time"
    stem = "mean"
    rank = 4
    sight = "all"
    summary = (
        "Averages all steps: (T, D) becomes D, y = 1/T sum_t x[t]. Every step counts the same, "
        "wherever it stands, so the order is lost unless the features carry it."
    )

    def output_shape(self, *shapes: Shape) -> Shape:
        """(T, D) -> (D,)."""
        need_sequence(shapes[0])
        return Shape("vector", shapes[0].dims[1:])

    def layer(self, *shapes: Shape) -> Call:
        """torch.Tensor.mean over the steps."""
        return Call.function("{x}.mean(dim=1)")
