"""Long short-term memory."""

from explorer.graph.block import Block, BlockFix, Call, Shape, ShapeError, need, param


class LSTM(Block):
    """Reads a sequence step by step, with gates that decide what to keep."""

    title = "LSTM"
    stem = "lstm"
    rank = 2
    summary = (
        "Reads a sequence step by step and carries a hidden state h and a cell state c, both zero "
        "at first. Three gates between 0 and 1 decide: input i, forget f, output o = sigmoid(W "
        "x_t + U h_(t-1) + b); c_t = f c_(t-1) + i g with g = tanh(W x_t + U h_(t-1) + b); h_t = "
        "o tanh(c_t) (Hochreiter, Schmidhuber 1997; Gers et al. 2000; torch.nn.LSTM). Out goes h "
        "at each step."
    )

    input_size: int | None = param(
        None, "Features of a step that come in; automatic: as the wire has.", low=1, high=100_000
    )
    hidden_size: int = param(
        128, "Numbers in the hidden state, and in the cell state.", low=1, high=8192
    )
    num_layers: int = param(
        1,
        "LSTMs on top of each other: each reads the hidden states of the one below.",
        low=1,
        high=16,
    )
    bidirectional: bool = param(
        False, "A second LSTM reads from the end; both hidden states go out side by side."
    )
    dropout: float = param(
        0.0, "Share switched off between the layers (needs two or more).", low=0.0, high=0.95
    )

    def output_shape(self, *shapes: Shape) -> Shape:
        """(T, D) -> (T, hidden_size), twice as many features when bidirectional."""
        (x,) = shapes
        if x.kind == "image":
            need(x, "sequence", fix=BlockFix("Insert Rows to sequence", insert="rows_to_sequence"))
        need(x, "sequence")
        if self.input_size not in (None, x.dims[1]):
            raise ShapeError(
                f"expects {self.input_size} features a step but gets {x.dims[1]} ({x})",
                BlockFix(f"Set input_size to {x.dims[1]}", (("input_size", x.dims[1]),)),
            )
        if self.dropout and self.num_layers == 1:
            raise ShapeError(
                f"has dropout {self.dropout:g} between its layers but only one layer",
                BlockFix("Set dropout to 0", (("dropout", 0.0),)),
            )
        return Shape("sequence", (x.dims[0], self.hidden_size * self._directions()))

    def _directions(self) -> int:
        return 2 if self.bidirectional else 1

    def layer(self, *shapes: Shape) -> Call:
        """torch.nn.LSTM from zero states; h at each step is the first of its results."""
        return Call.module(
            "nn.LSTM",
            shapes[0].dims[1],
            self.hidden_size,
            self.num_layers,
            forward=("{layer}({x})[0]",),
            defaults={"dropout": 0.0, "bidirectional": False},
            batch_first=True,
            dropout=self.dropout,
            bidirectional=self.bidirectional,
        )

    def _inputs_of_layers(self, x: Shape) -> list[int]:
        return [x.dims[1]] + [self.hidden_size * self._directions()] * (self.num_layers - 1)

    def weight_count(self, *shapes: Shape) -> int:
        """Four gates, each with weights for input and hidden state and two biases (torch keeps
        both).
        """
        per_input = [
            4 * self.hidden_size * (size + self.hidden_size + 2)
            for size in self._inputs_of_layers(shapes[0])
        ]
        return self._directions() * sum(per_input)

    def macs(self, *shapes: Shape) -> int:
        """The weights without biases, at each step."""
        per_step = [
            4 * self.hidden_size * (size + self.hidden_size)
            for size in self._inputs_of_layers(shapes[0])
        ]
        return shapes[0].dims[0] * self._directions() * sum(per_step)

    def arithmetic(self, *shapes: Shape) -> tuple[str, ...]:
        """Steps stay, features become the hidden state."""
        size = self.hidden_size
        return (
            f"{shapes[0].dims[0]} steps stay",
            f"features: {self._directions()} · {size} = {self._directions() * size}",
        )
