"""Training loops that are measured in turns, each in a process of its own.

A machine changes from second to second, so the loops take many short turns, and two of them are
compared by the median of their ratios in the same round. Some loops own the control flow (`fit`, a
window's engine), so every one calls `Turns.step` after each training step; between two turns that
call waits for a line from the parent, and the process sleeps: no step is under way, so no OpenMP
thread spins for longer than the fraction of a second after which it goes to sleep by itself. A turn
begins and ends between two steps. (Stopping the process with a signal instead would disturb our
engine: it measures on held-out samples by the clock.)
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal

ROOT = Path(__file__).resolve().parents[2]
Wait = Literal["usual", "default", "passive"]
WAIT_POLICY = ("OMP_WAIT_POLICY", "KMP_BLOCKTIME", "GOMP_SPINCOUNT")
END_S = 10.0
QUIET = 0.15  # cores


@dataclass(frozen=True, slots=True)
class Turn:
    """What was done in one turn."""

    steps: int
    seconds: float

    @property
    def speed(self) -> float:
        """Steps per second."""
        return self.steps / self.seconds


def speed(turns: list[Turn]) -> float:
    """Steps per second over all turns."""
    return sum(turn.steps for turn in turns) / sum(turn.seconds for turn in turns)


def ratio(ours: list[Turn], others: list[Turn]) -> float:
    """How many times as fast: the median over rounds, whose turns lie close together in time."""
    return statistics.median(a.speed / b.speed for a, b in zip(ours, others, strict=True))


class Contender:
    """A loop of `_contenders` in its process: begun here, ready after its first step."""

    def __init__(
        self, name: str, device: str = "cpu", threads: int = 0, wait: Wait = "usual"
    ) -> None:
        """`threads`: 0 leaves the number to the loop. `wait`: how OpenMP's idle threads do it;
        by default as the loop's user has it.
        """
        self.name = name
        self.threads, self.torch = 0, ""
        self._folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self._errors = (Path(self._folder.name) / "stderr.txt").open("w+")
        left_out = WAIT_POLICY if wait == "default" else ()
        command = [sys.executable, "-m", "tests.bench._contenders", name]
        command += ["--device", device, "--threads", str(threads), "--wait", wait]
        self._process = subprocess.Popen(
            [*command, "--folder", self._folder.name],
            cwd=ROOT,
            env={key: value for key, value in os.environ.items() if key not in left_out},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )

    def __enter__(self) -> Contender:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let the process end."""
        self._process.stdin.close()
        try:
            self._process.wait(END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        self._errors.close()
        self._folder.cleanup()

    def ready(self) -> None:
        """Wait until its first step is done."""
        if not self.threads:
            told = self._hear()
            self.threads, self.torch = told["threads"], told["torch"]

    def turn(self, seconds: float) -> Turn:
        """Let it train for so long, to the end of a step."""
        self._process.stdin.write(f"{seconds}\n")
        self._process.stdin.flush()
        return Turn(**self._hear())

    def _hear(self) -> dict:
        line = self._process.stdout.readline()
        if not line:
            self._errors.seek(0)
            raise RuntimeError(f"{self.name} ended:\n{self._errors.read()[-3000:]}")
        return json.loads(line)


class Turns:
    """In the contender's process: counts steps in a turn, waits between two."""

    def __init__(self, device: str) -> None:
        self._device = device
        self._to_parent = os.fdopen(os.dup(sys.stdout.fileno()), "w")
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what libraries print is no answer
        self._began = self._end = 0.0
        self._steps = -1  # the one before the first turn

    def step(self) -> None:
        """A training step has been done."""
        self._steps += 1
        if time.perf_counter() >= self._end:
            self._change()

    def _change(self) -> None:
        import torch

        if self._device != "cpu":
            torch.accelerator.synchronize()  # what is queued belongs to the turn
        if self._began:
            self._tell(steps=self._steps, seconds=time.perf_counter() - self._began)
        else:
            self._tell(threads=torch.get_num_threads(), torch=torch.__version__)
        asked = sys.stdin.readline()
        if not asked:
            os._exit(0)  # the other threads' work is of no use to anybody
        self._steps, self._began = 0, time.perf_counter()
        self._end = self._began + float(asked)

    def _tell(self, **values: object) -> None:
        print(json.dumps(values), file=self._to_parent, flush=True)


class Others:
    """How much of the cores other programs take from now on: figures are for a quiet machine."""

    def __init__(self) -> None:
        self._began, self._busy, self._own = time.perf_counter(), busy_s(), own_s()

    def words(self) -> str:
        """In cores, once all that was begun here has ended."""
        if self._busy is None:
            return "how much other programs took is not known on this system"
        taken = busy_s() - self._busy - (own_s() - self._own)
        cores = max(0.0, taken / (time.perf_counter() - self._began))
        quiet = "a quiet machine" if cores < QUIET else "NOT A QUIET MACHINE: measure again"
        return f"other programs took {cores:.2f} cores meanwhile: {quiet}"


def busy_s() -> float | None:
    """Seconds for which cores were not idle since the system started; None: it does not say."""
    stat = Path("/proc/stat")
    if not stat.exists():
        return None
    user, nice, system, _, _, *interrupts = map(int, stat.read_text().split(maxsplit=9)[1:9])
    return (user + nice + system + sum(interrupts)) / os.sysconf("SC_CLK_TCK")


def own_s() -> float:
    """Seconds that this process and those that it began, and that have ended, computed."""
    return sum(os.times()[:4])
