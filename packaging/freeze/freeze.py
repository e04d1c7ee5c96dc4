"""Freezes the program into the folder dist/architecture-explorer, which runs without Python.

python3 packaging/freeze/freeze.py [--venv DIR]
"""

import sys
from pathlib import Path

if sys.version_info < (3, 11):  # before any import that an older Python could not read
    sys.exit("Architecture Explorer needs Python 3.11 or newer; this is " + sys.version.split()[0])

import argparse
import shutil
import subprocess

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import bootstrap  # noqa: E402  (found only by the line above)


def main() -> int:
    """Make the environment, freeze, take what is useless out, and say where the program is."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--venv", type=Path, default=bootstrap.ROOT / "build" / "freeze-venv")
    own = parser.parse_args()
    if not bootstrap.install_system(needed_packages()):
        return 1
    # Its own environment: whatever lies in it may end up in the frozen program.
    python = bootstrap.environment(own.venv, ("freeze", "onnx"))
    build, dist = bootstrap.ROOT / "build", bootstrap.ROOT / "dist"
    places = ["--workpath", str(build), "--distpath", str(dist), "--noconfirm"]
    recipe = str(HERE / "architecture-explorer.spec")
    frozen = subprocess.run([str(python), "-m", "PyInstaller", *places, recipe], check=False)
    if frozen.returncode != 0:
        return frozen.returncode
    target = dist / "architecture-explorer"
    if sys.platform.startswith("linux"):
        finish_linux(target)
    bootstrap.say(f"Frozen into {target}. Try it: {target / 'architecture-explorer'} --tour DIR")
    return 0


def needed_packages() -> list[str]:
    """Debian packages for PyInstaller (objdump) on top of what the program itself needs."""
    libraries = {**bootstrap.DRAWING, **bootstrap.WINDOW}
    programs = {"objdump": "binutils", "strip": "binutils"}
    missing = bootstrap.missing_venv() + bootstrap.missing_libraries(libraries)
    return list(dict.fromkeys(missing + bootstrap.missing_programs(programs)))


def finish_linux(target: Path) -> None:
    """Strip torch's libraries and put the desktop entry and its icon beside the program."""
    for library in target.rglob("libtorch_*.so"):
        subprocess.run(["strip", "--strip-unneeded", str(library)], check=True)
    for name in ("architecture-explorer.desktop", "architecture-explorer.svg"):
        shutil.copy(HERE / name, target)


if __name__ == "__main__":
    bootstrap.start(main)
