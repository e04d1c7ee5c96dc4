"""Where a sample enters the network."""

from typing import ClassVar

from explorer.graph.block import Block, Call, Role, Shape


class Input(Block):
    """The dataset's sample, normalised. Its shape is the dataset's."""

    role: ClassVar[Role] = "input"
    title = "Input"
    stem = "input"
    rank = 1
    summary = (
        "Hands one sample of the chosen dataset to the network, normalised to (x - mean) / std "
        "over the training data, so that values lie around 0. Its shape is the dataset's: 1 x 28 "
        "x 28 for MNIST."
    )

    @property
    def inputs(self) -> tuple[str, ...]:
        """None: the data come from the dataset."""
        return ()

    def output_shape(self, *shapes: Shape) -> Shape:
        """The dataset's shape, which the plan passes in."""
        return shapes[0]

    def layer(self, *shapes: Shape) -> Call:
        """Nothing to compute."""
        return Call.function("{x}")
