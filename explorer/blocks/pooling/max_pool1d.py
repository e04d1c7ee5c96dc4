"""Max pooling over the steps of a sequence."""

from typing import ClassVar, Literal

from explorer.blocks.pooling_window import PoolingWindow


class MaxPool1d(PoolingWindow):
    """Keeps each feature's largest value of some steps in a row."""

    title = "MaxPool1d"
    stem = "pool"
    rank = 3
    torch_name = "nn.MaxPool1d"
    over: ClassVar[Literal["image", "sequence"]] = "sequence"
    summary = (
        "Keeps each feature's largest value of k steps in a row: y[t,d] = max_u x[t s + u, d]. "
        "The sequence becomes shorter, its features stay; torch takes (D, T), so the axes are "
        "swapped around it (torch.nn.MaxPool1d)."
    )
