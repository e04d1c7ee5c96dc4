"""Average pooling of images."""

from explorer.blocks.pooling_window import PoolingWindow


class AvgPool2d(PoolingWindow):
    """Takes the mean of each window."""

    title = "AvgPool2d"
    stem = "pool"
    rank = 2
    torch_name = "nn.AvgPool2d"
    summary = (
        "Takes the mean of each window: y[c,i,j] = 1/k² sum_u,v x[c, i s + u, j s + v]. Smoother "
        "than max pooling: every value counts, none stands out (LeCun et al. 1998; "
        "torch.nn.AvgPool2d)."
    )
