"""Leaving the process: threads of the engine that don't end are not waited for, nor cut off."""

import subprocess
import sys

import pytest

PROGRAM = """
import sys, threading, time
from explorer.engine.device import leaving
leaving.GRACE_S = 0.5
name, seconds, daemon = sys.argv[1], float(sys.argv[2]), sys.argv[3] == "daemon"
def late():
    time.sleep(seconds)
    print("it has ended", flush=True)
threading.Thread(target=late, name=name, daemon=daemon).start()
sys.stdout.write("all is written ")  # in the stream's buffer still
sys.exit(leaving.leave(3))
"""


def left(*arguments):
    command = [sys.executable, "-c", PROGRAM, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)


@pytest.mark.parametrize("kind", ["daemon", "no daemon"])
def test_a_thread_that_does_not_end(kind):
    done = left("compile", "100", kind)
    assert (done.returncode, done.stdout, done.stderr) == (3, "all is written ", "")


def test_a_thread_that_ends_in_time():
    done = left("engine", "0.1", "daemon")
    assert (done.returncode, done.stdout) == (3, "all is written it has ended\n")


def test_somebody_elses_thread_is_waited_for():
    done = left("writer", "1.5", "no daemon")
    assert (done.returncode, done.stdout) == (3, "all is written it has ended\n")
