"""Rectified linear unit."""

from explorer.blocks.elementwise import Elementwise


class ReLU(Elementwise):
    """Cuts negative values to zero."""

    title = "ReLU"
    stem = "relu"
    rank = 1
    expression = "F.relu({x})"
    summary = (
        "Cuts negative values to zero: y = max(0, x). Without a bend like this between them, "
        "layers in a row would be one linear layer (Nair, Hinton 2010; torch.nn.functional.relu)."
    )
