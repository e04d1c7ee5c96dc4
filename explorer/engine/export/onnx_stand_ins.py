"""What torch's ONNX exporter can't convert, said with parts that it can."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

Reduce = Callable[[Tensor, int], Tensor]
Size = int | None  # None: as many as come in


class CellPool(nn.Module):
    """Adaptive pooling as slices: first bands of rows, then bands of columns."""

    def __init__(self, height: Size, width: Size, reduce: Reduce) -> None:
        super().__init__()
        self.sizes, self.reduce = (height, width), reduce

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) -> (B, C, height, width), cells as torch.nn.AdaptiveAvgPool2d has them."""
        for axis, wanted in zip((-2, -1), self.sizes, strict=True):
            whole = x.size(axis)
            size = wanted or whole
            bands = [
                x.narrow(axis, start := i * whole // size, -(-(i + 1) * whole // size) - start)
                for i in range(size)
            ]
            x = torch.stack([self.reduce(band, axis) for band in bands], dim=axis)
        return x


def with_stand_ins(network: nn.Module) -> nn.Module:
    """The same network, in place, with each such layer replaced, however deep it lies (in groups,
    in the modules of a user's file); it computes the same.
    """
    for home in list(network.modules()):
        for name, layer in home._modules.items():  # a layer of two names has to go from both
            stand_in = _stand_in(layer)
            if stand_in is not None:
                home._modules[name] = stand_in
    return network


def _stand_in(layer: nn.Module | None) -> CellPool | None:
    if isinstance(layer, nn.AdaptiveAvgPool2d):
        return CellPool(*_sizes(layer), torch.mean)
    if isinstance(layer, nn.AdaptiveMaxPool2d) and not layer.return_indices:
        return CellPool(*_sizes(layer), torch.amax)
    return None


def _sizes(layer: nn.AdaptiveAvgPool2d | nn.AdaptiveMaxPool2d) -> tuple[Size, Size]:
    match layer.output_size:
        case (height, width):
            return height, width
        case size:
            return size, size
