"""Plan -> Network: each Call becomes a layer, and the plan's steps become one forward pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from explorer.engine.network.custom import class_of
from explorer.graph.block import Call
from explorer.graph.custom import FAMILY
from explorer.plan.grouping import in_order
from explorer.plan.own_layers import file_name, own_name
from explorer.plan.plan import Plan
from explorer.plan.step import Value

Compute = Callable[..., tuple[Tensor, ...]]  # (layer or None, *inputs) -> outputs


class Operation(NamedTuple):
    """A step with its values as places in a list; `shapes` are those of a sample's outputs."""

    node: str
    path: tuple[str, ...]  # to the layer, empty where there is none
    compute: Compute
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    finished: tuple[int, ...]  # values that no later operation reads
    shapes: tuple[tuple[int, ...], ...] = ()


class Network(nn.Module):
    """The plan's network. A node's layer is a child of that name: its weight is `conv1.weight`; in
    a group `block1.conv1.weight`, in its first copy `block1.0.conv1.weight`.

    It has no public attribute of its own, for any name may be a node's.
    """

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        if plan.source is None or plan.result is None:
            raise ValueError("a plan without Input or Output has no network")
        self._places: dict[Value, int] = {plan.source: 0}
        for step, copy in in_order(plan.steps):
            if step.call.layer:
                *homes, name = step.path(copy)
                _home(self, homes).add_module(name, layer_of(step.call))
            for port in step.block.outputs:
                self._places.setdefault((step.node, port), len(self._places))
        self._result = self._places[plan.result]
        self._operations = _operations(plan, self._places)
        self._size = len(self._places) + len(plan.parts)

    def forward(self, x: Tensor) -> Tensor:
        """Normalised samples (B, ...) -> logits (B, classes)."""
        result: Tensor = self._computed(x, forget=True)[self._result]
        return result

    def _computed(self, x: Tensor, forget: bool) -> list[Any]:
        values: list[Any] = [None] * self._size
        values[0] = x
        for operation in self._operations:
            layer = layer_at(self, operation.path)
            outputs = operation.compute(layer, *[values[place] for place in operation.inputs])
            for place, output in zip(operation.outputs, outputs, strict=True):
                values[place] = output
            if forget:
                for place in operation.finished:
                    values[place] = None
        return values


def run(network: Network, x: Tensor) -> dict[Value, Tensor]:
    """Every value of the network for x, by node and port: what the views show."""
    values = network._computed(x, forget=False)
    return {value: values[place] for value, place in network._places.items()}


def layers(network: Network) -> dict[str, nn.Module]:
    """Each node's layer; of a repeated one that of the last copy, whose values `run` gives."""
    operations = [operation for operation in network._operations if operation.path]
    found = {operation.node: layer_at(network, operation.path) for operation in operations}
    return {node: layer for node, layer in found.items() if layer is not None}


def _home(network: nn.Module, names: list[str]) -> nn.Module:
    """The module that holds a layer; made where it is not there yet."""
    for name in names:
        if name not in network._modules:
            network.add_module(name, nn.Module())
        network = network.get_submodule(name)
    return network


def layer_at(network: nn.Module, path: tuple[str, ...]) -> nn.Module | None:
    """The layer at the end of a path of names; None for the empty path."""
    if not path:
        return None
    layer: nn.Module | None = network
    for name in path:
        layer = layer._modules[name] if layer is not None else None
    return layer


def initial_network(plan: Plan) -> Network:
    """The network with the weights of the plan's seed: the same, whatever was drawn before."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(plan.document.training.seed)
        return Network(plan)


def layer_of(call: Call) -> nn.Module:
    """The torch module that a Call describes."""
    module: nn.Module = _class_of(call.layer)(*call.arguments, **dict(call.keywords))
    for each in module.modules():
        if isinstance(each, nn.GroupNorm):
            each.register_forward_pre_hook(_in_order)
    return module


def _in_order(layer: nn.Module, given: tuple[Tensor, ...]) -> tuple[Tensor, ...] | None:
    """GroupNorm's input as its way back can take it, see `plan/layouts.py`: within a user's block,
    too, of which the plan knows nothing.
    """
    if not torch.is_grad_enabled() or not given or given[0].requires_grad:
        return None
    return (given[0].contiguous(), *given[1:])


def _class_of(layer: str) -> Callable[..., nn.Module]:
    """nn.Linear is torch's; layers.ClassToken is in a file of its own in `engine/layers`; custom
    ones are in the users' files.
    """
    if layer.startswith(FAMILY):
        return class_of(layer)
    name = own_name(layer)
    home = import_module(f"explorer.engine.layers.{file_name(name)}") if name else nn
    found: Callable[..., nn.Module] = getattr(home, name or layer.removeprefix("nn."))
    return found


def _operations(plan: Plan, places: Mapping[Value, int]) -> tuple[Operation, ...]:
    """The steps in order; read backwards, the first reader of a value is its last."""
    found: list[Operation] = []
    needed = {places[plan.result]} if plan.result is not None else set()
    for operation in reversed(list(_laid_out(plan, places))):
        touched = {*operation.inputs, *operation.outputs}
        found.append(operation._replace(finished=tuple(touched - needed)))
        needed = needed.difference(operation.outputs).union(operation.inputs)
    return tuple(reversed(found))


def _laid_out(plan: Plan, places: Mapping[Value, int]) -> Iterator[Operation]:
    """A repeated group reads from a place of its own, which each copy fills for the next."""
    started: set[tuple[str, int]] = set()
    own = {name: len(places) + number for number, name in enumerate(plan.parts)}
    for step, copy in in_order(plan.steps):
        inputs = [places[value] for value in step.inputs]
        if step.copies > 1:
            part = plan.parts[step.group]
            first = part.entering[0]
            inputs = [own[step.group] if v == first else places[v] for v in step.inputs]
            if (step.group, copy) not in started:
                started.add((step.group, copy))
                given = part.leaving[0] if copy else first
                yield Operation(step.group, (), _same, (places[given],), (own[step.group],), ())
        yield Operation(
            step.node,
            step.path(copy) if step.call.layer else (),
            _compiled(step.call.forward, step.call.outputs, step.block.inputs),
            tuple(inputs),
            tuple(places[step.node, port] for port in step.block.outputs),
            (),
            tuple(shape.dims for shape in step.output_shapes),
        )


def _same(layer: nn.Module | None, x: Tensor) -> tuple[Tensor, ...]:
    return (x,)


@cache
def _compiled(
    forward: tuple[str, ...], outputs: tuple[str, ...], ports: tuple[str, ...]
) -> Compute:
    """A Call's expressions as a function. Their text is the block author's, never a document's."""
    names = {port: f"input{place}" for place, port in enumerate(ports)}
    first = names[ports[0]]
    body = [f"{first} = {text.format(layer='layer', **names)}" for text in forward]
    results = [text.format(**{"layer": "layer", **names, "y": first}) for text in outputs]
    source = (
        f"def compute(layer, {', '.join(names.values())}):\n"
        + "".join(f"    {line}\n" for line in body)
        + f"    return ({', '.join(results)},)\n"
    )
    scope: dict[str, Any] = {"torch": torch, "nn": nn, "F": functional}
    exec(compile(source, f"<{'; '.join(forward)}>", "exec"), scope)
    compute: Compute = scope["compute"]
    return compute
