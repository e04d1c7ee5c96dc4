"""All that the user drew and set, as one immutable value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from explorer.graph.block import Block
from explorer.graph.form import Argument, Form, param

FIRST_SETTINGS = frozenset({"optimiser", "rate", "weight_decay", "batch", "epochs", "seed"})
SECTIONS: Mapping[str, tuple[str, ...]] = {  # of the training settings, as forms show them
    "Training": ("optimiser", "rate", "weight_decay", "batch", "epochs", "patience", "seed"),
    "Augmentation": ("shift", "rotate", "resize", "noise", "cut_out"),
    "Precision and memory": ("precision", "accumulate", "compile"),
}


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


Port = tuple[str, str]  # node id, port


@dataclass(frozen=True, slots=True)
class Group:
    """Nodes that stand for one block: a class of their own in the code, `name` in the weights.
    Groups share no members and hold no other groups.
    """

    name: str
    members: tuple[str, ...]  # in the order of the document's nodes
    folded: bool = False  # drawn as one block
    repeat: int = 1  # so many copies in a row, each with weights of its own
    shared: tuple[tuple[Port, ...], ...] = ()  # inputs that take one value, as last wired


@dataclass(frozen=True, slots=True)
class Note:
    """A text on the canvas, for people. `id` is never shown."""

    id: str
    text: str = ""
    x: float = 0.0  # of the upper left corner, in scene units
    y: float = 0.0
    width: float = 192.0
    height: float = 96.0


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
    patience: int = param(
        0,
        "Ends the run after so many epochs without a smaller loss on the test samples, with the "
        "weights of the best epoch; 0: never.",
        low=0,
        high=10_000,
    )
    accumulate: int = param(
        1,
        "Pieces in which a batch is computed, one after another: less memory, the same step "
        "(but for batch normalisation, which sees a piece at a time).",
        low=1,
        high=256,
    )
    precision: Literal["float32", "bfloat16", "float16", "float64"] = param(
        "float32",
        "Numbers of a training step. bfloat16 and float16: layers compute with half the bits where "
        "that is safe (automatic mixed precision), faster on recent GPUs, slower on most CPUs. "
        "float64: twice the bits, to compare computations.",
    )
    compile: bool = param(
        False,
        "The network's training step is first compiled for this device (torch.compile), which "
        "takes from some seconds to minutes. Made for GPUs; on a CPU the tutorial CNN took twice "
        "as long a step with it as without. Dropout draws other numbers than without; a resumed "
        "run is repeated exactly where it is compiled again. Not for recurrent layers. Where "
        "compiling fails, training goes on without, and says so.",
    )
    shift: float = param(
        0.0,
        "Augmentation: training pictures are moved by up to this share of their size.",
        low=0.0,
        high=0.5,
    )
    rotate: float = param(
        0.0,
        "Augmentation: training pictures are turned by up to so many degrees to either side.",
        low=0.0,
        high=180.0,
    )
    resize: float = param(
        0.0,
        "Augmentation: training pictures are made larger or smaller by up to this share.",
        low=0.0,
        high=1.0,
    )
    noise: float = param(
        0.0,
        "Augmentation: each number of a training picture is changed by a normally distributed one "
        "with this standard deviation, as a share of the value range.",
        low=0.0,
        high=1.0,
    )
    cut_out: float = param(
        0.0,
        "Augmentation: a square somewhere in each training picture becomes the mean grey; its side "
        "is this share of the picture's shorter one (cutout: DeVries, Taylor 2017).",
        low=0.0,
        high=1.0,
    )
    seed: int = param(
        0,
        "Where the random numbers start: same seed, same weights and order.",
        low=0,
        high=2**31 - 1,
    )

    def written(self) -> dict[str, Argument]:
        """What a file holds: settings that every document has had from the first, and of the later
        ones those that were set, so that older programs read what does not need the newer ones.
        """
        default = Training()
        return {
            name: value
            for name, value in self.values().items()
            if name in FIRST_SETTINGS or value != getattr(default, name)
        }


@dataclass(frozen=True)
class Document:
    """Nodes by id (in the order they were placed), wires, the dataset's id, the training settings,
    groups of nodes and notes.
    """

    title: str = "Untitled"
    dataset: str = "mnist"
    nodes: Mapping[str, Node] = field(default_factory=dict)
    wires: tuple[Wire, ...] = ()
    training: Training = field(default_factory=Training)
    groups: tuple[Group, ...] = ()
    notes: tuple[Note, ...] = ()

    @cached_property
    def group_of(self) -> Mapping[str, Group]:
        """The group of each node that is in one."""
        return {name: group for group in self.groups for name in group.members}

    @property
    def names(self) -> frozenset[str]:
        """Names that are taken, by nodes and by groups: all become attributes of a module."""
        return frozenset(self.nodes) | {group.name for group in self.groups}

    def group(self, name: str) -> Group | None:
        """The group of this name, if there is one."""
        return next((group for group in self.groups if group.name == name), None)

    def into(self, node: str, port: str) -> Wire | None:
        """The wire into this input port, if there is one."""
        return next((w for w in self.wires if w.target == node and w.input == port), None)
