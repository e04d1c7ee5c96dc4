"""Starts Architecture Explorer on a machine that has Python 3.11 or newer and nothing else.

python3 packaging/run.py [--venv DIR] [arguments of the program]

Creates `.venv` in the checkout the first time and opens the window. Without a display and without
arguments it runs the guided tour instead and says where the pictures of it are.
"""

import sys

if sys.version_info < (3, 11):  # before any import that an older Python could not read
    sys.exit("Architecture Explorer needs Python 3.11 or newer; this is " + sys.version.split()[0])

import argparse
import os
import subprocess
from pathlib import Path

import bootstrap


def main() -> int:
    """Prepare, then hand over to the program and end with its exit status."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--venv", type=Path, default=bootstrap.ROOT / ".venv")
    own, arguments = parser.parse_known_args()
    headless = not has_display()
    needed = bootstrap.DRAWING if headless else {**bootstrap.DRAWING, **bootstrap.WINDOW}
    missing = bootstrap.missing_venv() + bootstrap.missing_libraries(needed)
    if not bootstrap.install_system(missing):
        return 1
    python = bootstrap.environment(own.venv, ("onnx", "sweep", "tensorboard"))
    if headless and not arguments:
        return tour(python)
    return subprocess.run([str(python), "-m", "explorer", *arguments], check=False).returncode


def has_display() -> bool:
    """Whether a window can be shown; macOS and Windows always can."""
    if not sys.platform.startswith("linux"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def tour(python: Path) -> int:
    """Drive the program without a screen and leave pictures of each step."""
    pictures = bootstrap.ROOT / "build" / "tour"
    bootstrap.say(f"No display here: running the tour; its pictures go to {pictures}")
    surroundings = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [str(python), "-m", "explorer", "--tour", str(pictures)]
    status = subprocess.run(command, env=surroundings, check=False).returncode
    outcome = "finished" if status == 0 else f"failed with exit status {status}"
    bootstrap.say(f"The tour {outcome}. Pictures: {pictures}")
    return status


if __name__ == "__main__":
    bootstrap.start(main)
