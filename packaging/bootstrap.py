"""Makes the environment that run.py and test.py work in, starting from a bare Python."""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Callable

ROOT = Path(__file__).resolve().parent.parent
CONSTRAINTS = ROOT / "packaging" / "constraints.txt"
STAMP = "architecture-explorer.json"

# Library that the loader looks for -> Debian package that holds it.
DRAWING = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
}
WINDOW = {
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}
# Program -> Debian package: the window tests run on a display of their own.
JOURNEYS = {"Xvfb": "xvfb", "xauth": "xauth", "xdotool": "xdotool", "openbox": "openbox"}


def say(text: str) -> None:
    """Tell the reader what goes on, in order with what the programs started from here print."""
    print(text, flush=True)


def start(main: Callable[[], int]) -> None:
    """Run a script's main part and end with its status; Ctrl-C ends it without a traceback."""
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)


# --- system packages ------------------------------------------------------------------------


def missing_libraries(libraries: dict[str, str]) -> list[str]:
    """Debian packages of those shared libraries that this machine cannot load."""
    if not sys.platform.startswith("linux"):
        return []  # the wheels for macOS and Windows bring all they need
    return [package for name, package in libraries.items() if not _loads(name)]


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def missing_programs(programs: dict[str, str]) -> list[str]:
    """Debian packages of those programs that are not on the search path."""
    if not sys.platform.startswith("linux"):
        return []
    return [package for name, package in programs.items() if shutil.which(name) is None]


def missing_venv() -> list[str]:
    """Debian package of what makes environments: Debian ships Python without that part."""
    try:
        import ensurepip  # noqa: F401
    except ImportError:
        return ["python{}.{}-venv".format(*sys.version_info[:2])]
    return []


def install_system(packages: list[str]) -> bool:
    """Install Debian packages where that needs no password; otherwise print the command to run."""
    if not packages:
        return True
    prefix = _root_prefix()
    names = " ".join(packages)
    if shutil.which("apt-get") is None:
        say("Missing system packages. On Debian and Ubuntu they are called: " + names)
        say("Please install the ones of your distribution that hold the same libraries.")
        return False
    if prefix is None:
        say("Missing system packages. Please run, then start again:")
        say(f"    sudo apt-get update && sudo apt-get install -y {names}")
        return False
    say(f"Installing system packages: {names}")
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o=Dpkg::Use-Pty=0"]
    # A stale package list is no reason to stop: the installation itself decides.
    subprocess.run([*apt, "update"], check=False)
    done = subprocess.run(
        [*apt, "install", "-y", "--no-install-recommends", *packages],
        check=False,
        stdout=subprocess.DEVNULL,
    )
    if done.returncode != 0:
        say(f"apt-get could not install: {names}")
    return done.returncode == 0


def _root_prefix() -> list[str] | None:
    """What to put before a command so that it runs as root; None where a password is needed."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    asked = subprocess.run(
        ["sudo", "-n", "true"],
        check=False,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return ["sudo", "-n"] if asked.returncode == 0 else None


# --- the environment ------------------------------------------------------------------------


def environment(place: Path, extras: tuple[str, ...]) -> Path:
    """Python of an environment with the program and these extras; made, completed or re-used.

    The stamp is taken away before anything is changed and written when all is done, so a creation
    that was interrupted is begun anew the next time.
    """
    place = place.resolve()
    python = place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    key = _key(place)
    standing = _stamped_extras(place, key) if python.exists() else None
    if standing is not None and set(extras) <= set(standing):
        return python
    (place / STAMP).unlink(missing_ok=True)
    if standing is None:
        _create(place)
    wanted = sorted({*extras, *(standing or ())})
    _install(python, wanted)
    stamp = {"key": key, "extras": wanted}
    (place / STAMP).write_text(json.dumps(stamp) + "\n", encoding="utf-8")
    return python


def _key(place: Path) -> str:
    """Changes with the pinned versions, the project's settings, this Python, and the two places."""
    digest = hashlib.sha256()
    version = "{}.{}".format(*sys.version_info[:2])
    for part in (version, sys.base_prefix, str(ROOT), str(place)):
        digest.update(part.encode())
    for file in (CONSTRAINTS, ROOT / "pyproject.toml"):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _stamped_extras(place: Path, key: str) -> list[str] | None:
    try:
        stamp = json.loads((place / STAMP).read_text(encoding="utf-8"))
        return list(stamp["extras"]) if stamp["key"] == key else None
    except (OSError, ValueError, KeyError, TypeError):
        return None  # no stamp, or one that was cut short: not an environment to trust


def _create(place: Path) -> None:
    if place.exists() and any(place.iterdir()) and not (place / "pyvenv.cfg").exists():
        sys.exit(f"{place} holds something else; give an empty or new folder to --venv.")
    say(f"Creating the environment {place}")
    _empty(place)
    _checked([sys.executable, "-m", "venv", str(place)])


def _empty(place: Path) -> None:
    """Remove a former environment, keeping to the last the file by which it is known for one."""
    for child in place.iterdir() if place.exists() else ():
        if child.is_dir() and not child.is_symlink():
            shutil.rmtree(child)
        elif child.name != "pyvenv.cfg":
            child.unlink()


def _install(python: Path, extras: list[str]) -> None:
    say("Installing the pinned packages (PyTorch is large: this can take some minutes)")
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "-q"]
    pinned = [*pip, "-c", str(CONSTRAINTS)]
    # hatchling and editables build the program's own link, so that pip fetches no unpinned builder.
    target = str(ROOT) + (f"[{','.join(extras)}]" if extras else "")
    _checked([*pinned, "hatchling", "editables"])
    _checked([*pinned, "--no-build-isolation", "-e", target])


def _checked(command: list[str]) -> None:
    done = subprocess.run(command, check=False)
    if done.returncode != 0:
        sys.exit(f"This step failed, see above: {' '.join(command)}")
