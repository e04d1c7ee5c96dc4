"""One training step: gradients of a batch, and the optimiser that follows them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from explorer.graph.document import Training

OPTIMISERS: Mapping[str, tuple[Callable[..., torch.optim.Optimizer], Mapping[str, Any]]] = {
    "adam": (torch.optim.Adam, {}),
    "adamw": (torch.optim.AdamW, {}),
    "sgd": (torch.optim.SGD, {"momentum": 0.9}),
}
SMALLEST_PIECE = 2  # batch normalisation can't use a single sample


def train_step(
    network: nn.Module, optimiser: torch.optim.Optimizer, inputs: Tensor, labels: Tensor
) -> Tensor:
    """One step down the gradient of the cross-entropy; returns loss and hits, (2,)."""
    logits = network(inputs)  # (B, classes)
    loss = functional.cross_entropy(logits, labels)
    optimiser.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    optimiser.step()
    return _told(loss, logits, labels)


def step_in_pieces(
    network: nn.Module,
    optimiser: torch.optim.Optimizer,
    inputs: Tensor,
    labels: Tensor,
    pieces: int,
) -> Tensor:
    """The same step with memory for a piece of the batch: the pieces' gradients are summed."""
    pieces = max(1, min(pieces, len(labels) // SMALLEST_PIECE))
    told = torch.zeros(2, device=labels.device)
    optimiser.zero_grad()
    for x, y in zip(inputs.tensor_split(pieces), labels.tensor_split(pieces), strict=True):
        logits = network(x)
        loss = functional.cross_entropy(logits, y) * (len(y) / len(labels))
        loss.backward()  # type: ignore[no-untyped-call]
        told += _told(loss, logits, y)
    optimiser.step()
    return told


def _told(loss: Tensor, logits: Tensor, labels: Tensor) -> Tensor:
    hits = (logits.argmax(1) == labels).sum()
    return torch.stack((loss.detach(), hits.to(loss.dtype)))


def set_rate(optimiser: torch.optim.Optimizer, rate: float, weight_decay: float) -> None:
    """The learning rate and the weight decay of all weights."""
    for group in optimiser.param_groups:
        group["lr"] = rate
        group["weight_decay"] = weight_decay


def optimiser_of(network: nn.Module, training: Training) -> torch.optim.Optimizer:
    """The optimiser that the training settings name, as one fused kernel."""
    make, settings = OPTIMISERS[training.optimiser]
    return make(
        network.parameters(),
        lr=training.rate,
        weight_decay=training.weight_decay,
        fused=True,
        **settings,
    )


def set_dropout(node: nn.Module, p: float) -> bool:
    """Give every dropout within a node's layer this probability; whether there is any."""
    found = False
    for layer in node.modules():
        if isinstance(layer, nn.modules.dropout._DropoutNd):
            layer.p = p
            found = True
        elif isinstance(layer, nn.RNNBase | nn.MultiheadAttention):
            layer.dropout = p
            found = True
    return found
