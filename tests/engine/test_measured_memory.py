"""What is told of a training's memory is what it takes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="Linux tells the most that a process has had")
@pytest.mark.parametrize("row", ["wide", "sgd", "deep"])
def test_as_measured(row):
    command = [sys.executable, "-m", "tests.engine.measured_memory", row]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert 0.4 < found["told"] / found["measured"] < 1.5
