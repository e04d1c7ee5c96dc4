"""Which block can't be written as ONNX, and why: each is converted and run alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

import torch
from torch import Tensor, nn

from explorer.engine.device.failures import EngineError
from explorer.engine.export.onnx_model import answer, converted, session_of
from explorer.engine.network.build import Compute, Network, layer_at
from explorer.plan.plan import Plan
from explorer.plan.step import Step

LONGEST = 300
UNKNOWN = re.compile(r"No ONNX function found for .*?op='aten\.(\w+)'")


class Alone(nn.Module):
    """One operation of the network, with its layer and its first output."""

    def __init__(self, layer: nn.Module | None, compute: Compute) -> None:
        super().__init__()
        self.layer, self.compute = layer, compute

    def forward(self, *inputs: Tensor) -> Tensor:
        """As within the network."""
        return self.compute(self.layer, *inputs)[0]


def blamed(network: Network, plan: Plan, sample: Tensor, error: Exception) -> str:
    """What `error`, raised by the whole, comes from: the first block that fails alone as well, and
    its reason; else the error's own reason.
    """
    for step, alone, inputs in _each(network, plan, sample):
        reason = _fault(alone, inputs)
        if reason:
            return f"{step.node} ({step.block.title}) can't be written as ONNX: {reason}"
    return f"The network can't be written as ONNX: {reason_of(error)}"


def _each(
    network: Network, plan: Plan, sample: Tensor
) -> Iterator[tuple[Step, Alone, list[Tensor]]]:
    """Of equal steps one, in the order of computing, with what it gets."""
    with torch.no_grad():
        values = network._computed(sample, forget=False)
    seen = set()
    for operation in network._operations:
        step = plan.step_of.get(operation.node)  # none: a repeated group's own input
        if step is not None and (step.call, step.input_shapes) not in seen:
            seen.add((step.call, step.input_shapes))
            layer = layer_at(network, operation.path)
            yield step, Alone(layer, operation.compute), [values[at] for at in operation.inputs]


def _fault(alone: Alone, inputs: list[Tensor]) -> str:
    """Why this can't be converted or answers otherwise; empty where all is well."""
    try:
        with torch.no_grad():
            wanted = alone(*inputs)
        model = converted(alone, inputs, starred=True)
        found = answer(session_of(model.SerializeToString()), inputs)
    except Exception as error:  # torch, onnx and onnxruntime have dozens of classes
        return reason_of(error)
    if torch.allclose(found, wanted, atol=1e-4, rtol=1e-4, equal_nan=True):
        return ""
    return "what was converted answers otherwise."


def reason_of(error: BaseException) -> str:
    """The innermost cause in one line, without the exporter's advice and colours."""
    while error.__cause__ is not None:
        error = error.__cause__
    text = str(error).strip()
    unknown = UNKNOWN.search(text)
    if unknown:
        return f"torch's exporter knows no ONNX for torch's {unknown.group(1)}."
    first = text.splitlines()[0][:LONGEST] if text else "no reason given"
    told = first if isinstance(error, EngineError) else f"{type(error).__name__}: {first}"
    return told if told.endswith(".") else f"{told}."
