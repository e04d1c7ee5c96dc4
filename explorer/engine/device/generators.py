"""torch's random numbers: the states of its generators, in this process and in a team's others."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from explorer.engine.device.team import Team

States = Mapping[str, Tensor]  # by the generator's name; of another process "torch.RANK"


def generator_states(device: torch.device) -> dict[str, Tensor]:
    """torch's own generators: the CPU's, and the device's where it has one."""
    states = {"torch": torch.get_rng_state()}
    if device.type in ("cuda", "xpu", "mps"):
        states[device.type] = getattr(torch, device.type).get_rng_state()
    return states


def set_generators(states: States, device: torch.device) -> None:
    """As they were; a run that moves to another device draws other numbers there."""
    torch.set_rng_state(states["torch"])
    if device.type in states and device.type != "torch":
        getattr(torch, device.type).set_rng_state(states[device.type])


def states_of_others(team: Team) -> dict[str, Tensor]:
    """Those of all processes but the first; all must ask at the same step."""
    return {
        f"{name}.{rank}": state
        for name, own in generator_states(team.device).items()
        for rank, state in enumerate(team.gathered(own))
        if rank
    }


def put_generators(states: States, device: torch.device, rank: int, seed: int) -> None:
    """As this process had them. A checkpoint of fewer processes knows nothing of it: it begins with
    the seed, which must be another one for each process and step.
    """
    own = states if rank == 0 else _of(states, rank)
    if "torch" in own:
        set_generators(own, device)
    else:
        torch.manual_seed(seed)


def _of(states: States, rank: int) -> dict[str, Tensor]:
    ending = f".{rank}"
    return {
        name.removesuffix(ending): state for name, state in states.items() if name.endswith(ending)
    }
