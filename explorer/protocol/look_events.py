"""What the engine shows of the inside of the network, for the watched sample.

Each event tells what its `network` was built from: the drawing may be another one by now.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from explorer.graph.document import Document
from explorer.protocol.event import Event, Floats


@dataclass(frozen=True, slots=True)
class Activation(Event):
    """What a node gives out for the watched sample: (C, H, W) image, (T, D) sequence or (D,)
    vector.
    """

    node: str
    step: int
    values: Floats
    network: Document | None = None

    def replaces(self) -> Hashable | None:
        """Only the latest of each node matters."""
        return (Activation, self.node)


@dataclass(frozen=True, slots=True)
class Kernels(Event):
    """The weights of a convolution: (out, in, kH, kW)."""

    node: str
    step: int
    weights: Floats
    bias: Floats | None
    network: Document | None = None

    def replaces(self) -> Hashable | None:
        """Only the latest of each node matters."""
        return (Kernels, self.node)


@dataclass(frozen=True, slots=True)
class Attention(Event):
    """Attention weights of the watched sample: (heads, T queries, T keys); each row sums to 1."""

    node: str
    step: int
    weights: Floats
    network: Document | None = None

    def replaces(self) -> Hashable | None:
        """Only the latest of each node matters."""
        return (Attention, self.node)


@dataclass(frozen=True, slots=True)
class Hidden(Event):
    """A recurrent layer over the watched sample's steps (top layer, forward direction).

    `hidden` is (T, H); `gates` holds (T, H) arrays by name: "input", "forget", "cell", "output"
    and "state" (c).
    """

    node: str
    step: int
    hidden: Floats
    gates: Mapping[str, Floats] = field(default_factory=dict)
    network: Document | None = None

    def replaces(self) -> Hashable | None:
        """Only the latest of each node matters."""
        return (Hidden, self.node)


@dataclass(frozen=True, slots=True)
class Thumbnails(Event):
    """A small 2-D picture (rows, columns) of every node's output for the watched sample, in the
    layer's own units.
    """

    step: int
    pictures: Mapping[str, Floats]
    network: Document | None = None

    def replaces(self) -> Hashable | None:
        """Only the latest matters."""
        return Thumbnails


@dataclass(frozen=True, slots=True)
class StepTimes(Event):
    """Seconds that each block takes of a training step of `batch` samples, forward and backward."""

    step: int
    batch: int
    seconds: Mapping[str, float]
    network: Document | None = None

    def replaces(self) -> Hashable | None:
        """Only the latest matters."""
        return StepTimes


@dataclass(frozen=True, slots=True)
class Watched(Event):
    """The watched sample itself: raw picture, its label (None for the user's own) and the network's
    probabilities.
    """

    picture: NDArray[np.uint8]
    label: int | None
    probabilities: Floats
    network: Document | None = None
    sample: int | None = None  # its number among the held-out ones

    def replaces(self) -> Hashable | None:
        """Only the latest matters."""
        return Watched
