"""What RNN, LSTM and GRU have in common: parameters, shapes, two outputs, counts."""

from dataclasses import replace
from typing import ClassVar

from explorer.blocks.demands import need_sequence, need_size
from explorer.graph.block import Argument, Block, BlockFix, Call, Shape, ShapeError, param


class Recurrence(Block):
    """A layer with a hidden state. A subclass names torch's layer and says how many maps
    (gates and candidates) it computes at each step.
    """

    sight = "all"
    torch_name: ClassVar[str] = ""
    maps: ClassVar[int] = 1
    hidden_of: ClassVar[str] = "{y}[1]"  # the last hidden states (layers, B, H) in torch's result

    input_size: int | None = param(
        None, "Features of a step that come in; automatic: as the wire has.", low=1, high=100_000
    )
    hidden_size: int = param(128, "Numbers in the hidden state.", low=1, high=8192)
    num_layers: int = param(
        1,
        "Layers on top of each other: each reads the hidden states of the one below.",
        low=1,
        high=16,
    )
    bidirectional: bool = param(
        False, "A second layer reads from the end; both hidden states go out side by side."
    )
    dropout: float = param(
        0.0, "Share switched off between the layers (needs two or more).", low=0.0, high=0.95
    )

    @property
    def outputs(self) -> tuple[str, ...]:
        """The hidden state at each step, and that after the whole sequence."""
        return ("y", "last")

    def output_shape(self, *shapes: Shape) -> Shape:
        """(T, D) -> (T, hidden_size), twice as many features when bidirectional."""
        (x,) = shapes
        need_sequence(x)
        need_size("input_size", self.input_size, x.dims[1], "features a step", x)
        if self.dropout and self.num_layers == 1:
            raise ShapeError(
                f"has dropout {self.dropout:g} between its layers but only one layer",
                BlockFix("Set dropout to 0", (("dropout", 0.0),)),
            )
        return Shape("sequence", (x.dims[0], self.hidden_size * self._directions()))

    def output_shapes(self, *shapes: Shape) -> tuple[Shape, ...]:
        """The sequence, and of the last hidden state a vector as wide."""
        sequence = self.output_shape(*shapes)
        return sequence, Shape("vector", sequence.dims[1:])

    def _directions(self) -> int:
        return 2 if self.bidirectional else 1

    def _options(self) -> tuple[tuple[str, Argument], ...]:
        """Further keywords of the layer."""
        return ()

    def layer(self, *shapes: Shape) -> Call:
        """torch's layer from zero states; the top layer's last states, directions side by side."""
        call = Call.module(
            self.torch_name,
            shapes[0].dims[1],
            self.hidden_size,
            self.num_layers,
            defaults={"dropout": 0.0, "bidirectional": False},
            batch_first=True,
            dropout=self.dropout,
            bidirectional=self.bidirectional,
        )
        both = "[-2:].transpose(0, 1).flatten(1)"
        last = self.hidden_of + (both if self.bidirectional else "[-1]")
        keywords = (*call.keywords, *self._options())
        return replace(call, keywords=keywords, outputs=("{y}[0]", last))

    def _inputs_of_layers(self, x: Shape) -> list[int]:
        return [x.dims[1]] + [self.hidden_size * self._directions()] * (self.num_layers - 1)

    def weight_count(self, *shapes: Shape) -> int:
        """Each map has weights for input and hidden state and two biases (torch keeps both)."""
        per_map = [size + self.hidden_size + 2 for size in self._inputs_of_layers(shapes[0])]
        return self._directions() * self.maps * self.hidden_size * sum(per_map)

    def macs(self, *shapes: Shape) -> int:
        """The weights without biases, at each step."""
        per_map = [size + self.hidden_size for size in self._inputs_of_layers(shapes[0])]
        per_step = self._directions() * self.maps * self.hidden_size * sum(per_map)
        return shapes[0].dims[0] * per_step

    def arithmetic(self, *shapes: Shape) -> tuple[str, ...]:
        """Steps stay, features become the hidden state."""
        size, directions = self.hidden_size, self._directions()
        return (
            f"{shapes[0].dims[0]} steps stay",
            f"features: {directions} · {size} = {directions * size}",
        )
