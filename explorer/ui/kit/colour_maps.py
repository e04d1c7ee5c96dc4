"""Numbers to colours, the one place for it: a sequential map for amounts, a diverging one centred
on 0 for signed values, grey for what the network is given.

Which of them a quantity has depends on what it is, never on the values that it happens to have:
outputs, weights and gradients are signed, shares and counts are amounts.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

Array = NDArray[np.float32]
Bytes = NDArray[np.uint8]
Pixels = NDArray[np.uint32]
Quantity = Literal["amount", "signed", "given"]
Map = Literal["amount", "signed", "signed-dark", "given"]

ANCHORS: dict[Map, tuple[str, ...]] = {
    # Ten points of viridis (Smith, van der Walt 2015): even steps look even, in grey too.
    "amount": (
        "440154", "482878", "3e4989", "31688e", "26828e",
        "1f9e89", "35b779", "6ece58", "b5de2b", "fde725",
    ),
    # ColorBrewer's RdBu turned round: blue below 0, red above; told apart by the colour-blind.
    "signed": (
        "053061", "2166ac", "4393c3", "92c5de", "d1e5f0", "f7f7f7",
        "fddbc7", "f4a582", "d6604d", "b2182b", "67001f",
    ),
    # The same hues on a dark ground: 0 sinks into it, and what is far from 0 shines.
    "signed-dark": (
        "b3dcff", "74b9f5", "3f92d8", "2a6aa6", "28456a", "2b3037",
        "63382f", "9c4a38", "d2654c", "f3937a", "ffcdbb",
    ),
    "given": ("121418", "ecf0f4"),
}  # fmt: skip
NO_NUMBER = 0xFFFF00FF  # NaN and infinities must not look like a value


@dataclass(frozen=True, slots=True)
class Scale:
    """From `low` to `high`; that of a signed quantity has its middle colour at 0."""

    low: float
    high: float
    quantity: Quantity

    @classmethod
    def of(cls, values: Array, quantity: Quantity) -> Scale:
        """The scale that just holds the finite values; amounts begin at 0 or below."""
        low, high = extremes(values)
        if quantity == "signed":
            reach = max(abs(low), abs(high))
            return cls(-reach, reach, quantity)
        return cls(min(low, 0.0) if quantity == "amount" else low, high, quantity)

    @property
    def signed(self) -> bool:
        """Whether 0 has a colour of its own, in the middle."""
        return self.quantity == "signed"

    def pixels(self, values: Array, dark: bool = False) -> Pixels:
        """Each value as 0xffRRGGBB; `dark`: the ground is."""
        span = self.high - self.low
        middle = 0.5 if self.signed else 0.0
        with np.errstate(invalid="ignore", over="ignore"):
            part = (values - self.low) / span if span > 0 else np.full(values.shape, middle)
            index = np.nan_to_num(np.clip(part, 0, 1) * 255 + 0.5).astype(np.uint8)
        found: Pixels = packed_of(map_of(self.quantity, dark))[index]
        wrong = ~np.isfinite(values)
        if wrong.any():
            found[wrong] = NO_NUMBER
        return found


def extremes(values: Array) -> tuple[float, float]:
    """The least and the greatest finite value; 0 and 0 where there is none."""
    if values.size == 0:
        return 0.0, 0.0
    low, high = float(values.min()), float(values.max())
    if np.isfinite(low) and np.isfinite(high):
        return low, high
    finite = values[np.isfinite(values)]
    return (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)


def table(quantity: Quantity, dark: bool = False) -> Bytes:
    """256 colours of a quantity's map as (256, 3)."""
    return table_of(map_of(quantity, dark))


def map_of(quantity: Quantity, dark: bool) -> Map:
    """The map for a quantity; only the diverging one has a version for dark grounds."""
    return "signed-dark" if quantity == "signed" and dark else quantity


@cache
def table_of(name: Map) -> Bytes:
    """256 colours between a map's anchors, as (256, 3)."""
    names = ANCHORS[name]
    points = np.array([[int(each[k : k + 2], 16) for k in (0, 2, 4)] for each in names], float)
    places = np.linspace(0, len(names) - 1, 256)
    columns = [np.interp(places, np.arange(len(names)), points[:, k]) for k in range(3)]
    colours: Bytes = np.rint(np.stack(columns, axis=1)).astype(np.uint8)
    return colours


@cache
def packed_of(name: Map) -> Pixels:
    """The same colours as 0xffRRGGBB."""
    red, green, blue = table_of(name).astype(np.uint32).T
    colours: Pixels = np.uint32(0xFF000000) | (red << 16) | (green << 8) | blue
    return colours


def image(pixels: Pixels) -> QImage:
    """(rows, columns) of 0xAARRGGBB as a picture that owns its bytes; 0 is transparent."""
    rows, columns = pixels.shape
    form = QImage.Format.Format_ARGB32_Premultiplied
    return QImage(pixels.tobytes(), columns, rows, columns * 4, form).copy()


def grey_image(picture: NDArray[np.uint8], scale: float = 255.0) -> QImage:
    """A raw sample (C, H, W) as it is stored: one channel grey, three in colour."""
    levels = np.clip(picture.astype(np.float32) * (255.0 / scale), 0, 255).astype(np.uint8)
    channels = levels if levels.shape[0] == 3 else np.repeat(levels[:1], 3, axis=0)
    red, green, blue = channels.astype(np.uint32)
    return image(np.uint32(0xFF000000) | (red << 16) | (green << 8) | blue)


def number(value: float) -> str:
    """Four significant digits."""
    return f"{value:.4g}"
