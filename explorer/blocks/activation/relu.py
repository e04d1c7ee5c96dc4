"""Rectified linear unit."""

from explorer.graph.block import Block, Call, Shape


class ReLU(Block):
    """Cuts negative values to zero."""

    title = "ReLU"
    stem = "relu"
    rank = 1
    summary = (
        "Cuts negative values to zero: y = max(0, x). Without a bend like this between them, "
        "layers in a row would be one linear layer (Nair, Hinton 2010; torch.nn.functional.relu)."
    )

    def output_shape(self, *shapes: Shape) -> Shape:
        """Unchanged."""
        return shapes[0]

    def layer(self, *shapes: Shape) -> Call:
        """torch.nn.functional.relu."""
        return Call.function("F.relu({x})")
