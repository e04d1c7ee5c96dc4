"""A sweep in the real window: trials are trained and recorded, found again, the best is loaded."""

import json

import numpy as np
import pytest
from PySide6.QtWidgets import QPushButton
from safetensors.numpy import load_file
from shiboken6 import isValid

from explorer.app import launch
from explorer.blocks.catalogue import catalogue
from explorer.graph.document import Document
from explorer.graph.edits import chain, set_training
from explorer.graph.files import dump
from explorer.plan.ranges import Range
from explorer.records.store import RunStore
from explorer.ui.tour.guide import Guide


@pytest.fixture
def start(qtbot, tmp_path):
    """A way to open one window after another."""
    opened = []

    def begin(*arguments):
        window = launch(list(arguments))
        opened.append(window)
        window.docks.show("sweepPanel")
        return Guide(window, tmp_path)

    yield begin
    for window in filter(isValid, opened):
        end(window)


def end(window):
    window.store.mark_saved(window.store.document)
    window.close()
    window.deleteLater()


@pytest.fixture
def document(tmp_path):
    kinds = catalogue()
    blocks = [
        kinds["input"](),
        kinds["flatten"](),
        kinds["linear"](in_features=64, out_features=16),
        kinds["relu"](),
        kinds["linear"](in_features=16, out_features=10),
        kinds["output"](),
    ]
    drawn = chain(Document(title="Small", dataset="digits-8x8"), [(None, each) for each in blocks])
    path = tmp_path / "small.json"
    path.write_text(dump(set_training(drawn, {"batch": 64, "epochs": 3})), encoding="utf-8")
    return str(path)


def states(panel):
    return [trial.state for trial in panel.view.table.source.rows]


def test_three_trials_are_trained_found_again_and_the_best_is_loaded(start, document, tmp_path):
    guide = start(document)
    panel = guide.window.panels["sweepPanel"]
    panel.ranges.remove_selected()
    panel.ranges.add(Range("fc1.out_features", choices=(8, 16, 24)))
    panel.ranges.add(Range("rate", choices=(0.01, 20.0)))
    assert not panel.start.isEnabled()  # 20 is too much
    panel.ranges.selectRow(1)
    panel.ranges.remove_selected()
    panel.form.method.setCurrentIndex(panel.form.method.findData("grid"))
    panel.start.click()
    guide.wait("three trials", lambda: states(panel) == ["finished"] * 3, 120)
    bar = guide.window.messages
    assert bar.text.startswith("The sweep of 3 trials is done. Best: test accuracy ")
    trials, best = panel.view.table.source.rows, panel.view.plot.best
    assert guide.window.runner.changed_since()  # the network is that of the last one
    next(b for b in bar.findChildren(QPushButton) if b.text() == "Load the best").click()
    width = trials[best - 1].values["fc1.out_features"]
    guide.wait("its document", lambda: guide.store.document.training.epochs == 1, 30)
    assert guide.store.document.nodes["fc1"].block.out_features == width
    assert not guide.window.runner.changed_since()
    end(guide.window)

    store = RunStore.open(tmp_path / "runs")
    records = {record.id: record for record in store.runs()}
    store.close()
    assert len(records) == 3
    assert len({record.tags for record in records.values()}) == 1
    for trial in trials:
        record = records[trial.run]
        assert record.test_accuracy == trial.scores["test accuracy"]
        assert record.epochs == 1
        written = json.loads(record.document)
        assert written["training"]["epochs"] == 1
        weights = load_file(record.checkpoint)
        assert weights["network.fc1.weight"].shape == (trial.values["fc1.out_features"], 64)
        assert np.isfinite(weights["network.fc2.weight"]).all()

    again = start(document).window.panels["sweepPanel"]
    guide.wait("the trials are listed", lambda: again.view.table.source.rows == trials, 30)
    assert again.view.plot.best == best
    assert "Small, 3 runs" in again.chooser.currentText()


def test_stop_ends_it_and_says_what_is_left(start, document):
    guide = start(document)
    panel = guide.window.panels["sweepPanel"]
    panel.ranges.remove_selected()
    panel.ranges.add(Range("seed", choices=(1, 2, 3)))
    panel.form.method.setCurrentIndex(panel.form.method.findData("grid"))
    panel.form.epochs.setValue(10_000)  # it must not be over before Stop is pressed
    panel.start.click()
    guide.wait("an epoch", lambda: len(guide.window.log.epochs) > 0, 90)
    guide.wait("Stop can be pressed", panel.stop.isEnabled, 5)
    panel.stop.click()
    guide.wait("it stops", lambda: "stopped at trial 1 of 3" in guide.window.messages.text, 60)
    assert guide.window.runner.state == "stopped"
    guide.wait("the table says so", lambda: states(panel) == ["stopped"], 10)
    assert panel.start.isEnabled()
