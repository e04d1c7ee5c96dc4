"""Runs every check of the project, on a machine that has Python 3.11 or newer and nothing else.

python3 packaging/test.py [--venv DIR] [--static] [arguments of pytest]

All parts run, whichever fails; the exit status is that of the first that failed. With --static only
format, lint, types and imports are checked, and pytest is left out.
"""

import sys

if sys.version_info < (3, 11):  # before any import that an older Python could not read
    sys.exit("Architecture Explorer needs Python 3.11 or newer; this is " + sys.version.split()[0])

import argparse
import os
import subprocess
import time
from pathlib import Path

import bootstrap

STATIC = {
    "format": ["ruff", "format", "--check", "."],
    "lint": ["ruff", "check", "."],
    "types": ["mypy"],
    "imports": ["lint-imports"],
}


def main() -> int:
    """Prepare, run the parts one after the other, and sum them up."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--venv", type=Path, default=bootstrap.ROOT / ".venv")
    parser.add_argument("--static", action="store_true")
    own, arguments = parser.parse_known_args()
    if not system_is_ready(own.static):
        return 1
    python = bootstrap.environment(own.venv, ("dev", "onnx", "sweep", "tensorboard"))
    statuses = {name: part(python, name, command) for name, command in STATIC.items()}
    if not own.static:
        # pytest comes last, so that its summary is the last line of a run without faults.
        command = ["python", "-m", "pytest", "-n", "2", *arguments]
        statuses["tests"] = part(python, "tests", command)
    failed = {name: status for name, status in statuses.items() if status != 0}
    if failed:
        bootstrap.say(f"FAILED: {', '.join(failed)}")
    return next(iter(failed.values()), 0)


def system_is_ready(static: bool) -> bool:
    """Install what is missing; the tests can do without a real display, but not without drawing."""
    vital, more = bootstrap.missing_venv(), []
    if not static:
        vital += bootstrap.missing_libraries(bootstrap.DRAWING)
        more += bootstrap.missing_libraries(bootstrap.WINDOW)
        more += bootstrap.missing_programs(bootstrap.JOURNEYS)
    if bootstrap.install_system(vital + more):
        return True
    if not vital:
        bootstrap.say("Going on without them: the tests that need a real display are skipped.")
    return not vital


def part(python: Path, name: str, command: list[str]) -> int:
    """Run one part with the environment's own programs and say how it went."""
    bootstrap.say(f"--- {name}: {' '.join(command)}")
    surroundings = {
        **os.environ,
        "PATH": str(python.parent) + os.pathsep + os.environ.get("PATH", ""),
        "PYTHONFAULTHANDLER": "1",
        "QT_QPA_PLATFORM": "offscreen",
    }
    program = [str(python.parent / command[0]), *command[1:]]
    begun = time.monotonic()
    status = subprocess.run(program, cwd=bootstrap.ROOT, env=surroundings, check=False).returncode
    if status != 0 or name != "tests":
        verdict = "passed" if status == 0 else f"failed with exit status {status}"
        bootstrap.say(f"--- {name} {verdict} in {time.monotonic() - begun:.1f} s")
    return status


if __name__ == "__main__":
    bootstrap.start(main)
