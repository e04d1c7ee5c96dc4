"""Steps per second while another program keeps every core busy, by how OpenMP's threads wait.

Our engine lets them sleep; with OpenMP's default they spin, and on busy cores they spin where the
thread that they wait for should run. The same loop, with a thread for each core, in turns.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from tests.bench._turns import Contender, Turn, speed

TURNS = 8
TURN_S = 4.0
WARM_S = 2.0
BAR = 3.0


def usable_cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def busy_cores() -> Iterator[None]:
    """A plain endless loop for every core."""
    command = [sys.executable, "-c", "while True: pass"]
    loops = [subprocess.Popen(command) for _ in range(usable_cores())]
    try:
        yield
    finally:
        for each in loops:
            each.kill()
            each.wait()


def measured(turns: int, turn_s: float, warm_s: float) -> tuple[list[Turn], list[Turn]]:
    """Turns of the engine, and of the same loop with OpenMP's default."""
    with ExitStack() as stack:
        ours = stack.enter_context(Contender("engine", threads=usable_cores()))
        default = stack.enter_context(Contender("engine", threads=usable_cores(), wait="default"))
        for each in (ours, default):
            each.ready()
        stack.enter_context(busy_cores())
        for each in (ours, default):
            each.turn(warm_s)
        sleeping, spinning = [], []
        for _ in range(turns):
            sleeping.append(ours.turn(turn_s))
            spinning.append(default.turn(turn_s))
        return sleeping, spinning


def main() -> None:
    """Measure and print."""
    sleeping, spinning = measured(TURNS, TURN_S, WARM_S)
    print(
        f"tutorial CNN, batch 64, on {usable_cores()} threads, beside as many endless loops on as "
        f"many cores, {TURNS} turns of {TURN_S} s each"
    )
    for title, turns in (("engine", sleeping), ("OpenMP's default", spinning)):
        each = sorted(turn.speed for turn in turns)
        print(f"{title:22} {speed(turns):8.1f} steps/s (turns {each[0]:.1f} to {each[-1]:.1f})")
    ratio = speed(sleeping) / speed(spinning)
    print(f"ratio, bar >= {BAR:.2f}: {ratio:.2f}, {'reached' if ratio >= BAR else 'NOT REACHED'}")


if __name__ == "__main__":
    main()
