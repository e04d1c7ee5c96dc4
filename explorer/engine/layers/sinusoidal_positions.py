"""Positions as waves."""

import torch
from torch import nn


class SinusoidalPositions(nn.Module):
    """Adds sines and cosines of the step's place (Vaswani et al. 2017, 3.5)."""

    waves: torch.Tensor

    def __init__(self, length: int, features: int) -> None:
        super().__init__()
        pairs = torch.arange(0, features, 2) / features
        angles = torch.arange(length)[:, None] / 10000**pairs
        waves = torch.stack([angles.sin(), angles.cos()], dim=2).flatten(1)
        self.register_buffer("waves", waves[:, :features], persistent=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.waves[: x.size(1)]
