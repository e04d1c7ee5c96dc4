"""Steps per second of our engine, with and without its window, and of all that one would compare.

All train the tutorial CNN on MNIST, batch 64, Adam, float32, and take turns (see `_turns`). The
engine, the window and the hand-tuned loop keep OpenMP's idle threads asleep, as the engine does
by itself; the tutorial's loop and the peers run with the defaults that a user has (`--sleep`: the
same for all). The engine measures how many threads are best, and so does the hand-tuned loop; the
others have as many as torch takes. Nobody makes a test at the end of an epoch.

The bars are for quiet cores: with other programs at work, threads that spin lose far more. How
much the others took is printed.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from contextlib import ExitStack
from importlib.util import find_spec

from tests.bench._turns import Contender, Others, Turn, Wait, ratio, speed

TURNS = 36
TURN_S = 0.7
WARM_S = 2.0

TITLES = {
    "engine": "engine, headless",
    "window": "engine, open window",
    "bare": "hand-tuned bare loop",
    "tutorial": "tutorial loop",
    "keras": "Keras 3 on torch",
    "skorch": "skorch",
    "lightning": "Lightning",
}
NEEDS = {"tutorial": "PIL", "keras": "keras", "skorch": "skorch", "lightning": "lightning"}
ALSO_NEEDS = {"lightning": "PIL"}
INSTALL = "not installed: pip install 'architecture-explorer[bench]'"
FIRST = ("engine", "window", "bare")  # they measure how many threads are best
BARS = (
    ("engine", "bare", 0.97),
    ("engine", "tutorial", 1.25),
    ("engine", "keras", 1.9),
    ("window", "bare", 0.90),
)


def installed(name: str) -> bool:
    """Whether what a contender is made of is there."""
    needed = [names[name] for names in (NEEDS, ALSO_NEEDS) if name in names]
    return all(find_spec(each) is not None for each in needed)


def begun(
    names: Iterable[str], device: str, stack: ExitStack, wait: Wait = "usual", alone: bool = True
) -> list[Contender]:
    """The contenders, each ready for its first turn; `stack` ends them.

    `alone`: nothing else starts beside those that measure how many threads are best.
    """
    started: list[Contender] = []
    for name in names:
        started.append(stack.enter_context(Contender(name, device, wait=wait)))
        if alone and name in FIRST:
            started[-1].ready()
    for each in started:
        each.ready()
    return started


def in_turns(
    contenders: list[Contender], turns: int, turn_s: float, warm_s: float
) -> dict[str, list[Turn]]:
    """What each did in each turn; every second round goes backwards."""
    for each in contenders:
        each.turn(warm_s)
    found: dict[str, list[Turn]] = {each.name: [] for each in contenders}
    for turn in range(turns):
        for each in contenders[:: 1 if turn % 2 == 0 else -1]:
            found[each.name].append(each.turn(turn_s))
    return found


def show(contenders: list[Contender], found: dict[str, list[Turn]]) -> None:
    """The table, with a line for what is not there."""
    bare = found["bare"]
    threads = {each.name: each.threads for each in contenders}
    print(f"{'':22} {'steps/s':>8} {'of bare':>8} {'turns, from to':>18} {'threads':>8}")
    for name, title in TITLES.items():
        if name not in found:
            print(f"{title:22} {INSTALL}")
            continue
        own, each = speed(found[name]), sorted(turn.speed for turn in found[name])
        span = f"{each[0]:.1f} to {each[-1]:.1f}"
        print(f"{title:22} {own:8.1f} {ratio(found[name], bare):8.3f} {span:>18} {threads[name]:8}")


def judge(found: dict[str, list[Turn]]) -> None:
    """Each bar, and whether it is reached."""
    for ours, other, bar in BARS:
        line = f"{TITLES[ours]} / {TITLES[other]}, bar >= {bar:.2f}:"
        if not {ours, other} <= found.keys():
            print(f"{line} not measured")
            continue
        found_ratio = ratio(found[ours], found[other])
        print(f"{line} {found_ratio:.3f}, {'reached' if found_ratio >= bar else 'NOT REACHED'}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench training", description=__doc__)
    parser.add_argument("--device", default="cpu", help="cpu, cuda, mps or xpu")
    parser.add_argument("--sleep", action="store_true", help="OpenMP's idle threads sleep in all")
    wanted = parser.parse_args()
    others = Others()
    with ExitStack() as stack:
        wait: Wait = "passive" if wanted.sleep else "usual"
        contenders = begun(filter(installed, TITLES), wanted.device, stack, wait)
        found = in_turns(contenders, TURNS, TURN_S, WARM_S)
    print(
        f"tutorial CNN, MNIST, batch 64, float32, {wanted.device}, torch {contenders[0].torch}, "
        f"{TURNS} turns of {TURN_S} s each"
    )
    if wanted.sleep:
        print("OpenMP's idle threads sleep in all of them")
    show(contenders, found)
    judge(found)
    print(others.words())


if __name__ == "__main__":
    main()
