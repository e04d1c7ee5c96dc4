"""A small picture of any value, for the face of a block: readable at about 64 pixels."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

SIDE = 48  # rows and columns, at most


def thumbnail(value: Tensor) -> NDArray[np.float32]:
    """(C, H, W), (T, D) or (D,) -> (rows, columns) in the value's own units."""
    pictures = {3: _image, 2: _matrix, 1: _vector}
    picture: NDArray[np.float32] = pictures[value.dim()](value.float()).cpu().numpy()
    return picture


def _image(maps: Tensor) -> Tensor:
    """The first 9, 4 or 1 channels as an atlas: always the same, so that the picture stays calm."""
    channels, height, width = maps.shape
    side = max(height, width)
    grid = 3 if side <= 15 and channels >= 9 else 2 if side <= 32 and channels >= 4 else 1
    if grid == 1:
        # A few channels of a picture belong together (red, green, blue); of many, one must do.
        return _shrunk(maps.mean(0) if channels <= 3 else maps[0], SIDE)
    tile = (SIDE - (grid - 1)) // grid
    tiles = [_shrunk(each, tile) for each in maps[: grid * grid]]
    rows, columns = tiles[0].shape
    # Between the maps stands 0, which every scale of signed values shows as nothing.
    atlas = tiles[0].new_zeros((grid * (rows + 1) - 1, grid * (columns + 1) - 1))
    for place, each in enumerate(tiles):
        top, left = place // grid * (rows + 1), place % grid * (columns + 1)
        atlas[top : top + rows, left : left + columns] = each
    return atlas


def _matrix(sequence: Tensor) -> Tensor:
    return _shrunk(sequence, SIDE)


def _vector(values: Tensor) -> Tensor:
    """Up to 16 numbers in one row; more in rows of equal length, nearly square."""
    size = len(values)
    rows = 1 if size <= 16 else _rows(size)
    columns = math.ceil(size / rows)
    filled = values.new_zeros((rows * columns,))
    filled[:size] = values
    return _shrunk(filled.reshape(rows, columns), SIDE)


def _rows(size: int) -> int:
    """The divisor next below the square root, or the root where that gives far longer rows."""
    root = math.isqrt(size)
    divisor = next(rows for rows in range(root, 0, -1) if size % rows == 0)
    return divisor if size <= 4 * divisor * divisor else root


def _shrunk(picture: Tensor, side: int) -> Tensor:
    """The mean over areas, where a side is longer than it may be."""
    rows, columns = min(picture.shape[0], side), min(picture.shape[1], side)
    if (rows, columns) == tuple(picture.shape):
        return picture
    return functional.adaptive_avg_pool2d(picture[None], (rows, columns))[0]
