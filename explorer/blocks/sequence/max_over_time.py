"""The largest of a sequence's steps."""

from explorer.blocks.demands import need_sequence
from explorer.graph.block import Block, Call, Shape


class MaxOverTime(Block):
    """Keeps each feature's largest value over all steps."""

    title = "Max over time"
    stem = "peak"
    rank = 5
    sight = "all"
    summary = (
        "Keeps each feature's largest value over all steps: (T, D) becomes D, y[d] = max_t x[t,d]. "
        "Tells whether a feature was there at all, wherever it stood (Collobert et al. 2011; Kim "
        "2014; torch.amax)."
    )

    def output_shape(self, *shapes: Shape) -> Shape:
        """(T, D) -> (D,)."""
        need_sequence(shapes[0])
        return Shape("vector", shapes[0].dims[1:])

    def layer(self, *shapes: Shape) -> Call:
        """torch.Tensor.amax over the steps."""
        return Call.function("{x}.amax(dim=1)")
