"""Turns a small array of a layer's output into a picture, fast enough for ten times a second."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

LARGEST = 256  # rows or columns; beyond this a thumbnail is thinned out

# Anchors from dark to light (grey) and from negative over zero to positive (blue, white, red).
GREY = ((18, 20, 24), (236, 240, 244))
DIVERGING = ((24, 82, 178), (134, 182, 235), (247, 247, 247), (240, 158, 128), (178, 28, 32))


def thumbnail(values: NDArray[np.floating], signed: bool = True) -> tuple[QImage, str]:
    """A picture of (rows, columns) values and its scale in words.

    Values of both signs: symmetric about 0, blue below and red above; else, or where the sign
    means nothing, grey from least to most.
    """
    thinned = values[:: _stride(values.shape[0]), :: _stride(values.shape[1])]
    finite = np.nan_to_num(thinned, nan=0.0, posinf=0.0, neginf=0.0)
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    if signed and low < 0 < high:
        reach = max(-low, high)
        return _picture(finite, -reach, reach, _table(DIVERGING)), f"{low:.3g} to {high:.3g}"
    return _picture(finite, low, high, _table(GREY)), f"{low:.3g} to {high:.3g}"


def _stride(size: int) -> int:
    return max(1, -(-size // LARGEST))


def _picture(
    values: NDArray[np.floating], low: float, high: float, table: tuple[int, ...]
) -> QImage:
    span = high - low
    scaled = (values - low) * (255.0 / span) if span > 0 else np.zeros_like(values)
    rows, columns = values.shape
    padded = np.zeros((rows, -(-columns // 4) * 4), np.uint8)  # QImage wants lines of whole words
    padded[:, :columns] = scaled + 0.5
    image = QImage(
        padded.tobytes(), columns, rows, padded.shape[1], QImage.Format.Format_Indexed8
    ).copy()
    image.setColorTable(table)
    return image


@cache
def _table(anchors: tuple[tuple[int, int, int], ...]) -> tuple[int, ...]:
    """256 colours between the anchors, as 0xAARRGGBB."""
    places = np.linspace(0.0, 1.0, len(anchors))
    steps = np.linspace(0.0, 1.0, 256)
    red, green, blue = (
        np.interp(steps, places, [anchor[i] for anchor in anchors]).astype(np.int64)
        for i in range(3)
    )
    return tuple(int(v) for v in (0xFF << 24) | (red << 16) | (green << 8) | blue)
