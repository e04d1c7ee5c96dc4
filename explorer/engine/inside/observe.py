"""What the network does with one sample, as arrays to look at; training feels nothing of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from explorer.engine.inside.recurrence import lstm_states
from explorer.engine.inside.thumbnails import thumbnail
from explorer.engine.network.build import Network, layers, run
from explorer.engine.step.data import Data
from explorer.engine.step.evaluate import answering
from explorer.graph.document import Document
from explorer.plan.plan import Plan
from explorer.protocol.commands import Watch
from explorer.protocol.events import (
    Activation,
    Attention,
    Event,
    Floats,
    Hidden,
    Kernels,
    Thumbnails,
    Watched,
)

Arguments = tuple[tuple[Any, ...], dict[str, Any]]  # what a layer was called with


@dataclass(frozen=True, slots=True)
class Moment:
    """Whose picture it is: the run's number and step, and what the network was built from."""

    run: int
    step: int
    network: Document | None = None


def observe(network: Network, plan: Plan, data: Data, watch: Watch, moment: Moment) -> list[Event]:
    """The events that a Watch asks for, of the network as it is now."""
    raw, label, number = _sample(data, watch)
    built = moment.network
    focus = [node for node in watch.focus if node in plan.document.nodes]
    with answering(network), _recording(network, focus) as calls:
        values = run(network, data.picture(raw))
        by_node = _by_node(plan, values)
        logits = values[plan.result] if plan.result else next(reversed(values.values()))
        answer = _numpy(logits[0].softmax(0))
        events: list[Event] = [Watched(moment.run, raw, label, answer, built, number)]
        if watch.thumbnails:
            pictures = {node: thumbnail(value) for node, value in by_node.items()}
            events.append(Thumbnails(moment.run, moment.step, pictures, built))
        for node in focus:
            if node in by_node:
                values_of = _numpy(by_node[node])
                events.append(Activation(moment.run, node, moment.step, values_of, built))
        for node, arguments in calls.items():
            layer = layers(network)[node]
            events.append(INSIDE[type(layer)](layer, arguments, node, moment))
    return events


def _sample(data: Data, watch: Watch) -> tuple[NDArray[np.uint8], int | None, int | None]:
    """The watched picture, its label and number; the first held-out one where it does not fit."""
    chosen = watch.sample
    if isinstance(chosen, int):
        place = chosen if 0 <= chosen < len(data.test) else 0
    elif chosen.shape == data.dataset.shape.dims:
        return chosen, None, None
    else:
        place = 0
    return data.test.inputs[place].cpu().numpy(), int(data.test.labels[place]), place


def _by_node(plan: Plan, values: Mapping[tuple[str, str], Tensor]) -> dict[str, Tensor]:
    """Each node's (first) output for the one sample; an Output's is what it takes."""
    found: dict[str, Tensor] = {}
    for (node, _), value in values.items():
        found.setdefault(node, value[0])
    for placed in plan.document.nodes.values():
        if placed.block.role == "output" and plan.result is not None:
            found[placed.id] = values[plan.result][0]
    return found


@contextmanager
def _recording(network: Network, nodes: Iterable[str]) -> Iterator[dict[str, Arguments]]:
    """What these nodes' layers are called with, if they have something inside to show."""
    calls: dict[str, Arguments] = {}

    def remember(node: str) -> Callable[[nn.Module, tuple[Any, ...], dict[str, Any]], None]:
        def hook(_: nn.Module, values: tuple[Any, ...], keywords: dict[str, Any]) -> None:
            calls[node] = values, keywords

        return hook

    found = layers(network)
    with ExitStack() as hooks:
        for node in nodes:
            if type(found.get(node)) in INSIDE:
                handle = found[node].register_forward_pre_hook(remember(node), with_kwargs=True)
                hooks.callback(handle.remove)
        yield calls


def _kernels(layer: nn.Conv2d, _: Arguments, node: str, moment: Moment) -> Event:
    bias = None if layer.bias is None else _numpy(layer.bias)
    return Kernels(moment.run, node, moment.step, _numpy(layer.weight), bias, moment.network)


def _attention(
    layer: nn.MultiheadAttention, arguments: Arguments, node: str, moment: Moment
) -> Event:
    """The layer once more with what it was called with, asked for the weights of each head."""
    values, keywords = arguments
    asked = {**keywords, "need_weights": True, "average_attn_weights": False}
    weights = layer(*values, **asked)[1]  # (1, heads, T, T)
    return Attention(moment.run, node, moment.step, _numpy(weights[0]), moment.network)


def _hidden(layer: nn.LSTM, arguments: Arguments, node: str, moment: Moment) -> Event:
    x = arguments[0][0]  # (1, T, D), or (T, 1, D) where steps come first
    states = dict(lstm_states(layer, x[0] if layer.batch_first else x[:, 0]))
    hidden = _numpy(states.pop("hidden"))
    gates = {name: _numpy(gate) for name, gate in states.items()}
    return Hidden(moment.run, node, moment.step, hidden, gates, moment.network)


def _hidden_alone(layer: nn.GRU | nn.RNN, arguments: Arguments, node: str, moment: Moment) -> Event:
    """The top layer's forward direction, as the layer gives it out."""
    values, keywords = arguments
    given = layer(*values, **keywords)[0]  # (1, T, directions x H), or (T, 1, ...)
    states = given[0] if layer.batch_first else given[:, 0]
    hidden = _numpy(states[:, : layer.hidden_size])
    return Hidden(moment.run, node, moment.step, hidden, network=moment.network)


def _numpy(value: Tensor) -> Floats:
    """A copy in CPU memory: the training goes on writing to the original."""
    copied: Floats = value.detach().to(torch.float32).cpu().contiguous().numpy().copy()
    return copied


INSIDE: Mapping[type[nn.Module], Callable[..., Event]] = {
    nn.Conv2d: _kernels,
    nn.MultiheadAttention: _attention,
    nn.LSTM: _hidden,
    nn.GRU: _hidden_alone,
    nn.RNN: _hidden_alone,
}
