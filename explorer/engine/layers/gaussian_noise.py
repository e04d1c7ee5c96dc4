"""Noise against learning by heart."""

import torch
from torch import nn


class GaussianNoise(nn.Module):
    """Adds normal noise while training; afterwards it does nothing (Bishop 1995)."""

    def __init__(self, std: float) -> None:
        super().__init__()
        self.std = std

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.std * torch.randn_like(x) if self.training else x

    def extra_repr(self) -> str:
        return f"std={self.std}"
