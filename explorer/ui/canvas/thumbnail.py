"""Turns a small array of a layer's output into a picture, fast enough for ten times a second."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from explorer.ui.kit.colour_maps import NO_NUMBER, Map, map_of, packed_of

LARGEST = 256  # rows or columns; beyond this a thumbnail is thinned out
TOP = 254  # the last colour of a value; the one after it says that there is no number


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A picture of which only the colours depend on the scheme in use."""

    image: QImage
    scale: str  # in words
    given: bool  # what the network is given, not what it makes of it

    def coloured(self, dark: bool) -> QImage:
        """The picture as it looks on a light or on a dark ground."""
        image = self.image.copy()
        image.setColorTable(_colours(map_of("given" if self.given else "signed", dark)))
        return image


def thumbnail(values: NDArray[np.floating], given: bool = False) -> Thumbnail:
    """A picture of (rows, columns) values and its scale in words.

    An output is always symmetric about 0, blue below and red above, whatever signs it happens to
    have at present; what the network is given is grey from least to most.
    """
    thinned = values[:: _stride(values.shape[0]), :: _stride(values.shape[1])]
    numbers = np.isfinite(thinned)
    finite = np.where(numbers, thinned, 0.0)
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    words = f"{low:.3g} to {high:.3g}"
    if not given:
        reach = max(-low, high)
        low, high = -reach, reach
    return Thumbnail(_picture(finite, numbers, low, high), words, given)


def _stride(size: int) -> int:
    return max(1, -(-size // LARGEST))


def _picture(
    values: NDArray[np.floating], numbers: NDArray[np.bool_], low: float, high: float
) -> QImage:
    """Each value as the place of its colour; the middle one where all are the same."""
    span = high - low
    part = (values - low) / span if span > 0 else np.full(values.shape, 0.5)
    rows, columns = values.shape
    padded = np.zeros((rows, -(-columns // 4) * 4), np.uint8)  # QImage wants lines of whole words
    padded[:, :columns] = np.where(numbers, part * TOP + 0.5, TOP + 1)
    form = QImage.Format.Format_Indexed8
    return QImage(padded.tobytes(), columns, rows, padded.shape[1], form).copy()


@cache
def _colours(name: Map) -> tuple[int, ...]:
    """255 colours for values, and the one for what is none, as 0xAARRGGBB."""
    colours = packed_of(name)[np.linspace(0, 255, TOP + 1).round().astype(int)]
    return (*(int(colour) for colour in colours), NO_NUMBER)
