"""Weights that a network's forward pass never uses: nothing reaches them, so they never learn."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from typing import Any

import torch
from torch import Tensor, nn

from explorer.engine.device.generators import generator_states, set_generators
from explorer.engine.network.build import Network, layers
from explorer.protocol.events import Warned

MOST_NAMED = 4


def unused_weights(network: nn.Module, inputs: Tensor) -> tuple[str, ...]:
    """Names of the weights from which no way leads to the logits of these samples (B, ...). Network
    and random numbers stay as they were; nothing is found where the pass fails.
    """
    generators = generator_states(inputs.device)
    try:
        trial = copy.deepcopy(network).train()
        with torch.enable_grad():
            reached = {id(leaf) for leaf in _leaves(trial(inputs))}
    except Exception:  # whatever a user's block raises: the first step tells of it
        return ()
    finally:
        set_generators(generators, inputs.device)
    named = trial.named_parameters()
    return tuple(name for name, each in named if each.requires_grad and id(each) not in reached)


def _leaves(result: Tensor) -> Iterator[Tensor]:
    """The weights that a result was computed from, along its graph."""
    waiting: list[Any] = [result.grad_fn]
    seen: set[Any] = {None}
    while waiting:
        step = waiting.pop()
        if step in seen:
            continue
        seen.add(step)
        if hasattr(step, "variable"):  # the end of a way
            yield step.variable
        waiting += [before for before, _ in step.next_functions]


def warning_of(run: int, network: Network, names: Iterable[str]) -> Warned | None:
    """What is told of them; None where there are none."""
    found = list(names)
    if not found:
        return None
    count = sum(dict(network.named_parameters())[name].numel() for name in found)
    shown = ", ".join(found[:MOST_NAMED]) + (", ..." if len(found) > MOST_NAMED else "")
    return Warned(
        run,
        f"The forward pass never uses {shown} ({count:,} trainable numbers in all), "
        "so nothing is learnt there. Use it in forward, or take it out.",
        _node_of(network, found[0]),
    )


def _node_of(network: Network, name: str) -> str:
    modules = {id(layer): node for node, layer in layers(network).items()}
    home = network
    for part in name.split("."):
        home = getattr(home, part, home)
        if id(home) in modules:
            return modules[id(home)]
    return ""
