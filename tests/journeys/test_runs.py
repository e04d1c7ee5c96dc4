"""Runs of the real window: recorded, offered after an interruption, gone on with."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QPushButton
from safetensors.numpy import load_file
from shiboken6 import isValid

from explorer.app import launch
from explorer.records.store import RunStore
from explorer.ui.tour.guide import Guide, rest


@pytest.fixture
def start(qtbot, tmp_path):
    """A way to open one window after another."""
    opened = []

    def begin(*arguments):
        window = launch(list(arguments))
        opened.append(window)
        return Guide(window, tmp_path)

    yield begin
    for window in filter(isValid, opened):  # others the test has ended
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


def leave_after_an_epoch(guide):
    """Close the window in the middle of a run."""
    guide.window.runner.train()
    guide.wait("an epoch", lambda: len(guide.window.log.epochs) > 0, 90)
    end(guide.window)


def explorer(*arguments):
    """The command line, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "explorer", *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def network(path):
    """The weights in a checkpoint."""
    found = load_file(path)
    return {name: values for name, values in found.items() if name.startswith("network.")}


def assert_equal(some, others):
    assert some.keys() == others.keys() != set()
    for name, values in some.items():
        np.testing.assert_array_equal(values, others[name])


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


def test_a_run_left_in_the_window_is_ended_by_the_command_line(start, runs, tmp_path):
    document = small(tmp_path, epochs=8)
    leave_after_an_epoch(start(document))
    explorer("train", "--resume", "1")
    explorer("train", document)
    store = runs()
    whole, resumed, left = store.runs()
    assert [each.state for each in (whole, resumed, left)] == [
        "finished",
        "finished",
        "interrupted",
    ]
    assert (resumed.parent, resumed.parent_step) == (1, left.step)
    assert 0 < resumed.parent_step < resumed.step == whole.step
    assert_equal(network(resumed.checkpoint), network(whole.checkpoint))
    np.testing.assert_array_equal(store.curves(2).losses.losses, store.curves(3).losses.losses)
    store.close()


def test_an_interrupted_run_is_offered_at_the_next_start_and_goes_on_exactly(start, runs, tmp_path):
    document = small(tmp_path, epochs=8)
    leave_after_an_epoch(start(document))
    guide = start()
    bar = guide.window.messages
    guide.wait("the offer", lambda: bar.text.startswith("Run 1 of Small was interrupted after"), 60)
    press(guide, "Resume")
    finish(guide)
    assert guide.store.document.title == "Small"
    shown = guide.window.log.training()[0]
    assert shown.tolist() == list(range(1, len(shown) + 1))  # those before it came to an end too
    assert len(guide.window.log.epochs) == 8
    end(guide.window)
    explorer("train", document)
    store = runs()
    whole, resumed, _ = store.runs()
    assert (resumed.state, resumed.parent) == ("finished", 1)
    assert_equal(network(resumed.checkpoint), network(whole.checkpoint))
    mine, theirs = store.curves(resumed.id), store.curves(whole.id)
    np.testing.assert_array_equal(mine.losses.losses, theirs.losses.losses)
    assert [each.test_loss for each in mine.epochs] == [each.test_loss for each in theirs.epochs]
    store.close()


def test_a_run_that_ended_before_its_first_checkpoint_is_told_once(start, runs, tmp_path):
    leave_after_an_epoch(start(small(tmp_path, epochs=50)))
    for file in tmp_path.rglob("step-*.safetensors"):
        file.unlink()
    guide = start()
    bar = guide.window.messages
    guide.wait("the lost run", lambda: bar.text.startswith("Run 1 of Small ended"), 60)
    assert not [b for b in bar.findChildren(QPushButton) if b.text() == "Resume"]
    bar.hide()
    end(guide.window)
    again = start()
    again.wait("PyTorch is loaded", lambda: again.window.runner.ready)
    rest(300)
    assert "Run 1" not in again.window.messages.text


def test_a_run_of_the_command_line_is_lengthened_in_the_window(start, runs, tmp_path):
    document = small(tmp_path, epochs=1)
    explorer("train", document)
    guide = start(document)
    panel = guide.window.panels["runsPanel"]
    guide.window.docks.show("runsPanel")
    guide.wait("the run is listed", lambda: len(panel.table.chosen()) == 1, 20)
    panel.epochs.setValue(2)
    action = panel.acts.actions["more"]
    guide.wait("it can be lengthened", action.isEnabled, 20)
    action.trigger()
    guide.wait("three epochs", lambda: len(guide.window.log.epochs) == 3, 60)
    finish(guide)
    end(guide.window)
    store = runs()
    more, _ = store.runs()
    assert (more.id, more.parent, more.state, more.epochs) == (2, 1, "finished", 3)
    store.close()


# --- killed


class Program:
    """The program in a process of its own, and what it says."""

    def __init__(self, folder, *arguments):
        environment = {**os.environ, "XDG_DATA_HOME": str(folder / "share")}
        self.said = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.journeys.killed_program", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment,
            cwd=Path(__file__).parents[2],
        )

    def hear(self, key):
        """Wait for a line with this word; what it says."""
        for line in self.process.stdout:
            self.said.append(json.loads(line))
            if key in self.said[-1]:
                return self.said[-1]
        raise AssertionError(f"the program ended by itself: {self.said[-3:]}")

    def kill(self):
        """At once; what it still had to say is heard."""
        self.process.send_signal(signal.SIGKILL)
        now = time.time()
        self.said += [json.loads(line) for line in self.process.stdout if line.endswith("}\n")]
        self.process.stdout.close()
        self.process.wait()
        return now

    def moved_before(self, moment):
        return max((s["moved"] for s in self.said if "at" in s and s["at"] < moment), default=0.0)


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9")
@pytest.mark.slow
@pytest.mark.parametrize("kills", [2, pytest.param(5, marks=pytest.mark.soak)])
def test_killed_at_any_moment_the_next_start_offers_document_and_run(runs, tmp_path, kills):
    chance = random.Random(kills)
    program = Program(tmp_path, small(tmp_path, epochs=10_000))
    for number in range(1, kills + 1):
        program.hear("epoch")
        until = time.monotonic() + 6 + 3 * chance.random()
        while time.monotonic() < until:
            program.hear("moved")
        killed_at = program.kill()
        must_be_kept = program.moved_before(killed_at - 6)
        store = runs()
        assert not store.remarks
        assert [each.id for each in store.interrupted()] == [number]
        store.close()

        program = Program(tmp_path)
        resume, *rest = program.hear("offers")["offers"]
        assert resume.startswith(f"Run {number} of Small was interrupted after epoch")
        (document,) = rest
        assert document.startswith("'Small' was not saved.")
        assert program.hear("restored")["restored"] >= must_be_kept
    assert program.hear("epoch")["run"] == kills + 1
    program.kill()
    store = runs()
    steps = [record.step for record in store.runs()[1:]]
    assert steps == sorted(set(steps), reverse=True)  # each went on from the one before
    written = [record.checkpoint for record in store.runs() if record.checkpoint is not None]
    assert len(written) >= kills  # the last may have been killed before its first
    for path in written:
        assert network(path)
    store.close()
