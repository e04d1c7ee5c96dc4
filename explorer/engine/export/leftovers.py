"""Stages that killed processes have left: told from living ones by a lock, finished, removed."""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from explorer.graph.whole_file import destination

if sys.platform != "win32":
    import fcntl

PREFIX = ".unfinished-"
OURS = re.compile(r"\.unfinished-[a-z0-9_]{8}")  # as mkdtemp makes them
WHOLE = ".whole"  # all files are there: they were being put in place
OLD_S = 86_400.0  # Windows can lock no folder: there a stage is left behind after a day


@contextmanager
def claimed(folder: Path) -> Iterator[Path]:
    """A new stage in the folder, held as long as this process lives; raises OSError."""
    while True:
        stage = Path(tempfile.mkdtemp(prefix=PREFIX, dir=folder))
        lock = _lock(stage, wait=True)
        if stage.exists():
            break
        _let_go(lock)  # somebody took it for a dead one's before it was held
    try:
        yield stage
    finally:
        shutil.rmtree(stage, ignore_errors=True)
        _let_go(lock)


def left_behind(folder: Path) -> list[Path]:
    """Stages whose process lives no more, the latest first."""
    found = []
    for stage in folder.glob(f"{PREFIX}*"):
        if OURS.fullmatch(stage.name) and stage.is_dir() and not stage.is_symlink():
            lock = _lock(stage, wait=False)
            if lock is not None:
                found.append(stage)
            _let_go(lock)
    return sorted(found, key=_changed_s, reverse=True)


def tidy(folder: Path) -> None:
    """Bring to its end what was being put in place when its process was killed; remove the rest."""
    for stage in left_behind(folder):
        if (stage / WHOLE).exists():
            _finish(stage, folder)
        shutil.rmtree(stage, ignore_errors=True)


def _finish(stage: Path, folder: Path) -> None:
    for file in stage.iterdir():
        ours = file.is_file() and file.name != WHOLE and file.suffix != ".old"
        with suppress(OSError):  # a place that has become another thing keeps what it has
            if ours:
                file.replace(destination(folder / file.name))


def _changed_s(path: Path) -> float:
    with suppress(OSError):
        return max(each.stat().st_mtime for each in (path, *path.iterdir()))
    return 0.0


def _lock(stage: Path, wait: bool) -> int | None:
    """A handle that holds the stage; None where another holds it, or it can't be known."""
    if sys.platform == "win32":
        return -1 if wait or time.time() - _changed_s(stage) > OLD_S else None
    try:
        handle = os.open(stage, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:  # also a disk without locks: nothing there is tidied
        os.close(handle)
        return None
    return handle


def _let_go(lock: int | None) -> None:
    if lock is not None and lock >= 0:
        os.close(lock)
