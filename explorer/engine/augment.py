"""Training pictures a little moved, turned and resized, on the device, each anew in every epoch."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from explorer.graph.document import Training


def augments(training: Training) -> bool:
    """Whether the settings ask for any change of the pictures."""
    return bool(training.shift or training.rotate or training.resize)


def augmented(raw: Tensor, training: Training) -> Tensor:
    """Raw pictures (B, C, H, W) as floats, each under a transformation of its own drawn evenly from
    the ranges of the settings; what comes in from outside is 0. Other samples come back unchanged.
    """
    if raw.dim() != 4:
        return raw
    count, _, height, width = raw.shape
    draws = torch.rand(4, count, device=raw.device, dtype=raw.dtype).mul_(2).sub_(1)
    angle = draws[0] * math.radians(training.rotate)
    # Evenly on a logarithmic scale: half as large as likely as twice as large.
    zoom = torch.exp(draws[1] * -math.log1p(training.resize))
    cosine, sine = torch.cos(angle) * zoom, torch.sin(angle) * zoom
    theta = torch.stack(  # (B, 2, 3): from the new picture's places to the old one's, within -1..1
        (
            torch.stack((cosine, -sine * height / width, draws[2] * 2 * training.shift), 1),
            torch.stack((sine * width / height, cosine, draws[3] * 2 * training.shift), 1),
        ),
        1,
    )
    grid = functional.affine_grid(theta, list(raw.shape), align_corners=False)
    return functional.grid_sample(raw, grid, align_corners=False)
