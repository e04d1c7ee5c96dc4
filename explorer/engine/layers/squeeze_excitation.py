"""Channels weighed by a look at the whole image."""

import torch
import torch.nn.functional as F
from torch import nn


class SqueezeExcitation(nn.Module):
    """Weighs each channel by a gate that sees the mean of all (Hu et al. 2018)."""

    def __init__(self, channels: int, hidden: int) -> None:
        super().__init__()
        self.squeeze = nn.Linear(channels, hidden)
        self.excite = nn.Linear(hidden, channels)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        gate = F.relu(self.squeeze(x.mean((2, 3))))
        gate = torch.sigmoid(self.excite(gate))
        return x * gate[:, :, None, None]
