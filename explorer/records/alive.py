"""Whether the process that writes a run still lives: it holds a lock that dies with it."""

from __future__ import annotations

import sys
import uuid
from pathlib import Path
from typing import IO

SUFFIX = ".lock"


class Sign:
    """A lock file that is held as long as this process, or this object, lives."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        _sweep(folder)
        self.name = uuid.uuid4().hex
        self._path = folder / f"{self.name}{SUFFIX}"
        self._file = self._path.open("w", encoding="ascii")
        _lock(self._file)

    def drop(self) -> None:
        """Let go: from now on what this process was writing counts as interrupted."""
        self._file.close()
        self._path.unlink(missing_ok=True)


def lives(folder: Path, name: str) -> bool:
    """Whether somebody holds the sign of this name."""
    path = folder / f"{name}{SUFFIX}"
    try:
        with path.open("r+", encoding="ascii") as file:
            _lock(file)
    except FileNotFoundError:
        return False
    except OSError:
        return True  # held, or not ours to ask
    return False


def _sweep(folder: Path) -> None:
    """Take away the signs of processes that ended without doing so."""
    for path in folder.glob(f"*{SUFFIX}"):
        if not lives(folder, path.stem):
            path.unlink(missing_ok=True)


def _lock(file: IO[str]) -> None:
    """Raises OSError where another holds it."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
