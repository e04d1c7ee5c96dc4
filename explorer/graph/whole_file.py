"""Files that are there when they are whole, or not at all: written aside, then moved.

All that is written to places of the user's goes through here. What a file was it stays: where a
link leads, its mode and owner; a read-only one is refused. A new one has the mode that the umask
leaves. Of hard links the one that is written has the new content, the others keep the old.
"""

from __future__ import annotations

import errno
import io
import os
import secrets
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, BinaryIO, TextIO

if sys.platform != "win32":  # where an open file can't be removed anyway
    import fcntl

UNFINISHED = ".unfinished"
PART = ".part"
LONGEST_STEM = 50  # characters of at most four bytes: a name has 255 bytes


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file that takes the place of `path` at the end; raises OSError. Two may write to the
    same place at once: the last one whole stays. What killed writers left of it is removed.
    """
    place = destination(path)
    tidy(place.parent, place.name)
    part, handle = _new_part(place)
    with _moved(part), _still_locked(handle):
        with os.fdopen(handle, "wb") as file:
            yield file
            _onto_disk(file)
        take_after(part, place)
        part.replace(place)


@contextmanager
def whole_text(path: Path, errors: str = "strict") -> Iterator[TextIO]:
    """The same as UTF-8 text."""
    with whole_file(path) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", errors=errors, newline="")
        yield text
        text.flush()
        text.detach()


def write_whole(path: Path, content: bytes) -> None:
    """Write bytes; raises OSError. They are aside under a name that is known, so that what a killed
    process left there is found and replaced.
    """
    place = destination(path)
    part = place.with_name(f"{place.name}{UNFINISHED}")
    with _moved(part):
        with part.open("wb") as file:
            file.write(content)
            _onto_disk(file)
        take_after(part, place)
        part.replace(place)


def destination(path: Path) -> Path:
    """Where a file of this name is written: where a link leads. Raises OSError unless there is
    nothing yet, or a file that may be replaced.
    """
    place = Path(os.path.realpath(path))
    try:
        mode = place.stat().st_mode
    except FileNotFoundError:
        return place
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, "it is a folder", str(path))
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "it is a pipe or a device, not a file", str(path))
    if not mode & 0o222 or not os.access(place, os.W_OK):  # the first holds for root, too
        raise PermissionError(errno.EACCES, "it is read-only", str(path))
    return place


def take_after(file: Path, place: Path) -> None:
    """Give `file` mode, owner and attributes of what it is about to replace, if there is any."""
    try:
        before = place.stat()
    except FileNotFoundError:
        return
    if sys.platform != "win32":
        for owner, group in ((-1, before.st_gid), (before.st_uid, -1)):
            with suppress(OSError):  # only some may give a file away
                os.chown(file, owner, group)
    if sys.platform == "linux":
        _copy_attributes(place, file)
    with suppress(OSError):  # a disk without modes
        file.chmod(stat.S_IMODE(before.st_mode))


def _copy_attributes(place: Path, file: Path) -> None:
    """Access lists and the like, where the disk has them."""
    if sys.platform == "linux":
        names: list[str] = []
        with suppress(OSError):
            names = os.listxattr(place)
        for name in names:
            with suppress(OSError):  # some only the system may set
                os.setxattr(file, name, os.getxattr(place, name))


def tidy(folder: Path, name: str = "") -> None:
    """Remove what killed writers have left aside, of the file of this name or of all; what is
    being written stays.
    """
    start = f".{name[:LONGEST_STEM]}."
    with suppress(OSError):  # there is no such folder, or nothing in it may be removed
        for entry in os.scandir(folder):
            ours = entry.name.startswith(start if name else ".") and entry.name.endswith(PART)
            if ours and entry.is_file(follow_symlinks=False):
                _remove_left(entry.path)


def _remove_left(part: str) -> None:
    if sys.platform == "win32":
        with suppress(OSError):
            os.unlink(part)  # noqa: PTH108  a plain string of scandir
        return
    try:
        handle = os.open(part, os.O_RDONLY)
    except OSError:
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.unlink(part)  # noqa: PTH108
    except OSError:
        pass  # somebody writes to it
    finally:
        os.close(handle)


def _new_part(place: Path) -> tuple[Path, int]:
    """A new file beside the place, locked; what replaces a private one is private all along."""
    mode = 0o600 if place.exists() else 0o666  # less the umask
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0)
    while True:
        name = f".{place.name[:LONGEST_STEM]}.{secrets.token_hex(4)}{PART}"
        part = place.with_name(name)
        try:
            handle = os.open(part, flags, mode)
        except OSError as error:
            error.filename = str(place)  # nobody has heard of the other name
            raise
        if _locked(handle):
            return part, handle
        os.close(handle)


def _locked(handle: int) -> bool:
    """Whether the file is ours: one that tidies may have removed it before it was locked."""
    if sys.platform == "win32":
        return True
    with suppress(OSError):  # a disk without locks: nothing there is tidied either
        fcntl.flock(handle, fcntl.LOCK_EX)
    return os.fstat(handle).st_nlink > 0


@contextmanager
def _still_locked(handle: int) -> Iterator[None]:
    """The lock outlives the handle: until the file has its place it must not look left behind."""
    if sys.platform == "win32":
        yield
        return
    lock = os.dup(handle)
    try:
        yield
    finally:
        os.close(lock)


@contextmanager
def _moved(part: Path) -> Iterator[None]:
    """After a fault `part` is gone; the place is as it was."""
    try:
        yield
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _onto_disk(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())
