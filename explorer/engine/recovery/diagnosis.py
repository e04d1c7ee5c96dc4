"""Finds the operation in which a value or a gradient leaves the numbers, and what led to it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from explorer.engine.device.failures import Origin
from explorer.engine.network.build import Compute, Network, layer_at

GROWN = 10.0  # times as large as they were: the steps were too long
LEAST = 0.01  # what small weights count as: zero has no ratio
HALF_MOST = 65_504.0  # of float16
LARGE = 1e3  # of values that were never normalised


@dataclass(frozen=True, slots=True)
class Growth:
    """The node whose weights have grown most, the largest of them then and now."""

    node: str
    then: float
    now: float

    @property
    def told(self) -> str:
        """As a clause."""
        return f"the weights of {self.node} had grown from {self.then:.2g} to {self.now:.2g}"


def growth(network: Network, before: Mapping[str, Tensor]) -> Growth | None:
    """What has grown most since `before`; None where nothing has grown much."""
    found: Growth | None = None
    for node, name, weight in _weights(network):
        then, now = _largest([before[name]]), _largest([weight])
        grown = now / max(then, LEAST)
        if grown >= GROWN and (found is None or grown > found.now / max(found.then, LEAST)):
            found = Growth(node, then, now)
    return found


def bad_weights(network: Network, rate: float) -> Origin | None:
    """The node whose weights the last step made infinite; its gradients are still there."""
    bad = [(node, weight) for node, _, weight in _weights(network) if not _finite([weight])]
    if not bad:
        return None
    node, weight = max(bad, key=lambda each: _gradient(each[1]))
    return Origin(
        node,
        f"the optimiser's step made the weights of {node} {_kind([weight])}",
        f"its gradient was up to {_gradient(weight):.2g} and the rate is {rate:g}: "
        "the steps are too large",
        "rate",
    )


def bad_gradients(network: nn.Module) -> bool:
    """Whether the gradients of the last step are not all numbers."""
    gradients = [each.grad for each in network.parameters() if each.grad is not None]
    largest = torch._foreach_norm(gradients, math.inf) if gradients else ()
    return not _finite(largest)


def examine(
    network: Network,
    inputs: Tensor,
    labels: Tensor,
    cast: AbstractContextManager[object],
    grown: Growth | None,
) -> Origin | None:
    """Forward and backward pass of one batch, operation by operation, in training mode."""
    network.train()
    network.zero_grad()
    made: list[_Made] = []
    with cast:
        for each in _forward(network, inputs):
            if _finite(each.inputs) and not _finite(each.outputs):
                return _of_output(each, grown)
            made.append(each)
    last = next(each for each in made if network._result in each.places)
    logits = last.outputs[last.places.index(network._result)]
    loss = functional.cross_entropy(logits.float() if _is_half(logits) else logits, labels)
    if not _finite([loss]):
        told = f"its logits of up to {_largest([logits]):.2g} are too far apart"
        reason = grown.told if grown else "nothing keeps them small"
        return Origin(last.node, told, reason, "rate" if grown else "values")
    torch.autograd.backward(loss)
    found = next((each for each in reversed(made) if each.spoils_gradient()), None)
    return _of_gradient(found, grown) if found is not None else None


@dataclass(frozen=True, slots=True)
class _Made:
    """An operation that was carried out."""

    node: str
    layer: nn.Module | None
    compute: Compute
    inputs: list[Tensor]
    outputs: list[Tensor]
    places: tuple[int, ...]  # of the outputs

    @property
    def custom(self) -> bool:
        """Whether its text is the user's own."""
        return self.layer is not None and type(self.layer).__module__.startswith("custom_")

    def spoils_gradient(self) -> bool:
        """Numbers came from behind, and something else went on."""
        own = [] if self.layer is None else list(self.layer.parameters())
        before = [each.grad for each in (*self.inputs, *own) if each.grad is not None]
        after = [each.grad for each in self.outputs if each.grad is not None]
        return bool(after) and _finite(after) and not _finite(before)


def _forward(network: Network, x: Tensor) -> Iterator[_Made]:
    values: dict[int, Tensor] = {0: x.clone().requires_grad_(x.is_floating_point())}
    for operation in network._operations:
        layer = layer_at(network, operation.path)
        inputs = [values[place] for place in operation.inputs]
        outputs = list(operation.compute(layer, *inputs))
        for output in outputs:
            if output.requires_grad:
                output.retain_grad()
        values.update(zip(operation.outputs, outputs, strict=True))
        places = operation.outputs
        yield _Made(operation.node, layer, operation.compute, inputs, outputs, places)


def _of_output(made: _Made, grown: Growth | None) -> Origin:
    told = (
        f"its output is {_kind(made.outputs)} although its inputs are numbers, "
        f"{_range(made.inputs)}"
    )
    wide = _in_float32(made)
    if grown is None and wide is not None and wide > HALF_MOST:
        reason = f"float16 ends at 65,504 and the largest value there is {wide:,.0f}"
        return Origin(made.node, told, reason, "half")
    if grown is not None:
        return Origin(made.node, told, f"{grown.told}: the steps are too large", "rate")
    if isinstance(made.layer, nn.RNNBase):
        return Origin(made.node, told, _when(made), "values", "Use a gated layer (LSTM or GRU)")
    if made.custom:
        return Origin(made.node, told, _of_custom("its formula"), "block", _guard(made.node))
    if _largest(made.inputs) > LARGE:
        reason = "values that large were never normalised"
        return Origin(made.node, told, reason, "values", f"Put a normalisation before {made.node}")
    return Origin(made.node, told, "its weights or its formula do not suit these values", "values")


def _of_gradient(made: _Made, grown: Growth | None) -> Origin:
    told = (
        f"its values are numbers, {_range(made.inputs)}, "
        "but the gradient that it passes back is not"
    )
    if grown is not None:
        return Origin(made.node, told, f"{grown.told}: the steps are too large", "rate")
    if isinstance(made.layer, nn.RNNBase):
        reason = "over many time steps a gradient grows without limit"
        return Origin(made.node, told, reason, "rate", "Use a gated layer (LSTM or GRU)")
    if made.custom:
        return Origin(made.node, told, _of_custom("its derivative"), "block", _guard(made.node))
    return Origin(made.node, told, "the gradient had grown without limit", "rate")


def _of_custom(what: str) -> str:
    return f"{what} has no value there, as a logarithm, root, power or quotient at 0 or below"


def _guard(node: str) -> str:
    return f"Keep the values of {node} away from that place (clamp them, or add a small number)"


def _when(made: _Made) -> str:
    """A recurrent state grows step by step: the first time step that is no number."""
    output = made.outputs[0]  # (B, T, D)
    if output.dim() != 3:
        return "its state grew without limit"
    bad = (~torch.isfinite(output)).flatten(2).any(2).any(0).nonzero()
    return f"its state grew without limit up to time step {int(bad[0]) + 1} of {output.shape[1]}"


def _in_float32(made: _Made) -> float | None:
    """The largest value that the operation gives where it has room; None: it had, or fails too."""
    device = made.outputs[0].device.type
    if not torch.is_autocast_enabled(device):
        return None
    inputs = [each.float() if each.is_floating_point() else each for each in made.inputs]
    with torch.no_grad(), torch.autocast(device, enabled=False):
        outputs = made.compute(made.layer, *inputs)
    return _largest(outputs) if _finite(outputs) else None


def _weights(network: Network) -> Iterator[tuple[str, str, Tensor]]:
    """Node, name in the network, and each of its weights."""
    seen: set[str] = set()
    for operation in network._operations:
        layer, home = layer_at(network, operation.path), ".".join(operation.path)
        if layer is not None and home not in seen:
            seen.add(home)
            for name, weight in layer.named_parameters():
                yield operation.node, f"{home}.{name}", weight


def _finite(tensors: Iterable[Tensor]) -> bool:
    return all(bool(torch.isfinite(each).all()) for each in tensors if each.is_floating_point())


def _largest(tensors: Iterable[Tensor]) -> float:
    sizes = [float(each.detach().abs().max()) for each in tensors if each.numel()]
    return max(sizes, default=0.0)


def _gradient(weight: Tensor) -> float:
    return 0.0 if weight.grad is None else _largest([weight.grad])


def _range(tensors: Iterable[Tensor]) -> str:
    found = [each.detach() for each in tensors if each.numel()]
    low = min((float(each.min()) for each in found), default=0.0)
    high = max((float(each.max()) for each in found), default=0.0)
    return f"{low:.3g} to {high:.3g}"


def _kind(tensors: Iterable[Tensor]) -> str:
    return "nan" if any(bool(torch.isnan(each).any()) for each in tensors) else "infinite"


def _is_half(value: Tensor) -> bool:
    return value.dtype in (torch.float16, torch.bfloat16)
