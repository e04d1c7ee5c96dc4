"""Which block a step's exception came from: the step once more, operation by operation."""

from __future__ import annotations

import copy
from contextlib import AbstractContextManager
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from explorer.engine.device.failures import first_line, node_of, out_of_memory
from explorer.engine.network.build import Network, Operation, layer_at


@dataclass(frozen=True, slots=True)
class Blamed:
    """The node, and what it did wrong, as a clause; both empty where it stays unknown."""

    node: str = ""
    told: str = ""


def blamed(
    error: Exception,
    network: nn.Module,
    inputs: Tensor,
    labels: Tensor,
    cast: AbstractContextManager[object],
) -> Blamed:
    """Who made a training step with these samples fail; the network stays as it was. Where the step
    succeeds now, or there is no memory, the traceback has the last word.
    """
    known = Blamed(node_of(error))
    if out_of_memory(error) or not isinstance(network, Network):
        return known
    try:
        trial = copy.deepcopy(network).train()
        with torch.enable_grad(), cast:
            return _Again(trial, inputs).step(labels) or known
    except Exception:  # whatever a user's block raises, now of all times
        return known


class _Again:
    """One step of a copy of the network, each operation on its own."""

    def __init__(self, network: Network, inputs: Tensor) -> None:
        self._network = network
        self._values: dict[int, Tensor] = {0: inputs}
        self._changers: list[str] = []  # nodes that have written into what they were given

    def step(self, labels: Tensor) -> Blamed | None:
        """Forward, loss, backward: the first that fails."""
        operations = self._network._operations
        for operation in operations:
            if found := self._forward(operation):
                return found
        last = next(each for each in operations if self._network._result in each.outputs)
        logits = self._values[self._network._result]
        try:
            functional.cross_entropy(logits.float(), labels)
        except Exception as error:
            return Blamed(last.node, first_line(error))
        backward = (self._backward(each) for each in reversed(operations))
        return next((found for found in backward if found), None)

    def _forward(self, operation: Operation) -> Blamed | None:
        inputs = [self._values[place] for place in operation.inputs]
        versions = [value._version for value in inputs]
        try:
            outputs = operation.compute(layer_at(self._network, operation.path), *inputs)
        except Exception as error:
            return Blamed(operation.node, first_line(error))
        if versions != [value._version for value in inputs]:
            self._changers.append(operation.node)
        self._values.update(zip(operation.outputs, outputs, strict=True))
        return _misshapen(operation, outputs, len(self._values[0]))

    def _backward(self, operation: Operation) -> Blamed | None:
        layer = layer_at(self._network, operation.path)
        own = [] if layer is None else list(layer.parameters())
        into = _learning([*(self._values[place] for place in operation.inputs), *own])
        out = _learning([self._values[place] for place in operation.outputs])
        ones = [torch.ones_like(each) for each in out]
        try:
            if into and out:
                torch.autograd.grad(out, into, ones, retain_graph=True, allow_unused=True)
        except Exception as error:
            return Blamed(next(iter(self._changers), operation.node), first_line(error))
        return None


def _learning(values: list[Tensor]) -> list[Tensor]:
    return [value for value in values if value.requires_grad]


def _misshapen(operation: Operation, outputs: tuple[object, ...], batch: int) -> Blamed | None:
    """An output that is not what the plan says: a user's block that trains otherwise than it did in
    its trial run. The block behind it would fail.
    """
    for output, dims in zip(outputs, operation.shapes, strict=False):
        if not isinstance(output, Tensor):
            return Blamed(operation.node, f"it gives {type(output).__name__}, not a tensor")
        if tuple(output.shape) != (batch, *dims):
            wanted = " x ".join(map(str, (batch, *dims)))
            given = " x ".join(map(str, output.shape))
            return Blamed(operation.node, f"it gives {given} where {wanted} was to come")
    return None
