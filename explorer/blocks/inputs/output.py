"""Where the answer leaves the network."""

from typing import ClassVar

from explorer.blocks.demands import EMBED, FLATTEN
from explorer.graph.block import Block, BlockFix, Call, Role, Shape, need

MEAN = BlockFix("Insert Mean over time", insert="mean_over_time")


class Output(Block):
    """The logits, one for each class of the dataset."""

    role: ClassVar[Role] = "output"
    title = "Output"
    stem = "output"
    rank = 2
    summary = (
        "Takes the logits: one number for each class, any size or sign. Softmax p_i = exp(z_i) / "
        "sum_j exp(z_j) turns them into probabilities, and training lowers the cross-entropy loss "
        "-log p of the true class (Goodfellow, Bengio, Courville: Deep Learning, 2016, 6.2.2; "
        "torch.nn.CrossEntropyLoss)."
    )

    @property
    def outputs(self) -> tuple[str, ...]:
        """None: the way ends here."""
        return ()

    def output_shape(self, *shapes: Shape) -> Shape:
        """The logits as they come in; they must be a vector."""
        (x,) = shapes
        fixes = {"image": FLATTEN, "tokens": EMBED}
        need(x, "vector", fix=fixes.get(x.kind, MEAN))
        return x

    def output_shapes(self, *shapes: Shape) -> tuple[Shape, ...]:
        """No port goes out; the check is made all the same."""
        self.output_shape(*shapes)
        return ()

    def layer(self, *shapes: Shape) -> Call:
        """Nothing to compute: the loss takes logits."""
        return Call.function("{x}")
