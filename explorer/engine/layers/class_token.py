"""A learned step in front of a sequence."""

import torch
from torch import nn


class ClassToken(nn.Module):
    """Puts one learned step in front of the sequence (Devlin et al. 2019)."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.token = nn.Parameter(torch.randn(1, 1, features) * 0.02)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.cat([self.token.expand(x.size(0), 1, -1), x], dim=1)
