"""What a training step frees is there for the next one, and goes back when it is over."""

import os
import platform
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="glibc's malloc")

# As torch takes memory for activations: in the engine's thread, larger pieces than glibc keeps.
FAULTS = """
import ctypes, resource, sys, threading
from explorer.engine.device.memory import give_back, keep_memory
if sys.argv[1] == "kept":
    keep_memory()
c = ctypes.CDLL(None)
c.malloc.restype = ctypes.c_void_p
c.free.argtypes = [ctypes.c_void_p]
SIZE = 48 * 2**20

def step():
    pieces = [c.malloc(SIZE) for _ in range(3)]
    for piece in pieces:
        ctypes.memset(piece, 1, SIZE)
    for piece in pieces:
        c.free(piece)

def resident():
    pages = int(open("/proc/self/statm").read().split()[1])
    return pages * resource.getpagesize()

def work():
    step()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(4):
        step()
    print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
    kept = resident()
    give_back()
    print(kept - resident())

thread = threading.Thread(target=work)
thread.start()
thread.join()
"""


def measured(how, **more):
    environment = {key: value for key, value in os.environ.items() if "MALLOC_" not in key}
    done = subprocess.run(
        [sys.executable, "-c", FAULTS, how],
        env={**environment, **more},
        capture_output=True,
        text=True,
        check=True,
    )
    faults, given = map(int, done.stdout.split())
    return faults, given


def test_a_step_finds_the_memory_of_the_last_one():
    faults, given = measured("kept")
    usual, _ = measured("usual")
    assert faults * 20 < usual
    assert given > 100 * 2**20  # and what is not needed any more goes back


def test_what_the_user_has_set_stays():
    faults, _ = measured("kept", MALLOC_ARENA_MAX="2")
    assert faults > 1000
