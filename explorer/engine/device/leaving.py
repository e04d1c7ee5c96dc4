"""The end of the process: nobody waits for torch's compiler, which can't be broken off."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time

GRACE_S = 5.0
# The engine's own threads, which hold nothing that is still to be written. Python would wait for
# them, or, as they are daemons, cut them off within torch, which may abort.
THREADS = ("compile", "warm-up", "engine")


def leave(status: int) -> int:
    """The exit status, once the engine's threads have ended; after a grace the process is ended
    with it here and now. To be called last of all, when everything is written and closed.
    """
    ends_s = time.monotonic() + GRACE_S
    busy = [thread for thread in threading.enumerate() if thread.name in THREADS]
    with contextlib.suppress(KeyboardInterrupt):  # then at once
        for thread in busy:
            thread.join(max(0.0, ends_s - time.monotonic()))
    if any(thread.is_alive() for thread in busy):
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError, AttributeError):  # closed, or none
                stream.flush()
        os._exit(status)
    return status
