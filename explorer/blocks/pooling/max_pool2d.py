"""Max pooling of images."""

from explorer.blocks.pooling_window import PoolingWindow


class MaxPool2d(PoolingWindow):
    """Keeps the largest value of each window."""

    title = "MaxPool2d"
    stem = "pool"
    rank = 1
    torch_name = "nn.MaxPool2d"
    summary = (
        "Keeps the largest value of each window: y[c,i,j] = max_u,v x[c, i s + u, j s + v]. "
        "Whether a feature is there matters more than where exactly, and a 2 x 2 window leaves a "
        "quarter of the numbers (torch.nn.MaxPool2d)."
    )
