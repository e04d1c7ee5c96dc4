"""The process of one contender: `python -m tests.bench._contenders NAME`, steered by `_turns`."""

import argparse
from importlib import import_module
from pathlib import Path

from explorer.engine.device.environment import prepare_environment
from explorer.engine.device.memory import keep_memory
from tests.bench._turns import Turns

PLACES = {
    "engine": "_ours",
    "window": "_ours",
    "bare": "_loops",
    "tutorial": "_loops",
    "keras": "_peers",
    "skorch": "_peers",
    "lightning": "_peers",
}
# The engine sets this itself, and who tunes a loop by hand knows it. The others run as a user
# runs them: with OpenMP's and torch's defaults.
TUNED = ("engine", "window", "bare")


def main() -> None:
    """Train for ever; `Turns` ends the process."""
    parser = argparse.ArgumentParser()
    parser.add_argument("name", choices=PLACES)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--wait", choices=("usual", "default", "passive"), default="usual")
    wanted = parser.parse_args()
    if wanted.wait == "passive" or (wanted.wait == "usual" and wanted.name in TUNED):
        prepare_environment()  # before anything imports torch
    elif wanted.name in TUNED:
        keep_memory()
    turns = Turns(wanted.device)
    place = import_module(f"tests.bench.{PLACES[wanted.name]}")
    getattr(place, f"train_{wanted.name}")(wanted, turns.step)


if __name__ == "__main__":
    main()
