"""Runs users' files: only texts that were trusted, and never when a document is opened."""

from __future__ import annotations

import ctypes
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import PurePath
from types import ModuleType

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from explorer.engine.device.failures import EngineError
from explorer.graph.block import Shape
from explorer.graph.custom import FAMILY, Custom, Facts, trusted_text

SAMPLES = 2  # of a trial run
LONGEST_S = 20.0  # that it may take
RANKS = {4: "image", 3: "sequence", 2: "vector"}  # of a batch


def class_of(layer: str) -> type[nn.Module]:
    """The class of "custom.SHA256.Scale"; raises EngineError unless its text is trusted."""
    sha256, name = layer.removeprefix(FAMILY).split(".")
    known = trusted_text(sha256)
    if known is None:
        raise EngineError(
            f"The file of {name} is not trusted here. Open the document and trust it."
        )
    found: type[nn.Module] = getattr(_module(sha256, *known), name)
    return found


@cache
def _module(sha256: str, path: str, text: str) -> ModuleType:
    """The file's module, run once. Its name is one that no import finds."""
    module = ModuleType(f"custom_{sha256}")
    module.__file__ = path
    sys.modules[module.__name__] = module  # dataclasses and torch look it up
    exec(compile(text, path, "exec"), module.__dict__)
    return module


def trial(block: Custom, shapes: tuple[Shape, ...]) -> Facts | str:
    """Make the layer and run it once, on the CPU; what came out, or why nothing did, with the line.

    The random state is as before: a run that goes on is not disturbed.
    """
    call = block.layer(*shapes)
    try:
        with _at_most(LONGEST_S), torch.random.fork_rng(devices=[]), torch.no_grad():
            layer = class_of(call.layer)(**dict(call.keywords)).eval()
            samples = [_sample(shape) for shape in shapes]
            with FlopCounterMode(display=False) as counted:
                answer = layer(*samples)
    except (Exception, SystemExit, TookTooLong) as error:
        return _told(error, block.path)
    shape = _shape(answer)
    if isinstance(shape, str):
        return f"{shape} ({PurePath(block.path).name})"
    weights = sum(p.numel() for p in layer.parameters() if p.requires_grad)
    return Facts(shape, weights, counted.get_total_flops() // (2 * SAMPLES))


class TookTooLong(BaseException):
    """Not an Exception: a file that catches all of those is ended too."""


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """Raise TookTooLong in this thread after so long; a call into torch is awaited first."""
    lock, thread = threading.Lock(), threading.get_ident()
    over = False

    def end() -> None:
        with lock:
            if not over:
                target, raised = ctypes.c_ulong(thread), ctypes.py_object(TookTooLong)
                ctypes.pythonapi.PyThreadState_SetAsyncExc(target, raised)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        with lock:
            over = True
        timer.cancel()


def _sample(shape: Shape) -> Tensor:
    if shape.kind == "tokens":
        return torch.zeros(SAMPLES, *shape.dims, dtype=torch.int64)
    return torch.randn(SAMPLES, *shape.dims)


def _shape(answer: object) -> Shape | str:
    """The shape of one sample, or what is wrong with the answer."""
    if not isinstance(answer, Tensor):
        return f"should give a tensor but gives {type(answer).__name__}"
    sizes = tuple(answer.shape)
    if sizes[:1] != (SAMPLES,) or len(sizes) not in RANKS or 0 in sizes:
        return (
            f"should give (B, C, H, W), (B, T, D) or (B, D) but gives {sizes} for a batch of "
            f"{SAMPLES}"
        )
    if not answer.is_floating_point():
        return f"should give real numbers but gives {answer.dtype}"
    return Shape(RANKS[len(sizes)], sizes[1:])  # type: ignore[arg-type]  # a dict of literals


def _told(error: BaseException, path: str) -> str:
    """The file's last line on the way to the error, and the error."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == path]
    line = error.lineno if isinstance(error, SyntaxError) else lines[-1] if lines else None
    where = f", line {line}" if line else ""
    if isinstance(error, TookTooLong):
        return f"takes longer than {LONGEST_S:g} s in {PurePath(path).name}{where}"
    words = (str(error).strip() or "no reason given").splitlines()[0][:300]
    return f"fails in {PurePath(path).name}{where}: {type(error).__name__}: {words}"
