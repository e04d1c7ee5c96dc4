"""Runs of the real window: recorded, offered after an interruption, gone on with."""

import json
from itertools import pairwise

import pytest
from PySide6.QtWidgets import QPushButton

from explorer.app import launch
from explorer.records.store import RunStore
from explorer.ui.tour import Guide


@pytest.fixture
def start(qtbot, tmp_path):
    """A way to open one window after another."""
    opened = []

    def begin(*arguments):
        window = launch(list(arguments))
        opened.append(window)
        return Guide(window, tmp_path)

    yield begin
    for window in opened:
        end(window)


def end(window):
    window.store.mark_saved(window.store.document)
    window.close()
    window.deleteLater()


@pytest.fixture
def runs(tmp_path):
    """The store as another program sees it."""
    return lambda: RunStore.open(tmp_path / "runs")


def small(folder, epochs=2):
    """A document whose run takes a second or two."""
    kinds = {
        "input": ("input", {}),
        "flatten": ("flatten", {}),
        "fc1": ("linear", {"in_features": 64, "out_features": 48}),
        "relu": ("relu", {}),
        "fc2": ("linear", {"in_features": 48, "out_features": 10}),
        "output": ("output", {}),
    }
    training = {"optimiser": "adam", "rate": 0.003, "weight_decay": 0.0, "batch": 16, "seed": 0}
    record = {
        "format": "architecture-explorer",
        "version": 1,
        "title": "Small",
        "dataset": "digits-8x8",
        "training": {**training, "epochs": epochs},
        "nodes": [
            {"id": name, "kind": kind, "x": 200.0 * k, "y": 0.0, "parameters": parameters}
            for k, (name, (kind, parameters)) in enumerate(kinds.items())
        ],
        "wires": [
            {"from": one, "output": "y", "to": other, "input": "x"}
            for one, other in pairwise(kinds)
        ],
    }
    path = folder / "small.json"
    path.write_text(json.dumps(record))
    return str(path)


def finish(guide):
    runner = guide.window.runner
    guide.wait("the run ends", lambda: runner.state == "finished", 90)


def press(guide, label):
    bar = guide.window.messages
    next(b for b in bar.findChildren(QPushButton) if b.text() == label and b.isVisible()).click()


def test_a_run_is_in_the_store_with_its_curves(start, runs, tmp_path):
    guide = start(small(tmp_path))
    guide.window.runner.train()
    finish(guide)
    shown = guide.window.log.training()[1].tolist()
    document = guide.store.document
    end(guide.window)
    store = runs()
    (record,) = store.runs()
    assert (record.id, record.state, record.epochs) == (1, "finished", 2)
    assert record.step == record.total_steps == len(shown)
    assert json.loads(record.document)["title"] == document.title
    assert store.curves(1).losses.losses.tolist() == shown
    assert len(store.curves(1).epochs) == 2
    assert record.checkpoint.is_file()
    store.close()
