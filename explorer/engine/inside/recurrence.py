"""What happens inside a recurrent layer: gates and states over time, from its weights."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn


def lstm_states(layer: nn.LSTM, x: Tensor) -> Mapping[str, Tensor]:
    """Top layer, forward direction, (T, H) each: hidden, input, forget, cell, output, state.

    x is (T, D), one sample. The formulas are torch.nn.LSTM's, which gives only h.
    """
    for level in range(layer.num_layers - 1):
        hidden = [_direction(layer, level, x, "")["hidden"]]
        if layer.bidirectional:
            hidden.append(_direction(layer, level, x.flip(0), "_reverse")["hidden"].flip(0))
        x = torch.cat(hidden, dim=1)
    return _direction(layer, layer.num_layers - 1, x, "")


def _direction(layer: nn.LSTM, level: int, x: Tensor, suffix: str) -> Mapping[str, Tensor]:
    """One pass over the steps of x (T, D) by the weights of one level and direction."""
    weights = {
        name: getattr(layer, f"{name}_l{level}{suffix}") for name in ("weight_ih", "weight_hh")
    }
    driven = x @ weights["weight_ih"].T  # (T, 4 H)
    if layer.bias:
        driven = driven + getattr(layer, f"bias_ih_l{level}{suffix}")
        driven = driven + getattr(layer, f"bias_hh_l{level}{suffix}")
    hidden = state = x.new_zeros(layer.hidden_size)
    steps = []
    for at_step in driven:
        gates = at_step + weights["weight_hh"] @ hidden
        i, f, g, o = gates.chunk(4)
        i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
        state = f * state + i * g
        hidden = o * state.tanh()
        steps.append((hidden, i, f, g, o, state))
    names = ("hidden", "input", "forget", "cell", "output", "state")
    columns = zip(*steps, strict=True)
    return {name: torch.stack(column) for name, column in zip(names, columns, strict=True)}
