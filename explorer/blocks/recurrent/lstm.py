"""Long short-term memory."""

from explorer.blocks.recurrence import Recurrence


class LSTM(Recurrence):
    """Reads a sequence step by step, with gates that decide what to keep."""

    title = "LSTM"
    stem = "lstm"
    rank = 2
    torch_name = "nn.LSTM"
    maps = 4
    hidden_of = "{y}[1][0]"
    summary = (
        "Reads a sequence step by step and carries a hidden state h and a cell state c, both zero "
        "at first. Three gates between 0 and 1 decide: input i, forget f, output o = sigmoid(W "
        "x_t + U h_(t-1) + b); c_t = f c_(t-1) + i g with g = tanh(W x_t + U h_(t-1) + b); h_t = "
        "o tanh(c_t) (Hochreiter, Schmidhuber 1997; Gers et al. 2000; torch.nn.LSTM). Out goes h "
        "at each step (y) and, of each direction, the h at its end (last)."
    )
