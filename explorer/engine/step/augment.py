"""Training pictures a little changed, on the device, each anew in every epoch.

All numbers are drawn from torch's own generator, whose state a checkpoint holds.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from explorer.graph.document import Training


def augments(training: Training) -> bool:
    """Whether the settings ask for any change of the raw pictures."""
    return moves(training) or bool(training.noise)


def moves(training: Training) -> bool:
    """Whether pictures are moved, turned or resized."""
    return bool(training.shift or training.rotate or training.resize)


def augmented(raw: Tensor, training: Training, scale: float = 255.0) -> Tensor:
    """Raw pictures (B, C, H, W) from 0 to `scale`, as floats: moved, turned, resized, with noise,
    as the settings say. Other samples come back unchanged.
    """
    if raw.dim() != 4:
        return raw
    if moves(training):
        raw = _moved(raw, training)
    if training.noise:
        raw = raw + torch.randn_like(raw).mul_(training.noise * scale)
    return raw


def cut_out(pictures: Tensor, share: float) -> Tensor:
    """Normalised pictures (B, C, H, W), changed in place: in each a square becomes 0, the mean. Its
    middle is anywhere, so that a part of it may lie outside (DeVries, Taylor 2017).
    """
    if pictures.dim() != 4:
        return pictures
    count, _, height, width = pictures.shape
    side = max(1, round(share * min(height, width)))
    middles = torch.rand(2, count, 1, device=pictures.device, dtype=pictures.dtype)
    down = _within(height, middles[0], side)  # (B, H)
    across = _within(width, middles[1], side)  # (B, W)
    return pictures.masked_fill_((down[:, :, None] & across[:, None, :])[:, None], 0.0)


def _within(length: int, middle: Tensor, side: int) -> Tensor:
    """Which of `length` places lie within `side` places round each middle, (B, 1) from 0 to 1."""
    first = (middle * length).floor() - side // 2
    places = torch.arange(length, device=middle.device)
    return (places >= first) & (places < first + side)


def _moved(raw: Tensor, training: Training) -> Tensor:
    """Each picture under a transformation of its own drawn evenly from the ranges of the settings;
    what comes in from outside is 0.
    """
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
