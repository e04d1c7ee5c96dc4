"""Small handwritten digits that train in seconds: the optical recognition set of UCI."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.datasets import stored
from explorer.datasets.dataset import Arrays, Dataset
from explorer.graph.block import Shape

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from explorer.datasets.dataset import Strokes


def _load() -> Arrays:
    return stored.arrays("digits-8x8")


def _draw(strokes: Strokes) -> NDArray[np.uint8]:
    from explorer.datasets import ink

    return ink.block_counts(strokes)[None]


DATASET = Dataset(
    id="digits-8x8",
    title="Small digits 8 x 8",
    summary="Handwritten digits of 8 x 8 pixels. Trains in seconds; a small CNN reads 98 %.",
    shape=Shape("image", (1, 8, 8)),
    classes=tuple("0123456789"),
    scale=16.0,
    mean=0.3077,
    std=0.3773,
    train_size=3_823,
    test_size=1_797,
    licence="CC BY 4.0",
    load=_load,
    pen=_draw,
    order=20,
)
