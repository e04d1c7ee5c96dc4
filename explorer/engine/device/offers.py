"""What there is to compute on, and what each device offers: for people who choose one."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

import torch

from explorer.engine.device.device import device_name, fault_of
from explorer.engine.device.failures import EngineError
from explorer.protocol.events import Device

KINDS = {
    "cuda": ("NVIDIA or AMD GPU", "no CUDA or ROCm device was found"),
    "mps": ("Apple GPU", "no Apple GPU was found"),
    "xpu": ("Intel GPU", "no Intel GPU was found"),
}
BUILDS = {"cuda": "CUDA or ROCm", "mps": "Metal", "xpu": "Intel GPUs"}
COMPILERS = ("g++", "clang++", "c++", "cl")
Offers = tuple[tuple[str, str], ...]


def devices() -> tuple[Device, ...]:
    """The CPU and every accelerator; of each kind that is not there, why."""
    return (Device("cpu", device_name(torch.device("cpu")), _of_cpu()), *_accelerators())


def chosen_device(name: str | None = None) -> torch.device:
    """The named device, or the accelerator if there is one that works, or the CPU; EngineError:
    the named one can't be used, with what can.
    """
    if name is None:
        found = (torch.device(kind, 0) for kind in KINDS if _count(kind))
        return next((each for each in found if not fault_of(each)), torch.device("cpu"))
    there = devices()
    wanted = f"{name}:0" if name in KINDS else name
    chosen = next((each for each in there if each.id == wanted and not each.missing), None)
    why = _refusal(name, wanted, there) if chosen is None else fault_of(torch.device(chosen.id))
    if chosen is None or why:
        usable = ", ".join(f"{each.id} ({each.name})" for each in there if not each.missing)
        raise EngineError(f"{why.rstrip('.')}. There is: {usable}.")
    return torch.device(chosen.id)


def _refusal(name: str, wanted: str, there: Sequence[Device]) -> str:
    kind = name.partition(":")[0]
    same = [each for each in there if each.id.partition(":")[0] == kind]
    if not same:
        return f"{name[:40]!r} is no device"
    missing = next((each.missing for each in same if each.id in (kind, wanted)), "")
    return f"{name[:40]} can't be used: {missing or 'there are not so many'}"


def _accelerators() -> Iterator[Device]:
    for kind, (title, none) in KINDS.items():
        count = _count(kind)
        if not count:
            built = _built(kind)
            without = f"this build of PyTorch was made without {BUILDS[kind]}"
            yield Device(kind, title, missing=none if built else without)
        for number in range(count):
            yield _accelerator(kind, number)


def _accelerator(kind: str, number: int) -> Device:
    device = torch.device(kind, number)
    identity = f"{kind}:{number}"
    fault = "" if number else fault_of(device)  # one that is not used should hold no memory
    if fault:
        return Device(identity, KINDS[kind][0], missing=f"it does not compute: {fault}")
    return Device(identity, device_name(device), OFFERS[kind](device))


def _count(kind: str) -> int:
    if kind == "mps":
        return int(torch.backends.mps.is_available())
    module = torch.cuda if kind == "cuda" else torch.xpu
    return module.device_count() if module.is_available() else 0


def _built(kind: str) -> bool:
    if kind == "cuda":
        return torch.version.cuda is not None or torch.version.hip is not None
    if kind == "mps":
        return torch.backends.mps.is_built()
    return bool(torch.xpu._is_compiled())


# --- what each kind offers


def _of_cpu() -> Offers:
    compiler = os.environ.get("CXX") or next(filter(shutil.which, COMPILERS), "")
    how = f"yes, by {Path(compiler).name}" if compiler else "no: there is no C++ compiler"
    return (
        ("memory", _gibibytes(_memory())),
        ("precision", "float32, float64; bfloat16 and float16 mixed, slower on most CPUs"),
        ("layout", "channels last for convolutions"),
        ("optimiser", "fused"),
        ("torch.compile", how),
        ("repeats", "bit for bit, with as many threads"),
    )


def _of_cuda(device: torch.device) -> Offers:
    facts = torch.cuda.get_device_properties(device)
    bfloat16 = torch.cuda.is_bf16_supported(including_emulation=False)
    mixed = "bfloat16 and float16" if bfloat16 else "float16"
    # The compiler's own language, which has no build for Windows and none for old GPUs.
    triton = find_spec("triton") is not None and (facts.major >= 7 or torch.version.hip is not None)
    return (
        ("memory", _gibibytes(facts.total_memory)),
        ("precision", f"float32, float64; {mixed} mixed, faster"),
        ("layout", "channels last for convolutions"),
        ("optimiser", "fused"),
        ("torch.compile", "yes, by Triton" if triton else "no: Triton is not there"),
        ("repeats", "bit for bit, on the same GPU"),
    )


def _of_xpu(device: torch.device) -> Offers:
    facts = torch.xpu.get_device_properties(device)
    mixed = "bfloat16 and float16" if torch.xpu.is_bf16_supported() else "float16"
    return (
        ("memory", _gibibytes(facts.total_memory)),
        (
            "precision",
            f"float32; {mixed} mixed, faster",
        ),
        ("layout", "channels last for convolutions"),
        ("optimiser", "fused"),
        ("torch.compile", "yes, by Triton" if find_spec("triton") else "no: Triton is not there"),
        ("repeats", "nearly: the last digits may differ"),
    )


def _of_mps(device: torch.device) -> Offers:
    return (
        ("memory", f"{_gibibytes(torch.mps.recommended_max_memory())}, shared with the CPU"),
        ("precision", "float32; bfloat16 and float16 mixed; no float64"),
        ("layout", "channels last for convolutions"),
        ("optimiser", "fused"),
        ("torch.compile", "tried, and left out where it fails"),
        ("repeats", "nearly: the last digits may differ"),
    )


OFFERS: dict[str, Callable[[torch.device], Offers]] = {
    "cuda": _of_cuda,
    "mps": _of_mps,
    "xpu": _of_xpu,
}


def _memory() -> int:
    """Of the machine, in bytes; 0 where it does not tell."""
    if sys.platform == "win32":
        return 0
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError):
        return 0


def _gibibytes(size: int) -> str:
    return f"{size / 2**30:.3g} GiB" if size else "not known"
