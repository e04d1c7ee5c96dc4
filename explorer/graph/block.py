"""What a kind of layer is: its parameters, its shape rule, and the torch call that it describes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar, Literal

from explorer.graph.form import Argument as Argument
from explorer.graph.form import Form
from explorer.graph.form import Parameter as Parameter
from explorer.graph.form import param as param

Kind = Literal["image", "sequence", "vector", "tokens"]
Role = Literal["input", "layer", "output"]
Sight = Literal["place", "window", "row", "all", "untold"]

RANK: Mapping[Kind, int] = {"image": 3, "sequence": 2, "vector": 1, "tokens": 1}
AXES: Mapping[Kind, str] = {"image": "C x H x W", "sequence": "T x D", "vector": "D", "tokens": "T"}

PLUGINS = "plugins"  # the palette's group of blocks whose file is in no folder


@dataclass(frozen=True, slots=True)
class Shape:
    """The shape of one sample, without the batch: image (C, H, W), sequence (T, D), vector (D,),
    tokens (T,).
    """

    kind: Kind
    dims: tuple[int, ...]

    def __post_init__(self) -> None:
        if len(self.dims) != RANK[self.kind] or any(size < 1 for size in self.dims):
            raise ValueError(f"{self.dims} is not the shape of a {self.kind} ({AXES[self.kind]})")

    @property
    def size(self) -> int:
        """How many numbers one sample holds."""
        return math.prod(self.dims)

    def __str__(self) -> str:
        return " x ".join(str(size) for size in self.dims)


@dataclass(frozen=True, slots=True)
class BlockFix:
    """A repair as a block sees it: change its own parameters, or put a block on the wire into one
    of its inputs.
    """

    label: str
    changes: tuple[tuple[str, Argument], ...] = ()
    insert: str = ""  # kind of the block to insert
    insert_changes: tuple[tuple[str, Argument], ...] = ()
    insert_at: str = ""  # the input port; empty: the first


class ShapeError(ValueError):
    """An input that the block can't take, in words for people, with the arithmetic and, where one
    exists, a fix.
    """

    def __init__(self, message: str, fix: BlockFix | None = None) -> None:
        super().__init__(message)
        self.fix = fix


@dataclass(frozen=True, slots=True)
class Call:
    """A torch operation described, not made: the engine builds it, the source printer prints it.

    `layer` is the dotted name of the module's class ("nn.Conv2d"), empty where nothing is made.
    `forward` is a pipeline of Python expressions over `{layer}`, the block's input ports by name
    (`{x}`), `torch`, `nn` and `F`; each expression's value is the `{x}` (the first port) of the
    next. The last value is `{y}`, and `outputs` holds one expression over it for each output port.
    An expression never holds text from a document.
    """

    layer: str = ""
    arguments: tuple[Argument, ...] = ()
    keywords: tuple[tuple[str, Argument], ...] = ()
    forward: tuple[str, ...] = ("{layer}({x})",)
    outputs: tuple[str, ...] = ("{y}",)

    @classmethod
    def module(
        cls,
        layer: str,
        *arguments: Argument,
        forward: tuple[str, ...] = ("{layer}({x})",),
        defaults: Mapping[str, Argument] | None = None,
        **keywords: Argument,
    ) -> Call:
        """A module's call; keywords that equal torch's own `defaults` are left out, as a person
        would.
        """
        left_out = defaults or {}
        kept = tuple(
            (name, value)
            for name, value in keywords.items()
            if name not in left_out or left_out[name] != value
        )
        return cls(layer, arguments, kept, forward)

    @classmethod
    def function(cls, *forward: str) -> Call:
        """A call that constructs nothing: an expression, or several in a row."""
        return cls(forward=forward)


@dataclass(frozen=True, slots=True)
class Window:
    """What one place of an output sees of the input: `kernel` pixels or steps, `dilation` apart.
    The next place sees `stride` pixels further on; less than 1 where the output is larger.
    """

    kernel: int = 1
    stride: int | Fraction = 1
    dilation: int = 1


class Block(Form):
    """A kind of layer. A subclass is one file in `explorer/blocks/GROUP/KIND.py`; its instance
    holds the parameters.
    """

    kind: ClassVar[str] = ""  # the file's name, unless the class says another
    group: ClassVar[str] = ""  # the folder's name, unless the class says another
    role: ClassVar[Role] = "layer"
    title: ClassVar[str] = ""  # on the palette
    stem: ClassVar[str] = ""  # the first node's name: conv1 -> conv1, conv2; pool -> pool, pool2
    rank: ClassVar[int] = 50  # place within the palette group; equal ranks: by title
    summary: ClassVar[str] = ""  # what it does, one paragraph with its formula and source
    sight: ClassVar[Sight] = "untold"  # what a place of the output sees; statistics of norms aside
    training_only: ClassVar[bool] = False  # a network that answers passes its input on unchanged

    def __init_subclass__(cls, **keywords: Any) -> None:
        super().__init_subclass__(**keywords)
        *folders, file = cls.__module__.split(".")
        named = {"kind": file, "group": folders[-1] if folders else PLUGINS}
        for name in named.keys() - vars(cls).keys():
            setattr(cls, name, named[name])

    def form(self) -> tuple[Parameter, ...]:
        """The parameters that are edited."""
        return type(self).parameters()

    def entries(self) -> dict[str, Argument]:
        """Their values by name."""
        return self.values()

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the input ports."""
        return ("x",)

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of the output ports."""
        return ("y",)

    def output_shape(self, *shapes: Shape) -> Shape:
        """Shape of the only output for these input shapes, one for each input port; raises
        ShapeError.
        """
        raise NotImplementedError(f"{type(self).__name__} has no shape rule")

    def output_shapes(self, *shapes: Shape) -> tuple[Shape, ...]:
        """Shapes of all outputs; a block with several output ports overrides this."""
        return (self.output_shape(*shapes),)

    def layer(self, *shapes: Shape) -> Call:
        """The torch call for these input shapes, which `output_shapes` has accepted."""
        raise NotImplementedError(f"{type(self).__name__} describes no call")

    def weight_count(self, *shapes: Shape) -> int:
        """How many trainable numbers the layer has."""
        return 0

    def smallest_batch(self, *shapes: Shape) -> int:
        """With how many samples at a time, at least, it can be trained."""
        return 1

    def macs(self, *shapes: Shape) -> int:
        """Multiply-accumulate operations of matrix products and convolutions for one sample."""
        return 0

    def window(self, *shapes: Shape) -> Window:
        """What slides over the input, of a block whose sight is "window"."""
        raise NotImplementedError(f"{type(self).__name__} tells no window")

    def arithmetic(self, *shapes: Shape) -> tuple[str, ...]:
        """How the output shape comes about, with the numbers, a line each."""
        return ()


class Ported(Block):
    """A block that is told its ports."""

    input_ports: tuple[str, ...] = ("x",)
    output_ports: tuple[str, ...] = ("y",)

    @property
    def inputs(self) -> tuple[str, ...]:
        """As told."""
        return self.input_ports

    @property
    def outputs(self) -> tuple[str, ...]:
        """As told."""
        return self.output_ports


class UnknownBlock(Ported):
    """A block that this version does not know, kept as the file has it, with the ports that the
    file's wires name.
    """

    name: str
    fields: dict[str, Any]

    def output_shape(self, *shapes: Shape) -> Shape:
        """Never known: says so."""
        raise ShapeError(
            f"is a '{self.name}' block, which this version of the program does not have. "
            "It is kept as it is; replace or delete it to train."
        )


def need(shape: Shape, *kinds: Kind, fix: BlockFix | None = None) -> None:
    """Raise a ShapeError unless the input is of one of these kinds."""
    if shape.kind not in kinds:
        wanted = " or ".join(f"{_an(kind)} ({AXES[kind]})" for kind in kinds)
        raise ShapeError(f"expects {wanted} but gets {_an(shape.kind)} of {shape}", fix)


def _an(kind: str) -> str:
    return f"an {kind}" if kind == "image" else kind if kind == "tokens" else f"a {kind}"
