"""Gated recurrent unit."""

from explorer.blocks.recurrence import Recurrence


class GRU(Recurrence):
    """Reads a sequence step by step, with two gates and no cell state."""

    title = "GRU"
    stem = "gru"
    rank = 3
    torch_name = "nn.GRU"
    maps = 3
    summary = (
        "Reads a sequence step by step and carries a hidden state h, zero at first. A reset gate "
        "r and an update gate z = sigmoid(W x_t + U h_(t-1) + b) decide: n = tanh(W x_t + b + r "
        "(U h_(t-1) + c)), h_t = (1 - z) n + z h_(t-1). Like an LSTM, with a quarter fewer "
        "weights (Cho et al. 2014; torch.nn.GRU). Out goes h at each step (y) and, of each "
        "direction, the h at its end (last)."
    )
