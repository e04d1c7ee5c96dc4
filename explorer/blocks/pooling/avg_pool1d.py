"""Average pooling over the steps of a sequence."""

from typing import ClassVar, Literal

from explorer.blocks.pooling_window import PoolingWindow


class AvgPool1d(PoolingWindow):
    """Takes each feature's mean over some steps in a row."""

    title = "AvgPool1d"
    stem = "pool"
    rank = 4
    torch_name = "nn.AvgPool1d"
    over: ClassVar[Literal["image", "sequence"]] = "sequence"
    summary = (
        "Takes each feature's mean over k steps in a row: y[t,d] = 1/k sum_u x[t s + u, d]. The "
        "sequence becomes shorter and smoother, its features stay; torch takes (D, T), so the "
        "axes are swapped around it (torch.nn.AvgPool1d)."
    )
