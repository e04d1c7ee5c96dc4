"""One training step: gradients of a batch, and the optimiser that follows them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
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
HALVES = {"bfloat16": torch.bfloat16, "float16": torch.float16}
WIDER = {torch.bfloat16: torch.float32, torch.float16: torch.float32}
Forward = Callable[[Tensor], Tensor]
SMALLEST_PIECE = 2  # batch normalisation can't use a single sample


def train_step(
    network: Forward, optimiser: torch.optim.Optimizer, inputs: Tensor, labels: Tensor
) -> Tensor:
    """One step down the gradient of the cross-entropy; returns loss and hits, (2,)."""
    logits = network(inputs)  # (B, classes)
    loss = functional.cross_entropy(logits, labels)
    optimiser.zero_grad()
    torch.autograd.backward(loss)
    optimiser.step()
    return _told(loss, logits, labels)


class CarefulStep:
    """The same step in pieces of the batch, whose gradients are summed, and in mixed precision."""

    def __init__(self, training: Training, device: torch.device) -> None:
        self.pieces = training.accumulate
        self._device = device
        self._half = HALVES.get(training.precision)
        # float16 has no room for small gradients: they are scaled up, and down again.
        self.scaler = torch.amp.GradScaler(device.type) if self._half is torch.float16 else None

    @property
    def needed(self) -> bool:
        """Whether `train_step` would not do."""
        return self.pieces > 1 or self._half is not None

    def __call__(
        self,
        network: Forward,
        optimiser: torch.optim.Optimizer,
        inputs: Tensor,
        labels: Tensor,
        weight: float = 1.0,
    ) -> Tensor:
        """As `train_step`; the gradient is multiplied by `weight`, what is told is not."""
        told = torch.zeros(2, dtype=inputs.dtype, device=labels.device)
        optimiser.zero_grad()
        for x, y in self.in_pieces(inputs, labels):
            with self.cast():
                logits = network(x)
            loss = functional.cross_entropy(logits.to(WIDER.get(logits.dtype, logits.dtype)), y)
            loss = loss * (len(y) / len(labels))
            weighted = loss if weight == 1.0 else loss * weight
            scaled = weighted if self.scaler is None else self.scaler.scale(weighted)
            torch.autograd.backward(scaled)
            told += _told(loss, logits, y)
        if self.scaler is None:
            optimiser.step()
        else:
            self.scaler.step(optimiser)
            self.scaler.update()
        return told

    def pieces_of(self, batch: int) -> int:
        """In how many pieces a batch of this size is computed."""
        return max(1, min(self.pieces, batch // SMALLEST_PIECE))

    def in_pieces(self, inputs: Tensor, labels: Tensor) -> Iterable[tuple[Tensor, Tensor]]:
        """The batch as it is computed, a piece after the other."""
        pieces = self.pieces_of(len(labels))
        return zip(inputs.tensor_split(pieces), labels.tensor_split(pieces), strict=True)

    def cast(self) -> AbstractContextManager[object]:
        """Within it layers compute with half the bits, where that was asked for."""
        if self._half is None:
            return nullcontext()
        return torch.autocast(self._device.type, self._half)

    @property
    def scale(self) -> tuple[float, int] | None:
        """The factor for gradients in float16, and for how many steps it has stood."""
        if self.scaler is None:
            return None
        state = self.scaler.state_dict()
        return float(state["scale"]), int(state["_growth_tracker"])

    @scale.setter
    def scale(self, value: tuple[float, int] | None) -> None:
        if self.scaler is not None and value is not None:
            scale, age = value
            state = self.scaler.state_dict()
            self.scaler.load_state_dict({**state, "scale": scale, "_growth_tracker": age})


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
