"""The plain recurrent layer."""

from typing import Literal

from explorer.blocks.recurrence import Recurrence
from explorer.graph.block import Argument, param


class RNN(Recurrence):
    """Reads a sequence step by step and mixes each step with what it remembers."""

    title = "RNN"
    stem = "rnn"
    rank = 1
    torch_name = "nn.RNN"
    maps = 1
    summary = (
        "Reads a sequence step by step and carries a hidden state, zero at first: h_t = tanh(W "
        "x_t + U h_(t-1) + b). Over many steps gradients fade or explode, which LSTM and GRU were "
        "made against (Elman 1990; Bengio et al. 1994; torch.nn.RNN). Out goes h at each step (y) "
        "and, of each direction, the h at its end (last)."
    )

    nonlinearity: Literal["tanh", "relu"] = param(
        "tanh", "The bend: tanh stays within -1 and 1, relu can grow without limit."
    )

    def _options(self) -> tuple[tuple[str, Argument], ...]:
        return (("nonlinearity", self.nonlinearity),) if self.nonlinearity != "tanh" else ()
