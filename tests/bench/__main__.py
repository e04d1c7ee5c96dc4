"""Runs the named measurements, or all: each module of this folder with a `main` is one.

Each runs in a process of its own: what one sets for its threads or its windows is no other's.
"""

import argparse
import pkgutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
WITH_OPTIONS = ("training",)  # the others have none


def names() -> list[str]:
    """Every measurement, by its file's name."""
    modules = pkgutil.iter_modules([str(HERE)])
    return [module.name for module in modules if not module.name.startswith("_")]


def main(arguments: list[str]) -> int:
    """Run them one after the other; the number of those that failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(names()))
    parser.add_argument("--device", default="cpu", help="of `training`: cpu, cuda, mps, xpu")
    parser.add_argument(
        "--sleep",
        action="store_true",
        help="of `training`: OpenMP's idle threads sleep in the peers, too",
    )
    wanted = parser.parse_args(arguments)
    given = ["--device", wanted.device, *["--sleep"] * wanted.sleep]
    if unknown := sorted(set(wanted.names) - set(names())):
        parser.error(f"There is no {', '.join(unknown)}. There are: {', '.join(names())}.")
    failed = 0
    for name in wanted.names or names():
        print(f"--- {name}", flush=True)
        options = given if name in WITH_OPTIONS else []
        command = [sys.executable, "-m", f"tests.bench.{name}", *options]
        failed += subprocess.run(command, cwd=HERE.parents[1]).returncode != 0
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
