"""What torch's ONNX exporter can't convert, said with parts that it can."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

Reduce = Callable[[Tensor, int], Tensor]


class CellPool(nn.Module):
    """Adaptive pooling as slices: first bands of rows, then bands of columns."""

    def __init__(self, height: int, width: int, reduce: Reduce) -> None:
        super().__init__()
        self.sizes, self.reduce = (height, width), reduce

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) -> (B, C, height, width), cells as torch.nn.AdaptiveAvgPool2d has them."""
        for axis, size in zip((2, 3), self.sizes, strict=True):
            whole = x.size(axis)
            bands = [
                x.narrow(axis, start := i * whole // size, -(-(i + 1) * whole // size) - start)
                for i in range(size)
            ]
            x = torch.stack([self.reduce(band, axis) for band in bands], dim=axis)
        return x


def with_stand_ins(network: nn.Module) -> nn.Module:
    """The same network, in place, with each such layer replaced; it computes the same."""
    for name, layer in list(network.named_children()):
        if isinstance(layer, nn.AdaptiveAvgPool2d):
            setattr(network, name, CellPool(*_sizes(layer), torch.mean))
        elif isinstance(layer, nn.AdaptiveMaxPool2d):
            setattr(network, name, CellPool(*_sizes(layer), torch.amax))
    return network


def _sizes(layer: nn.AdaptiveAvgPool2d | nn.AdaptiveMaxPool2d) -> tuple[int, int]:
    match layer.output_size:
        case (int(height), int(width)):
            return height, width
        case size:
            raise ValueError(f"blocks give height and width, not {size}")
