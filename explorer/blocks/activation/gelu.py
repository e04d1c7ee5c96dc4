"""Gaussian error linear unit."""

from typing import Literal

from explorer.blocks.demands import need_values
from explorer.graph.block import Block, Call, Shape, param


class GELU(Block):
    """Each value times the probability that a normal number is smaller."""

    title = "GELU"
    stem = "gelu"
    rank = 4
    sight = "place"
    summary = (
        "Each value times the probability that a standard normal number is smaller: y = x Phi(x). "
        "A ReLU with a soft bend, usual in Transformers (Hendrycks, Gimpel 2016; "
        "torch.nn.functional.gelu)."
    )

    approximate: Literal["none", "tanh"] = param(
        "none", "Phi exactly, or by the formula with tanh that GPT-2 uses."
    )

    def output_shape(self, *shapes: Shape) -> Shape:
        """Unchanged."""
        need_values(shapes[0])
        return shapes[0]

    def layer(self, *shapes: Shape) -> Call:
        """torch.nn.functional.gelu."""
        exact = self.approximate == "none"
        return Call.function("F.gelu({x})" if exact else 'F.gelu({x}, approximate="tanh")')
