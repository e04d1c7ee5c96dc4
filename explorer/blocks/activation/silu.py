"""Sigmoid linear unit."""

from explorer.blocks.elementwise import Elementwise


class SiLU(Elementwise):
    """Each value times its own sigmoid."""

    title = "SiLU"
    stem = "silu"
    rank = 5
    expression = "F.silu({x})"
    summary = (
        "Each value times its own sigmoid: y = x / (1 + exp(-x)), also called swish. Smooth "
        "everywhere, a little below zero for negative values (Elfwing, Uchibe, Doya 2018; "
        "Ramachandran et al. 2017; torch.nn.functional.silu)."
    )
