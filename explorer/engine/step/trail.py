"""A run's last steps, kept so that they can be gone once more: where did the loss go wrong?"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from explorer.engine.device.generators import generator_states, set_generators

SHARE = 0.002  # of the time, at most, for copying the state the trail begins at
OFTEN_S = 3.0
State = tuple[dict[str, Any], dict[str, Any]]  # of network and optimiser


@dataclass(frozen=True, slots=True)
class Walked:
    """A step: which samples, and the settings it was made with."""

    step: int
    picked: Tensor
    rate: float
    weight_decay: float


def copied(network: nn.Module) -> dict[str, Tensor]:
    """A copy of the network's weights and statistics."""
    return {name: tensor.detach().clone() for name, tensor in network.state_dict().items()}


def state_of(network: nn.Module, optimiser: torch.optim.Optimizer) -> State:
    """A copy of both."""
    return copy.deepcopy((network.state_dict(), optimiser.state_dict()))


def put_back(state: State, network: nn.Module, optimiser: torch.optim.Optimizer) -> None:
    """Fill both from a copy, which stays as it is."""
    weights, settings = state
    network.load_state_dict(weights)
    optimiser.load_state_dict(copy.deepcopy(settings))


class Trail:
    """Where a run was lately, and its steps since then."""

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._steps: list[Walked] = []
        self._state: State | None = None
        self._generators: Mapping[str, Tensor] = {}
        self._scale: tuple[float, int] | None = None
        self._began_s, self._cost_s = 0.0, 0.0

    @property
    def due(self) -> bool:
        """Whether a new beginning is worth its copy: the shorter the trail, the sooner found."""
        return time.perf_counter() - self._began_s > max(OFTEN_S, self._cost_s / SHARE)

    def begin(self, take: Callable[[], State], scale: tuple[float, int] | None) -> None:
        """From here on: the run's state, and the factor for its gradients."""
        before = time.perf_counter()
        self._state, self._scale = take(), scale
        self._generators = generator_states(self._device)
        self._steps = []
        self._began_s = time.perf_counter()
        self._cost_s = self._began_s - before

    def note(self, walked: Walked) -> None:
        """A step was made."""
        self._steps.append(walked)

    def until(self, step: int) -> list[Walked]:
        """The steps before this one."""
        return [each for each in self._steps if each.step < step]

    def at(self, step: int) -> Walked | None:
        """This step, if it is on the trail."""
        return next((each for each in self._steps if each.step == step), None)

    def go_back(
        self, network: nn.Module, optimiser: torch.optim.Optimizer
    ) -> tuple[float, int] | None:
        """Network, optimiser and random numbers as they were at the beginning; the factor too."""
        if self._state is not None:
            put_back(self._state, network, optimiser)
            set_generators(self._generators, self._device)
        return self._scale
