"""Where a training step's time goes: each block's forward and backward pass, measured by itself."""

from __future__ import annotations

import copy
import time

import torch
from torch import Tensor

from explorer.engine.network.build import Network, layer_at

TURNS = 3  # the shortest counts: what another program took is not the block's


def step_times(network: Network, x: Tensor) -> dict[str, float]:
    """Seconds of forward and backward pass by node, all copies together, for one batch (B, ...).

    Measured on a copy of the network in training mode; weights, statistics and random numbers of
    the original stay as they are.
    """
    twin = copy.deepcopy(network).train()
    with torch.random.fork_rng(devices=[]), torch.enable_grad():
        turns = [_one_turn(twin, x) for _ in range(TURNS)]
    return {node: min(turn[node] for turn in turns) for node in turns[0]}


def _one_turn(network: Network, x: Tensor) -> dict[str, float]:
    values: dict[int, Tensor] = {0: x}
    found: dict[str, float] = {}
    for operation in network._operations:
        inputs = [_leaf(values[place]) for place in operation.inputs]
        layer = layer_at(network, operation.path)
        began = _now(x)
        outputs = operation.compute(layer, *inputs)
        open_ends = [output for output in outputs if output.requires_grad]
        torch.autograd.backward(open_ends, [torch.ones_like(end) for end in open_ends])
        found[operation.node] = found.get(operation.node, 0.0) + _now(x) - began
        values.update(zip(operation.outputs, (o.detach() for o in outputs), strict=True))
    return found


def _leaf(value: Tensor) -> Tensor:
    """The value as if the network began here; whole numbers have no gradient."""
    return value.detach().requires_grad_(value.is_floating_point())


def _now(x: Tensor) -> float:
    if x.device.type != "cpu":
        torch.accelerator.synchronize()
    return time.perf_counter()
