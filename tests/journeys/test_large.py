"""A small file that draws a large network: opening it takes no memory, training it asks first."""

import resource
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton

from explorer.app import launch
from explorer.graph.document import Document
from explorer.graph.edits import chain, set_params
from explorer.graph.files import dump
from explorer.plan import memory
from explorer.ui.tour.guide import Guide
from tests.journeys.test_runs import end
from tests.making import block

WIDE = 10_000  # features: with 10,000 inputs 0.4 GB of weights, four times that to train


def document(folder):
    """1 kB of text; its weights alone are 1.2 GB."""
    row = [block("linear", out_features=WIDE) for _ in range(4)]
    row = [block("input"), block("flatten"), *row, block("linear", out_features=10)]
    drawn = chain(Document(dataset="digits-8x8"), [(None, b) for b in [*row, block("output")]])
    path = folder / "wide.json"
    path.write_text(dump(drawn), encoding="utf-8")
    return path


def taken() -> int:
    """Bytes of memory that the process has now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


@pytest.fixture
def guide(qtbot, tmp_path, monkeypatch):
    """A machine with 10 GB, and the window with that document."""
    monkeypatch.setattr(memory, "memory_bytes", lambda: 10_000_000_000)
    window = launch([])
    guide = Guide(window, tmp_path)
    guide.wait("the engine", lambda: window.runner.ready)
    yield guide
    end(window)


def offers(guide):
    found = guide.window.messages.findChildren(QPushButton)
    return {button.text(): button for button in found if button.isVisible()}


@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells what a process has")
def test_opening_builds_nothing_and_training_asks(guide, tmp_path, qtbot):
    window = guide.window
    before = taken()
    assert window.open_document(document(tmp_path))
    guide.wait("its state", lambda: "large" in window.status.state.text())
    qtbot.wait(500)
    assert taken() - before < 200_000_000
    assert "GB" in window.messages.text
    assert "fc" in window.messages.text
    window.runner.train()
    assert "GB" in window.messages.text
    assert "fc" in window.messages.text
    assert "Train all the same" in offers(guide)
    assert window.runner.state == "untrained"
    smaller = {f"fc{number}": 16 for number in range(1, 5)}
    for name, features in smaller.items():
        changes = {"out_features": features}
        window.store.edit("Set", lambda d, n=name, c=changes: set_params(d, n, c))
    guide.wait("it is built", lambda: "large" not in window.status.state.text())
    window.runner.train()
    guide.wait("the run", lambda: guide.steps() > 3)


def test_what_is_asked_for_is_trained(guide, monkeypatch):
    window = guide.window
    monkeypatch.setattr(memory, "memory_bytes", lambda: 1_000_000)
    window.runner.train()
    assert window.runner.state == "untrained"
    offers(guide)["Train all the same"].click()
    guide.wait("the run", lambda: guide.steps() > 3)
    window.runner.stop()
    guide.wait("its end", lambda: window.runner.state == "stopped")
    window.runner.train()  # asked for once is enough
    guide.wait("another run", lambda: window.runner.state == "running")
