"""Quitting while torch compiles: all is written, and the process does not live on for minutes."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from explorer.graph.files import dump
from explorer.records.store import RunStore
from tests.engine.making import cnn

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and paths of Unix")

# The compiler never ends of its own accord within this test.
BLOCKED = """
import sys, time
from explorer.engine.step import compiled
def blocked(module, inputs):
    print("compiling", flush=True)
    time.sleep(300)
    return module.forward
compiled.BACKEND = blocked
"""
WINDOW = """
from PySide6.QtCore import QTimer
from explorer import app
from explorer.graph.edits import move
launch = app.launch
def launched(arguments):
    window = launch(arguments)
    window.runner.train()
    def quit():
        if compiled.compiling():
            window.store.edit("Move", lambda document: move(document, {"fc1": (200.0, 1234.0)}))
            window.resize(901, 702)
            window.close()
    window.timer = QTimer(window, interval=100, timeout=quit)
    window.timer.start()
    return window
app.launch = launched
"""
MAIN = """
from explorer.__main__ import main
sys.exit(main())
"""


@pytest.fixture
def document(tmp_path):
    path = tmp_path / "cnn.json"
    path.write_text(dump(cnn(compile=True).document), encoding="utf-8")
    return path


@pytest.fixture
def home(tmp_path):
    """A home of its own: what the program leaves there is looked at."""
    folders = {"EXPLORER_DATA": "data", "HOME": ".", "XDG_CONFIG_HOME": "config"}
    folders["XDG_DATA_HOME"] = "share"
    return {name: str(tmp_path / "home" / folder) for name, folder in folders.items()}


def begun(script, arguments, home, tmp_path):
    file = tmp_path / "program.py"
    file.write_text(script)
    return subprocess.Popen(
        [sys.executable, str(file), *arguments],
        cwd=ROOT,
        env={**os.environ, **home, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process):
    """Status, output, and how long it took."""
    began = time.monotonic()
    try:
        output, errors = process.communicate(timeout=60)
    finally:
        process.kill()
    return process.returncode, output, errors, time.monotonic() - began


def test_the_window_is_left_with_everything_written(document, home, tmp_path):
    process = begun(BLOCKED + WINDOW + MAIN, [str(document)], home, tmp_path)
    status, output, errors, _ = ended(process)
    assert "compiling" in output
    assert (status, "Fatal" in errors) == (0, False), errors
    (copy,) = Path(home["HOME"]).rglob("autosave/*.json")
    assert 1234.0 in [node["y"] for node in json.loads(copy.read_text())["nodes"]]
    store = RunStore.open(Path(home["EXPLORER_DATA"]))
    (record,) = store.runs()
    store.close()
    assert record.state in ("interrupted", "stopped")
    (settings,) = Path(home["XDG_CONFIG_HOME"]).rglob("architecture-explorer.ini")
    assert "docks_sha256" in settings.read_text()


def test_the_command_line_too(document, home, tmp_path):
    command = ["train", str(document), "--out", str(tmp_path / "out")]
    process = begun(BLOCKED + MAIN, command, home, tmp_path)
    assert "compiling" in process.stdout.readline()
    process.send_signal(signal.SIGINT)
    status, _, errors, seconds = ended(process)
    assert status == 130, errors
    assert "Stopped at step 0. Saved in" in errors
    assert seconds < 50
    assert (tmp_path / "out" / "weights.safetensors").is_file()
