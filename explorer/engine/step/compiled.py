"""The training step's forward and backward pass compiled by torch.compile; without, where it fails.

Compiling takes from seconds to minutes. It goes on in a thread of its own, with a copy of the
network, while the run waits and the engine answers everybody else. No step is computed the other
way meanwhile: which steps are compiled would hang on the clock, and no run could be repeated.
"""

from __future__ import annotations

import copy
import sys
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager
from importlib import import_module
from types import ModuleType

import torch
from torch import Tensor, nn
from torch.nn import functional

from explorer.engine.device.failures import out_of_memory
from explorer.engine.device.generators import generator_states, set_generators
from explorer.protocol.events import CompileStage

BACKEND = "inductor"  # torch's own
WAIT_S = 0.02
REASON_LENGTH = 200

Sample = Callable[[], tuple[Tensor, Tensor]]  # inputs and labels of one batch
Cast = Callable[[], AbstractContextManager[object]]
Tell = Callable[[CompileStage, str, str], None]  # stage, message, details


class Compiled:
    """The network as it is called in a training step: compiled for batches of one shape. A smaller
    last one is computed by the network itself.
    """

    def __init__(self, network: nn.Module, sample: Sample, cast: Cast, tell: Tell) -> None:
        self._network = network
        self._sample = sample
        self._cast = cast
        self._tell = tell
        self._work: _Work | None = None
        self._made: Callable[[nn.Module, Tensor], Tensor] | None = None
        self._shape: torch.Size | None = None
        self._outdated = False
        self._given_up = False

    def __call__(self, x: Tensor) -> Tensor:
        """Normalised samples (B, ...) -> logits (B, classes)."""
        if self._made is None or x.shape != self._shape:
            result: Tensor = self._network(x)
            return result
        return self._made(self._network, x)

    def ready(self) -> bool:
        """Whether a step can be computed; compiles where that is due, and waits a moment for it."""
        if self._given_up or self._made is not None:
            return True
        if self._work is None:
            return not self._begun()
        if not self._work.over(WAIT_S):
            return False
        return self._taken(self._work)

    def renew(self) -> None:
        """A number that is part of the compiled code was changed: a dropout's probability."""
        self._made, self._outdated = None, True

    def gave_up(self, error: Exception) -> bool:
        """Whether the compiled code can be to blame, and the step is worth another try without."""
        if self._made is None or out_of_memory(error):
            return False
        self._give_up(error, traceback.format_exc())
        return True

    def _begun(self) -> bool:
        self._outdated = False
        device = next(self._network.parameters()).device
        try:
            inputs, labels = self._sample()
            trial = copy.deepcopy(self._network)
        except Exception as error:  # no memory for a copy
            self._give_up(error, traceback.format_exc())
            return False
        self._shape = inputs.shape
        self._work = _Work(trial, inputs, labels, self._cast, generator_states(device), device)
        self._work.start()
        self._tell("begun", "", "")
        return True

    def _taken(self, work: _Work) -> bool:
        self._work = None
        # The compiler has put torch's generator back to where it found it at some time.
        set_generators(work.generators, work.device)
        if work.error is not None:
            self._give_up(work.error, work.details)
        elif not self._outdated and work.made is not None:
            self._made = work.made
            self._tell("done", f"The training step was compiled in {work.seconds:.0f} s.", "")
        return self._given_up or (self._made is not None and not self._outdated)

    def _give_up(self, error: Exception, details: str) -> None:
        self._made, self._given_up = None, True
        message = f"The network is trained without torch.compile: {_reason(error)}"
        self._tell("failed", message, details)


class _Work(threading.Thread):
    """Compiles by computing one batch forward and backward on a copy of the network. A process
    that is left meanwhile does not wait for it long, see `leaving`.
    """

    def __init__(
        self,
        trial: nn.Module,
        inputs: Tensor,
        labels: Tensor,
        cast: Cast,
        generators: dict[str, Tensor],
        device: torch.device,
    ) -> None:
        super().__init__(name="compile", daemon=True)
        self.made: Callable[[nn.Module, Tensor], Tensor] | None = None
        self.error: Exception | None = None
        self.details = ""
        self.seconds = 0.0
        self.generators, self.device = generators, device
        self._trial, self._batch, self._cast = trial, (inputs, labels), cast
        self._threads = torch.get_num_threads()  # of the engine's thread; code is made for these

    def run(self) -> None:
        """Leave the compiled function in `made`, or the reason in `error`."""
        began = time.perf_counter()
        try:
            made = self._compiled()
            self.made, self.seconds = made, time.perf_counter() - began
        except Exception as error:
            self.error, self.details = error, traceback.format_exc()

    def over(self, wait_s: float) -> bool:
        """Whether it has ended by then."""
        self.join(wait_s)
        return not self.is_alive()

    def _compiled(self) -> Callable[[nn.Module, Tensor], Tensor]:
        inductor = _library()
        if self.device.type == "cpu" or getattr(sys, "frozen", False):
            # No processes beside ours that someone must end.
            inductor.compile_threads = 1  # type: ignore[attr-defined]  # found only at run time
        torch.set_num_threads(self._threads)
        torch._dynamo.reset()  # all networks share their code's text, and its limit of versions
        made = torch.compile(_computed, backend=BACKEND, fullgraph=True, dynamic=False)
        inputs, labels = self._batch
        with self._cast():
            logits = made(self._trial, inputs)
        torch.autograd.backward(functional.cross_entropy(logits.float(), labels))
        return made


def _library() -> ModuleType:
    """The settings of torch's compiler, which takes seconds to load."""
    import_module("torch._inductor.compile_fx")
    return import_module("torch._inductor.config")


def _computed(network: nn.Module, x: Tensor) -> Tensor:
    result: Tensor = network(x)
    return result


def compiling() -> bool:
    """Whether a network is being compiled, be it that nobody waits for it any more."""
    return any(isinstance(thread, _Work) for thread in threading.enumerate())


def quiet() -> None:
    """Wait for the end of what is being compiled: it would disturb the random numbers of a network
    that is built meanwhile. Nothing can break it off: torch ends the process where it is tried.
    """
    for thread in threading.enumerate():
        if isinstance(thread, _Work):
            thread.join()


def _reason(error: Exception) -> str:
    """The line of a compiler's report that says what was wrong."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    told = [line for line in lines if not line.startswith("backend=")] or ["no reason given"]
    if "InvalidCxxCompiler" in told[0]:
        return "there is no C++ compiler. Install g++ or clang, or leave compile off."
    if "RNN, GRU, or LSTM" in told[0]:
        return "it can't compile recurrent layers yet. Leave compile off for this network."
    text = told[0] if len(told[0]) <= REASON_LENGTH else told[0][: REASON_LENGTH - 1] + "…"
    return f"{text.rstrip('.')}."
