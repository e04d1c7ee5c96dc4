"""Steps per second while another program keeps every core busy, by how OpenMP's threads wait.

Our engine lets them sleep; with OpenMP's default they spin, and on busy cores they spin where the
thread that they wait for should run. The same loop with as many threads, measured in turns.
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


@contextmanager
def busy_cores() -> Iterator[int]:
    """A plain endless loop for every core that this process may use; how many."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    loops = [
        subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(cores or 1)
    ]
    try:
        yield len(loops)
    finally:
        for each in loops:
            each.kill()
            each.wait()


def measured(turns: int, turn_s: float, warm_s: float) -> tuple[list[Turn], list[Turn], int, int]:
    """Turns of the engine and of the same loop with OpenMP's default; threads, busy cores."""
    with ExitStack() as stack:
        ours = stack.enter_context(Contender("engine"))
        ours.ready()  # the number of threads is measured before the cores are busy
        default = stack.enter_context(Contender("engine", threads=ours.threads, wait="default"))
        default.ready()
        cores = stack.enter_context(busy_cores())
        sleeping, spinning = [], []
        for each in (ours, default):
            each.turn(warm_s)
        for _ in range(turns):
            sleeping.append(ours.turn(turn_s))
            spinning.append(default.turn(turn_s))
        return sleeping, spinning, ours.threads, cores


def main() -> None:
    """Measure and print."""
    sleeping, spinning, threads, cores = measured(TURNS, TURN_S, WARM_S)
    print(
        f"tutorial CNN, batch 64, {threads} threads, {cores} endless loops on as many cores, "
        f"{TURNS} turns of {TURN_S} s each"
    )
    for title, turns in (("engine", sleeping), ("OpenMP's default", spinning)):
        each = sorted(turn.speed for turn in turns)
        print(f"{title:22} {speed(turns):8.1f} steps/s (turns {each[0]:.1f} to {each[-1]:.1f})")
    ratio = speed(sleeping) / speed(spinning)
    print(f"ratio, bar >= {BAR:.2f}: {ratio:.2f}, {'reached' if ratio >= BAR else 'NOT REACHED'}")


if __name__ == "__main__":
    main()
