"""Plan -> Network: each Call becomes a layer, and the plan's steps become one forward pass."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from explorer.graph.block import Call
from explorer.plan.own_layers import file_name, own_name
from explorer.plan.plan import Plan, Step
from explorer.plan.problems import Value

Compute = Callable[..., tuple[Tensor, ...]]  # (layer or None, *inputs) -> outputs


class _Operation(NamedTuple):
    """A step with its values as places in a list."""

    node: str
    compute: Compute
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    finished: tuple[int, ...]  # values that no later operation reads


class Network(nn.Module):
    """The plan's network. A node's layer is a child of that name: its weight is `conv1.weight`.

    It has no public attribute of its own, for any name may be a node's.
    """

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        if plan.source is None or plan.result is None:
            raise ValueError("a plan without Input or Output has no network")
        self._places: dict[Value, int] = {plan.source: 0}
        for step in plan.steps:
            if step.call.layer:
                self.add_module(step.node, layer_of(step.call))
            for port in step.block.outputs:
                self._places[step.node, port] = len(self._places)
        self._result = self._places[plan.result]
        self._operations = _operations(plan.steps, self._places, self._result)

    def forward(self, x: Tensor) -> Tensor:
        """Normalised samples (B, ...) -> logits (B, classes)."""
        result: Tensor = self._computed(x, forget=True)[self._result]
        return result

    def _computed(self, x: Tensor, forget: bool) -> list[Any]:
        values: list[Any] = [None] * len(self._places)
        values[0] = x
        for operation in self._operations:
            layer = self._modules.get(operation.node)
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


def initial_network(plan: Plan) -> Network:
    """The network with the weights of the plan's seed: the same, whatever was drawn before."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(plan.document.training.seed)
        return Network(plan)


def layer_of(call: Call) -> nn.Module:
    """The torch module that a Call describes."""
    module: nn.Module = _class_of(call.layer)(*call.arguments, **dict(call.keywords))
    return module


def _class_of(layer: str) -> Callable[..., nn.Module]:
    """nn.Linear is torch's; layers.ClassToken is in a file of its own in `engine/layers`."""
    name = own_name(layer)
    home = import_module(f"explorer.engine.layers.{file_name(name)}") if name else nn
    found: Callable[..., nn.Module] = getattr(home, name or layer.removeprefix("nn."))
    return found


def _operations(
    steps: tuple[Step, ...], places: Mapping[Value, int], result: int
) -> tuple[_Operation, ...]:
    """The steps in order; read backwards, the first reader of a value is its last."""
    found: list[_Operation] = []
    needed = {result}
    for step in reversed(steps):
        inputs = tuple(places[value] for value in step.inputs)
        outputs = tuple(places[step.node, port] for port in step.block.outputs)
        finished = tuple({*inputs, *outputs} - needed)
        needed.update(inputs)
        compute = _compiled(step.call.forward, step.call.outputs, step.block.inputs)
        found.append(_Operation(step.node, compute, inputs, outputs, finished))
    return tuple(reversed(found))


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
