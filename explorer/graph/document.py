"""All that the user drew and set, as one immutable value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from explorer.graph.block import Block, Form, param


@dataclass(frozen=True, slots=True)
class Node:
    """A block placed on the canvas. `id` is its label and its name in code and weights."""

    id: str
    block: Block
    x: float = 0.0  # of the block's centre, in scene units (pixels at zoom 1)
    y: float = 0.0


@dataclass(frozen=True, slots=True)
class Wire:
    """From an output port of one node to an input port of another. One at most into an input."""

    source: str
    target: str
    output: str = "y"
    input: str = "x"

    def __str__(self) -> str:
        return f"{self.source} -> {self.target}"


class Training(Form):
    """How the network is trained."""

    optimiser: Literal["adam", "adamw", "sgd"] = param(
        "adam",
        "How weights follow the gradient. Adam adapts the step of each weight (Kingma, Ba 2015); "
        "AdamW decays weights apart from it (Loshchilov, Hutter 2019); SGD is plain gradient "
        "descent with momentum 0.9.",
    )
    rate: float = param(0.001, "Learning rate: the size of a step.", low=1e-6, high=10.0)
    weight_decay: float = param(
        0.0, "Pulls weights towards zero, each step by this share of the rate.", low=0.0, high=1.0
    )
    batch: int = param(64, "Samples per step.", low=1, high=4096)
    epochs: int = param(3, "Passes over the training data.", low=1, high=10_000)
    seed: int = param(
        0,
        "Where the random numbers start: same seed, same weights and order.",
        low=0,
        high=2**31 - 1,
    )


@dataclass(frozen=True)
class Document:
    """Nodes by id (in the order they were placed), wires, the dataset's id and the training
    settings.
    """

    title: str = "Untitled"
    dataset: str = "mnist"
    nodes: Mapping[str, Node] = field(default_factory=dict)
    wires: tuple[Wire, ...] = ()
    training: Training = field(default_factory=Training)

    def into(self, node: str, port: str) -> Wire | None:
        """The wire into this input port, if there is one."""
        return next((w for w in self.wires if w.target == node and w.input == port), None)
