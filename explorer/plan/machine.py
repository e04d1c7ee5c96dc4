"""How much main memory this process may have."""

from __future__ import annotations

import ctypes
import os
import sys
from functools import cache
from pathlib import Path

CONTROL_GROUPS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


@cache
def memory_bytes() -> int:
    """What the machine has, or its container allows; 0 where it can't be told."""
    found = [size for size in (_whole(), *map(_limit, CONTROL_GROUPS)) if size > 0]
    return min(found, default=0)


def _whole() -> int:
    if sys.platform == "win32":
        return _of_windows()
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (OSError, ValueError):
        return 0


def _limit(path: str) -> int:
    """Of a Linux control group; "max" is none."""
    try:
        return int(Path(path).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0


def _of_windows() -> int:
    """GlobalMemoryStatusEx: a structure of 64 bytes, its third field the whole memory."""
    status = (ctypes.c_uint64 * 8)(64)
    library = getattr(ctypes, "windll").kernel32  # noqa: B009  only Windows has it
    return int(status[1]) if library.GlobalMemoryStatusEx(ctypes.byref(status)) else 0
