"""Logistic function."""

from explorer.blocks.elementwise import Elementwise


class Sigmoid(Elementwise):
    """Squeezes every value between 0 and 1."""

    title = "Sigmoid"
    stem = "sigmoid"
    rank = 7
    expression = "torch.sigmoid({x})"
    summary = (
        "Squeezes every value between 0 and 1: y = 1 / (1 + exp(-x)). So a number becomes a share "
        "or a probability: times another value it is a gate (Rumelhart, Hinton, Williams 1986; "
        "torch.sigmoid)."
    )
