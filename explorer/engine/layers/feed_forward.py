"""Two linear layers with a bend between them."""

import torch
import torch.nn.functional as F
from torch import nn


class FeedForward(nn.Module):
    """Linear, activation, dropout, Linear (Vaswani et al. 2017, 3.3)."""

    def __init__(
        self,
        features: int,
        hidden: int,
        out_features: int,
        activation: str = "relu",
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.widen = nn.Linear(features, hidden)
        self.narrow = nn.Linear(hidden, out_features)
        self.activation = getattr(F, activation)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        hidden = self.dropout(self.activation(self.widen(x)))
        narrowed: torch.Tensor = self.narrow(hidden)
        return narrowed
