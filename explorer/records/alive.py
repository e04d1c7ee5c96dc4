"""Whether the process that writes a run still lives: it holds a lock that dies with it."""

from __future__ import annotations

import sys
import uuid
from contextlib import suppress
from pathlib import Path
from typing import IO

SUFFIX = ".lock"


class Sign:
    """A lock file that is held as long as this process, or this object, lives."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        _sweep(folder)
        self._path, self._file = _claimed(folder)
        self.name = self._path.stem

    def drop(self) -> None:
        """Let go: from now on what this process was writing counts as interrupted."""
        self._file.close()
        self._path.unlink(missing_ok=True)


def lives(folder: Path, name: str) -> bool:
    """Whether somebody holds the sign of this name."""
    if not name.isalnum():
        return False  # no sign has such a name
    path = folder / f"{name}{SUFFIX}"
    try:
        with path.open("r+", encoding="ascii") as file:
            _ask(file)
    except FileNotFoundError:
        return False
    except OSError:
        return True  # held, or not ours to ask
    return False


def _claimed(folder: Path) -> tuple[Path, IO[str]]:
    """A new file that is held; anew where somebody swept it away before it was."""
    while True:
        path = folder / f"{uuid.uuid4().hex}{SUFFIX}"
        file = path.open("w", encoding="ascii")
        _hold(file)
        if path.exists():
            return path, file
        file.close()


def _sweep(folder: Path) -> None:
    """Take away the signs of processes that ended without doing so."""
    for path in folder.glob(f"*{SUFFIX}"):
        with suppress(OSError):  # held, or gone already
            with path.open("r+", encoding="ascii") as file:
                _ask(file)
                if sys.platform != "win32":
                    path.unlink()  # before letting go, so that nobody holds what goes
            path.unlink(missing_ok=True)  # Windows deletes nothing that is open anywhere


def _ask(file: IO[str]) -> None:
    """Raises OSError where another holds it; several may ask at once."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file.fileno(), fcntl.LOCK_SH | fcntl.LOCK_NB)


def _hold(file: IO[str]) -> None:
    """Hold it, after those who are just asking."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
    else:
        import fcntl

        fcntl.flock(file.fileno(), fcntl.LOCK_EX)
