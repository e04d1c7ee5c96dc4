"""Opens what is a file: a pipe or a device would let its reader wait for ever."""

from __future__ import annotations

import errno
import stat
from pathlib import Path
from typing import BinaryIO


def opened(path: Path) -> BinaryIO:
    """A file to read bytes from; raises OSError, also where the path is no file."""
    check_regular(path)
    return path.open("rb")


def check_regular(path: Path) -> None:
    """Raise OSError where there is no file of this path, or something that is none."""
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, "it is a folder, not a file", str(path))
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "it is a pipe or a device, not a file", str(path))
