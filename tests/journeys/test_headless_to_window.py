"""Trained without a window, opened with one: the pad answers at once."""

import json
import subprocess
import sys

import pytest
from PySide6.QtWidgets import QLabel

from explorer.app import launch
from explorer.ui.tour.guide import Guide
from explorer.ui.tour.tour import SEVEN


@pytest.fixture
def trained(tmp_path):
    """A run's folder, made by the command line."""
    command = ["train", "tutorial-cnn", "--steps", "60", "--seed", "0", "--out", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, "-m", "explorer", *command], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].startswith("test accuracy ")
    return tmp_path


def test_the_pad_answers_with_the_trained_weights(qtbot, trained, tmp_path):
    names = {"weights.safetensors", "document.json", "metrics.jsonl"}
    assert names <= {file.name for file in trained.iterdir()}
    lines = (trained / "metrics.jsonl").read_text().splitlines()
    assert all(isinstance(json.loads(line), dict) for line in lines)
    weights = trained / "weights.safetensors"
    window = launch([str(trained / "document.json"), "--weights", str(weights)])
    guide = Guide(window, tmp_path)
    guide.wait("the weights are loaded", lambda: window.runner.state == "loaded")
    guide.draw(SEVEN)
    label = guide.find(QLabel, "digitPadPrediction")
    guide.wait("the 7 is read", lambda: label.text().startswith("7"), 15)
    window.close()
    window.deleteLater()


def test_weights_that_do_not_fit_are_refused_in_words(qtbot, trained, tmp_path):
    weights = trained / "weights.safetensors"
    window = launch(["tutorial-lstm", "--weights", str(weights)])
    guide = Guide(window, tmp_path)
    guide.wait("a message", lambda: bool(window.messages.text), 30)
    assert "lstm" in window.messages.text
    window.close()
    window.deleteLater()
