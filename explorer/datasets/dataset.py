"""What a dataset is: a frozen description, cheap to read, and the arrays it loads on demand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from explorer.graph.block import Shape

if TYPE_CHECKING:  # the first paint must not wait for numpy
    import numpy as np
    from numpy.typing import NDArray

    Strokes = Sequence[
        NDArray[np.float64]
    ]  # one (points, 2) array for each stroke: x, y; y points down
    Pen = Callable[[Strokes], NDArray[np.uint8]]  # -> (C, H, W)


class DatasetError(ValueError):
    """A dataset that can't be had, in words for people: what is wrong, and the next step."""


@dataclass(frozen=True, slots=True, eq=False)
class Arrays:
    """The samples as read-only arrays: inputs uint8 (N, C, H, W), labels int64 (N,)."""

    train_inputs: NDArray[np.uint8]
    train_labels: NDArray[np.int64]
    test_inputs: NDArray[np.uint8]
    test_labels: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Dataset:
    """A bundled dataset. A network's input is (x / scale - mean) / std, x the stored uint8 value.

    `mean` and `std` are those of the training inputs after the division by `scale`. `pen` turns
    a drawing into such an x, as the dataset's own authors did; None where drawing makes no sense.
    """

    id: str
    title: str
    summary: str
    shape: Shape
    classes: tuple[str, ...]
    scale: float
    mean: float
    std: float
    train_size: int
    test_size: int
    licence: str
    load: Callable[[], Arrays]
    pen: Pen | None = None
    order: int = 100  # place in lists: smaller comes first
