"""The weights belong to the drawing: undo brings them back, another document costs no run, and an
export says what it wrote. With the real engine.
"""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QPushButton
from safetensors.numpy import load_file

from explorer.graph.edits import set_dataset, set_params
from tests.journeys.test_runs import small


@pytest.fixture
def opened(guide, tmp_path):
    """The window with a small network that is ready to train."""

    def begin(epochs):
        assert guide.window.open_document(Path(small(tmp_path, epochs)))
        runner = guide.window.runner
        guide.wait("torch", lambda: runner.ready and runner.state == "untrained", 60)
        return guide.window

    return begin


def to_mnist(document):
    """Another dataset, and the sizes for it."""
    return set_params(set_dataset(document, "mnist"), "fc1", {"in_features": 784})


def exported(guide, path):
    """The weights of the network at hand, and what was said of them."""
    window, done = guide.window, []
    window.exporter.done.connect(done.append)
    window.exporter.export("python", path)
    guide.wait("the export", lambda: done, 60)
    return load_file(path.with_suffix(".safetensors")), window.messages.text


def press(window, label):
    buttons = window.messages.findChildren(QPushButton)
    next(b for b in buttons if b.text() == label and b.isVisible()).click()


def test_undo_brings_the_trained_network_back(guide, opened, tmp_path):
    window = opened(epochs=2)
    runner = window.runner
    runner.train()
    guide.wait("the end", lambda: runner.state == "finished", 90)
    trained, said = exported(guide, tmp_path / "one.py")
    accuracy = window.log.epochs[-1].test_accuracy
    for words in (f"run {runner.run}", f"{100 * accuracy:.2f} %", "identical"):
        assert words in said, said
    number = runner.run
    window.store.edit("Dataset", to_mnist)
    window.store.undo()  # at once, and once more when the other network is there
    window.store.redo()
    guide.wait("another network", lambda: runner.state == "untrained", 60)
    window.store.undo()
    guide.wait("the weights", lambda: (runner.run, window.log.run) == (number, number), 60)
    guide.wait("the curves", lambda: len(window.log.epochs) == 2, 20)
    assert not runner.changed_since()
    again, said = exported(guide, tmp_path / "two.py")
    assert f"run {number}" in said
    for name, values in trained.items():
        np.testing.assert_array_equal(values, again[name])


def test_an_untrained_export_says_so(guide, opened, tmp_path):
    opened(epochs=2)
    assert "untrained" in exported(guide, tmp_path / "one.py")[1]


def test_another_document_costs_no_run(guide, opened):
    window = opened(epochs=10_000)
    runner = window.runner
    runner.train()
    guide.wait("an epoch", lambda: len(window.log.epochs) > 0, 90)
    number, drawn = runner.run, window.store.document
    window.files.open_example("mlp")
    guide.wait("a word", lambda: f"ended run {number}" in window.messages.text, 30)
    guide.wait("the other network", lambda: runner.state == "untrained", 60)
    assert window.log.run == 0
    press(window, f"Back to run {number}")
    guide.wait("it goes on", lambda: runner.state == "running" and runner.run == number + 1, 60)
    assert window.store.document.nodes == drawn.nodes
    guide.wait("its curves", lambda: len(window.log.epochs) > 1, 60)
    assert window.log.training()[0][0] == 1
    runner.stop()
    guide.wait("the end", lambda: not runner.active, 30)
