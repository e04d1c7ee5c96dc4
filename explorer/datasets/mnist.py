"""MNIST: handwritten digits, the data of the tutorials, complete."""

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
    return stored.arrays("mnist")


def _draw(strokes: Strokes) -> NDArray[np.uint8]:
    from explorer.datasets import ink

    return ink.picture(strokes)[None]


DATASET = Dataset(
    id="mnist",
    title="MNIST digits",
    summary="Handwritten digits, 28 x 28 grey pixels: where to begin. A small CNN reads 99 %.",
    shape=Shape("image", (1, 28, 28)),
    classes=tuple("0123456789"),
    scale=255.0,
    mean=0.1307,
    std=0.3081,
    train_size=60_000,
    test_size=10_000,
    licence="CC BY-SA 3.0",
    load=_load,
    pen=_draw,
    order=10,
)
