"""Several processes that train one network together, as `torchrun` starts them."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import torch
from torch import Tensor, distributed, nn
from torch.nn.parallel import DistributedDataParallel

if TYPE_CHECKING:  # some builds of torch lack it
    from torch._C._distributed_c10d import Store

TOGETHER_STEPS = 20  # what all must do at the same step is done at multiples of this
LAST_WORDS = "the leader's part is done"
LAST_WORDS_S = 20.0  # that the others wait for them


@dataclass(frozen=True, slots=True)
class Team:
    """This process's place among them. The leader alone tells, records and writes checkpoints."""

    rank: int
    size: int
    device: torch.device
    store: Store | None = None  # where they have met

    @property
    def leads(self) -> bool:
        """Whether this is the first."""
        return self.rank == 0

    def wrapped(self, network: nn.Module) -> nn.Module:
        """The network whose gradients are the means over all processes."""
        on_cpu = self.device.type == "cpu"
        places = None if on_cpu else [self.device]
        return DistributedDataParallel(_Spared(network), places, find_unused_parameters=True)

    def share(self, picked: Tensor) -> Tensor:
        """This process's part of a batch."""
        return picked[self.rank :: self.size]

    def weight(self, part: int, whole: int) -> float:
        """For the mean loss of `part` samples, so that the mean over all processes is that of the
        whole batch.
        """
        return part * self.size / whole

    def total(self, told: Tensor, weight: float) -> Tensor:
        """Loss and hits, (2,), of the whole batch from those of each process's part."""
        whole = torch.stack((told[0] * (weight / self.size), told[1]))
        distributed.all_reduce(whole)
        return whole

    def any(self, asked: bool) -> bool:
        """Whether any process was asked; all must call it at the same step."""
        found = torch.tensor(float(asked), device=self.device)
        distributed.all_reduce(found)
        return bool(found.item())

    def gathered(self, value: Tensor) -> list[Tensor]:
        """Each process's tensor, all of one shape, in the order of their ranks, in CPU memory."""
        own = value.to(self.device)
        found = [torch.empty_like(own) for _ in range(self.size)]
        distributed.all_gather(found, own)
        return [each.cpu() for each in found]

    def first(self, text: str) -> str:
        """The text of the first process that has one; empty where none has."""
        told = bytearray(text.encode())
        sizes = torch.zeros(self.size, dtype=torch.int64, device=self.device)
        sizes[self.rank] = len(told)
        distributed.all_reduce(sizes)
        speaker = next((rank for rank, size in enumerate(sizes.tolist()) if size), None)
        if speaker is None:
            return ""
        content = torch.zeros(int(sizes[speaker]), dtype=torch.uint8, device=self.device)
        if speaker == self.rank:
            content.copy_(torch.frombuffer(told, dtype=torch.uint8))
        distributed.broadcast(content, speaker)
        return bytes(content.tolist()).decode()

    def wait_for_leader(self) -> bool:
        """Whether the leader has come to its end, after a failure that is everybody's. As soon as
        one process has failed, torchrun ends all: it should have saved, and said why.
        """
        if self.store is None:
            return False
        try:
            self.store.wait([LAST_WORDS], timedelta(seconds=LAST_WORDS_S))
        except RuntimeError:  # it waits itself: for this process, which failed alone
            return False
        time.sleep(1.0)  # its message comes after its end
        return True

    def agreed(self, value: float) -> float:
        """The leader's number."""
        found = torch.tensor(value, dtype=torch.float64, device=self.device)
        distributed.broadcast(found, 0)
        return float(found.item())


class _Spared(nn.Module):
    """A network beside a weight that nothing uses. Where such are looked for, a user's block may
    have some, and gradients stay in their order after the first step: else three of them would be
    summed in another one than by processes that have resumed. Where none is found, each process
    would be warned.
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network
        self.spare = nn.Parameter(next(network.parameters()).detach().new_zeros(1))

    def forward(self, x: Tensor) -> Tensor:
        result: Tensor = self.network(x)
        return result


def is_team(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether this process is one of several."""
    return environment.get("WORLD_SIZE", "1") not in ("", "1")


def restarted(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether torchrun has started the processes anew after one had failed."""
    return environment.get("TORCHELASTIC_RESTART_COUNT", "0") not in ("", "0")


@contextmanager
def joined(device: str | None) -> Iterator[Team | None]:
    """Meet the others, and part at the end; None where this process is the only one."""
    if not is_team():
        yield None
        return
    # Only here: some builds of torch lack these. The functions' default group is the one that
    # stands when they are first imported, as DistributedDataParallel does: after the meeting, they
    # would keep it to the end of the process.
    import torch.distributed.nn.functional
    from torch._C._distributed_c10d import PrefixStore
    from torch.distributed.rendezvous import rendezvous

    kind = device or ("cuda" if torch.cuda.is_available() else "cpu")
    own = torch.device(kind)
    if own.type == "cuda":
        own = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
        torch.cuda.set_device(own)
    store, rank, size = next(iter(rendezvous("env://")))
    # After a restart the launcher's store still has the addresses of the processes that died.
    attempt = os.environ.get("TORCHELASTIC_RESTART_COUNT", "0")
    store = PrefixStore(f"attempt-{attempt}", store)
    distributed.init_process_group(
        "nccl" if own.type == "cuda" else "gloo",
        store=store,
        rank=rank,
        world_size=size,
    )
    try:
        yield Team(distributed.get_rank(), distributed.get_world_size(), own, store)
    finally:
        if distributed.get_rank() == 0:
            store.set(LAST_WORDS, "")
        # Gloo's threads end with the last reference to the group, and a run's parts refer to each
        # other. A thread that lets go of a tensor when Python is gone already ends the process.
        gc.collect()
        distributed.destroy_process_group()
