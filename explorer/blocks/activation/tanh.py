"""Hyperbolic tangent."""

from explorer.blocks.elementwise import Elementwise


class Tanh(Elementwise):
    """Squeezes every value between -1 and 1."""

    title = "Tanh"
    stem = "tanh"
    rank = 6
    expression = "torch.tanh({x})"
    summary = (
        "Squeezes every value between -1 and 1: y = (exp(x) - exp(-x)) / (exp(x) + exp(-x)). "
        "Centred at 0, but far from it the slope is nearly 0, and gradients fade (LeCun et al. "
        "1998, Efficient BackProp; torch.tanh)."
    )
