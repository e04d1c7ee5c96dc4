"""What the window says of the weights that it has: whose they are, and what was exported."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QPushButton

from explorer import resources
from explorer.graph.edits import set_dataset, set_params
from explorer.protocol.commands import LoadWeights, Prepare, ResumeRun, Stop
from explorer.protocol.events import (
    Checkpointed,
    EpochDone,
    Exported,
    Losses,
    Ready,
    Started,
    Status,
)
from explorer.records.folder import VARIABLE
from explorer.ui.window.assembly import main_window

PER_EPOCH = 10


@pytest.fixture
def window(qtbot, tmp_path, monkeypatch):
    """The real window; the test is the engine."""
    monkeypatch.setenv(VARIABLE, str(tmp_path / "runs"))
    sent = []
    window = main_window(sent.append, list, lambda: None)
    window.sent = sent
    window.files.open_example("mlp")
    window.show()
    window.pump.hand(Ready(0, "cpu", "CPU", "2"))
    yield window
    window.store.mark_saved(window.store.document)
    window.close()
    window.deleteLater()


def hand(window, *events):
    for event in events:
        window.pump.hand(event)


def told_by(run, folder):
    """A run of two epochs, from its beginning to its end."""
    matrix = np.eye(10, dtype=np.int64) * run
    steps = np.arange(1, 21)
    path = folder / f"{run}.safetensors"
    path.write_bytes(b"weights")
    yield Started(run, PER_EPOCH, 20, 1, "CPU")
    yield Status(run, "running")
    yield Losses(run, steps, np.ones(20, np.float32), np.ones(20, np.float32))
    yield EpochDone(run, 2, 20, 0.4, 0.9, 0.5, 0.9, 1.0, matrix)
    yield Checkpointed(run, 20, 2, path, "cd" * 32, 100)
    yield Status(run, "finished", 20)


def show(window, name):
    window.docks.show(name)
    return window.panels[name]


def test_curves_and_confusion_are_of_the_run_that_is_loaded(window, qtbot, tmp_path):
    for run in (1, 2, 3):
        window.runner.train()
        assert window.sent[-1].run == run
        hand(window, *told_by(run, tmp_path))
    runs = window.runs
    runs.recording.ask(lambda store: store.run(2), runs.look_at)
    qtbot.waitUntil(lambda: window.runner.run == 2, timeout=5000)
    hand(window, Started(2, PER_EPOCH, 20, 1, "CPU", 20), Status(2, "stopped", 20))
    assert window.log.run == 2
    assert len(window.log.training()[0]) == 20
    confusion = window.panels["confusionPanel"]
    assert confusion.shown is not None
    assert int(confusion.shown.confusion.trace()) == 20
    curves = show(window, "curvesPanel")
    curves.refresh()
    assert curves.frame.caption.text().startswith("Run 2 ")


def test_a_network_that_no_run_has_trained_has_no_curves(window, tmp_path):
    curves = show(window, "curvesPanel")
    window.runner.train()
    hand(window, *told_by(1, tmp_path))
    curves.refresh()
    assert "Run 1" in curves.frame.caption.text()
    hand(window, Status(0, "untrained"))
    curves.refresh()
    assert window.log.run == 0
    assert curves.frame.says.startswith("No run yet")
    assert window.panels["confusionPanel"].shown is None
    assert curves.numbers() is None


def test_the_figure_is_of_the_network_and_its_dataset(window, qtbot, tmp_path):
    window.runner.train()
    hand(window, *told_by(1, tmp_path))
    shown = window.status.result.text(), window.status.state.text()
    assert shown[0] == "90.00 %"
    for dataset in ("digits-8x8", "fashion-mnist"):  # the first does not fit: nothing is built
        window.store.edit("Dataset", lambda d, name=dataset: set_dataset(d, name))
        status = window.status
        assert (status.result.text(), status.state.text()) == ("", "Untrained")
        assert status.bar.isHidden()
        window.store.undo()
    qtbot.waitUntil(lambda: ResumeRun in map(type, window.sent), timeout=5000)
    hand(window, Started(1, PER_EPOCH, 20, 1, "CPU", 20), Status(1, "stopped", 20))
    window.store.edit("Set", lambda d: set_params(d, "fc1", {"bias": False}))
    assert window.status.result.text() == shown[0]


def test_weights_of_a_file_come_back_with_their_drawing(window, qtbot, tmp_path):
    path = tmp_path / "net.safetensors"
    path.write_bytes(b"weights")
    window.runner.train()
    hand(window, Started(1, PER_EPOCH, 20, 1, "CPU"), Status(1, "running"))
    window.load_weights(path)
    hand(window, Status(1, "stopped", 7))
    qtbot.waitUntil(
        lambda: "Loading weights ended run 1 at step 7" in window.messages.text, timeout=5000
    )
    hand(window, Status(0, "loaded", 99))
    window.store.edit("Dataset", lambda d: set_dataset(d, "fashion-mnist"))
    qtbot.waitUntil(lambda: Prepare in map(type, window.sent))
    hand(window, Status(0, "untrained"))
    window.store.undo()
    loads = [LoadWeights(window.store.plan, path)]
    qtbot.waitUntil(lambda: [c for c in window.sent if isinstance(c, LoadWeights)][1:] == loads)


WAYS = {
    "new": lambda window, path: window.files.new(),
    "an example": lambda window, path: window.files.open_example("tutorial-lstm"),
    "a file": lambda window, path: window.open_document(path),
    "weights": lambda window, path: window.load_weights(path),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("state", ["running", "paused"])
def test_whatever_ends_a_run_says_so_and_how_it_comes_back(window, qtbot, tmp_path, way, state):
    path = tmp_path / "other.json"
    path.write_text(resources.path("examples", "tutorial-cnn.json").read_text(encoding="utf-8"))
    window.runner.train()
    *events, checkpointed, _ = told_by(1, tmp_path)
    hand(window, *events, Status(1, state, 20))
    drawn = window.store.document
    WAYS[way](window, path)
    assert Stop in map(type, window.sent)
    hand(window, checkpointed, Status(1, "stopped", 20), Status(0, "untrained"))
    qtbot.waitUntil(lambda: "ended run 1" in window.messages.text, timeout=5000)
    buttons = window.messages.findChildren(QPushButton)
    next(b for b in buttons if b.text() == "Back to run 1" and not b.isHidden()).click()
    qtbot.waitUntil(lambda: ResumeRun in map(type, window.sent), timeout=5000)
    (asked,) = [command for command in window.sent if isinstance(command, ResumeRun)]
    assert (asked.paused, asked.run) == (False, 2)
    assert window.store.document.nodes == drawn.nodes


# --- exports


def export(window, run, step, accuracy=None, difference=0.0, best=0):
    files = (Path("/tmp/net.pt"),)
    hand(window, Exported(run, 1, "pt", files, 256, difference, True, step, accuracy, best))
    return window.messages.text, window.messages._level


def test_an_export_says_what_was_written(window, tmp_path):
    assert export(window, 0, 0)[1] == "warning"
    assert "untrained" in export(window, 0, 0)[0]
    window.runner.train()
    hand(window, *told_by(1, tmp_path))
    said, level = export(window, 1, 20, 0.9123)
    for words in ("run 1", "step 20", "91.23 %", "identical"):
        assert words in said
    assert (level, "0.0e" in said) == ("good", False)
    assert "largest difference 3.1e-07" in export(window, 1, 20, 0.9, 3.1e-7)[0]
    assert "epoch 1" in export(window, 1, 20, 0.9, best=1)[0]
    window.store.edit("Set", lambda d: set_params(d, "fc1", {"bias": False}))
    said, level = export(window, 1, 20, 0.9)
    assert "drawing has changed since" in said
    assert level == "warning"
    assert "from a file" in export(window, 0, 7, 0.9)[0]
