"""Runs the named measurements, or all: each module of this folder with a `main` is one."""

import importlib
import pkgutil
import sys
from pathlib import Path

from explorer.engine.environment import prepare_environment


def names() -> list[str]:
    """Every measurement, by its file's name."""
    modules = pkgutil.iter_modules([str(Path(__file__).parent)])
    return [module.name for module in modules if not module.name.startswith("_")]


def main(chosen: list[str]) -> int:
    unknown = sorted(set(chosen) - set(names()))
    if unknown:
        print(f"There is no measurement {', '.join(unknown)}. There are: {', '.join(names())}.")
        return 2
    prepare_environment()  # before anything imports torch
    for name in chosen or names():
        print(f"--- {name}", flush=True)
        importlib.import_module(f"tests.bench.{name}").main()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
