"""Where the network is computed: device, number of threads, layout of tensors."""

from __future__ import annotations

import copy
import os
import time
from collections.abc import Callable
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn import functional

NetworkT = TypeVar("NetworkT", bound=nn.Module)

MEASURE_S = 0.3  # longest measurement of thread counts
WORTH = 1.1  # fewer threads must be this much faster to be taken


def fault_of(device: torch.device) -> str:
    """Why the device does not compute, empty where it does: a driver may name one that this torch
    was not built for.
    """
    try:
        right = (torch.ones(2, device=device) + 1).sum().item() == 4
    except (RuntimeError, AssertionError) as error:
        return (str(error).strip() or type(error).__name__).splitlines()[0]
    return "" if right else "1 + 1 is not 2 on it"


def device_name(device: torch.device) -> str:
    """The device's name for people."""
    names: dict[str, Callable[[], str]] = {
        "cpu": lambda: _cpu_name(torch.get_num_threads()),
        "cuda": lambda: torch.cuda.get_device_name(device),
        "xpu": lambda: str(torch.xpu.get_device_name(device)),
        "mps": lambda: "Apple GPU",
    }
    return names.get(device.type, lambda: device.type)()


def _cpu_name(threads: int) -> str:
    return f"CPU, {threads} thread{'' if threads == 1 else 's'}"


def set_precision(device: torch.device) -> None:
    """Plain float32, and the same result each time: what a view shows adds up to the digit."""
    if device.index is not None and device.type in ("cuda", "xpu"):
        torch.accelerator.set_device_index(device.index)  # whose random numbers are then meant
    if device.type == "cuda":
        torch.backends.cudnn.deterministic = True
        torch.backends.cudnn.benchmark = False
        torch.backends.cudnn.allow_tf32 = False


def placed(network: NetworkT, device: torch.device) -> NetworkT:
    """On the device; channels_last where there are convolutions: 0.6 of the time on CPU."""
    network.to(device)
    convolves = any(isinstance(layer, nn.Conv2d) for layer in network.modules())
    return laid_out(network, torch.channels_last) if convolves else network


def laid_out(network: NetworkT, layout: torch.memory_format) -> NetworkT:
    """The network with its kernels in this memory format."""
    network.to(memory_format=layout)  # type: ignore[call-overload]  # torch does not declare it
    return network


def choose_threads(network: nn.Module, inputs: Tensor, labels: Tensor) -> int:
    """Measure some training steps with all cores and with fewer; set the best number of threads.

    A number that the user has set (OMP_NUM_THREADS) stays. Draws no random number of the training.
    """
    if inputs.device.type != "cpu" or "OMP_NUM_THREADS" in os.environ:
        return torch.get_num_threads()
    counts = _candidates()
    if len(counts) > 1:
        trial = copy.deepcopy(network)
        with torch.random.fork_rng(devices=[]):
            torch.set_num_threads(_fastest(counts, lambda: _trial_step(trial, inputs, labels)))
    return torch.get_num_threads()


def _candidates() -> list[int]:
    """All cores that this process may use, then ever half of them."""
    cores = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    return [cores >> halvings for halvings in range(cores.bit_length())]


def _fastest(counts: list[int], step: Callable[[], None]) -> int:
    """The first count unless another is clearly better; in rounds, so that noise hits all alike."""
    began = time.perf_counter()
    torch.set_num_threads(counts[0])
    step()  # the first one allocates
    best = dict.fromkeys(counts, float("inf"))
    while True:
        for count in counts:
            torch.set_num_threads(count)
            start = time.perf_counter()
            step()
            best[count] = min(best[count], time.perf_counter() - start)
            if time.perf_counter() - began > MEASURE_S:
                fastest = min(counts, key=lambda each: best[each])
                return fastest if best[fastest] * WORTH < best[counts[0]] else counts[0]


def _trial_step(network: nn.Module, inputs: Tensor, labels: Tensor) -> None:
    loss = functional.cross_entropy(network(inputs), labels)
    torch.autograd.backward(loss)
