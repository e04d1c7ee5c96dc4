"""Main memory that a step frees stays with the process for the next one. Imports no torch."""

from __future__ import annotations

import ctypes
import os
import sys

# glibc gives large pieces back to the system at once and has to ask for them again: each step's
# activations then cost thousands of page faults. From its malloc.h:
M_ARENA_MAX, M_MMAP_MAX, M_TRIM_THRESHOLD = -8, -4, -1
SETTINGS = (
    (M_ARENA_MAX, 1),  # the engine's thread gets no arena of its own, whose heaps end at 64 MiB
    (M_MMAP_MAX, 0),  # no piece is too large for the heap
    (M_TRIM_THRESHOLD, 2**31 - 1),  # bytes that may lie unused at its end: the most it takes
)


def keep_memory() -> None:
    """Call it before threads begin. Where the user has set MALLOC_..., or the C library is not
    glibc, all stays as it is.
    """
    set_already = any(name.startswith("MALLOC_") for name in os.environ)
    if sys.platform != "linux" or set_already:
        return
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):
        for name, value in SETTINGS:
            library.mallopt(name, value)


def give_back() -> None:
    """What nothing uses any more goes to the system: some milliseconds."""
    if sys.platform == "linux":
        library = ctypes.CDLL(None)
        if hasattr(library, "malloc_trim"):
            library.malloc_trim(0)
