"""Faults of a run in the real window: told, the block shown, the offered way out taken."""

import sys

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton

from explorer.app import launch
from explorer.engine.commands.looking import Looking
from explorer.engine.step import descent
from explorer.graph import edits
from explorer.protocol.events import Warned
from explorer.ui.tour.guide import Guide
from tests.journeys.test_runs import end, small


@pytest.fixture
def guide(qtbot, tmp_path):
    """The window with a small network."""
    window = launch([small(tmp_path, epochs=10_000)])
    yield Guide(window, tmp_path)
    end(window)


def buttons(guide):
    found = guide.window.messages.findChildren(QPushButton)
    return {button.text(): button for button in found if button.isVisible()}


def set_training(guide, **changes):
    assert guide.store.edit("Set", lambda d: edits.set_training(d, changes))


def trained(guide, steps=20):
    """Train for a while."""
    guide.window.runner.train()
    guide.wait("the run goes on", lambda: guide.steps() > steps)


@pytest.fixture
def fail_once(monkeypatch):
    """The next time that something is done it fails."""

    def patch(owner, name, error):
        whole = getattr(owner, name)

        def broken(*arguments):
            monkeypatch.setattr(owner, name, whole)
            raise error

        monkeypatch.setattr(owner, name, broken)

    return patch


def test_a_fault_in_the_engine_thread(guide, fail_once):
    guide.window.runner.train()
    guide.wait("a checkpoint", lambda: len(guide.window.log.epochs) > 0)
    first = guide.window.runner.run
    fail_once(Looking, "look_if_due", ZeroDivisionError("of all things"))
    guide.wait("the message", lambda: "of all things" in guide.window.messages.text)
    assert "The engine failed at step" in guide.window.messages.text
    guide.wait("the fresh engine", lambda: guide.window.runner.state == "untrained")
    buttons(guide)["Resume"].click()
    guide.wait("the run goes on", lambda: guide.window.runner.state == "running")
    assert guide.window.runner.run != first
    guide.window.runner.stop()
    guide.wait("the end", lambda: guide.window.runner.state == "stopped")
    trained(guide)
    assert guide.window.isVisible()


def test_memory_runs_out_and_accumulation_helps(guide, fail_once):
    trained(guide)
    fail_once(descent, "train_step", RuntimeError("DefaultCPUAllocator: can't allocate memory"))
    guide.wait("the run is held", lambda: guide.window.runner.state == "paused")
    number = guide.window.runner.run
    guide.wait("the message", lambda: "not enough memory" in guide.window.messages.text)
    assert list(buttons(guide)) == ["Accumulate 4", "Batch 4 from the start"]
    held_at = guide.steps()
    buttons(guide)["Accumulate 4"].click()
    guide.wait("the run goes on", lambda: guide.steps() > held_at)
    assert guide.store.document.training.accumulate == 4
    assert guide.window.runner.run == number
    assert guide.window.messages.isHidden()
    guide.store.undo()
    assert guide.store.document.training.accumulate == 1


def test_memory_runs_out_and_a_smaller_batch_helps(guide, fail_once):
    trained(guide)
    number = guide.window.runner.run
    fail_once(descent, "train_step", RuntimeError("DefaultCPUAllocator: can't allocate memory"))
    guide.wait("the run is held", lambda: guide.window.runner.state == "paused")
    guide.wait("the message", lambda: "not enough memory" in guide.window.messages.text)
    buttons(guide)["Batch 4 from the start"].click()
    guide.wait("another run", lambda: guide.window.runner.run > number)
    guide.wait("that goes on", lambda: guide.window.runner.state == "running")
    assert guide.store.document.training.batch == 4


def without_relu(document):
    """Linear layers alone: with a high rate nothing keeps them small."""
    return edits.remove_nodes(document, ("relu",), heal=True)


def test_a_loss_that_is_no_number(guide):
    assert guide.store.edit("Remove", without_relu)
    set_training(guide, optimiser="sgd", rate=10.0)
    guide.window.runner.train()
    guide.wait("the run is held", lambda: guide.window.runner.state == "paused")
    guide.wait("the message", lambda: "Show block" in buttons(guide))
    assert list(buttons(guide)) == ["Show block", "Rate / 10 and go on", "Rewind"]
    buttons(guide)["Show block"].click()
    assert guide.window.selection.one in ("fc1", "fc2")
    guide.picture("fault")
    buttons(guide)["Rate / 10 and go on"].click()
    # 1.0 may soon be too much as well: it must go on, it need not last until somebody looks.
    told = guide.window.messages
    guide.wait("it goes on", lambda: guide.window.runner.state == "running" or told.isVisible())
    assert guide.store.document.training.rate == 1.0


def test_an_exception_in_the_window_is_told_and_it_lives_on(qtbot, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "excepthook", lambda *error: None)
    window = launch([small(tmp_path)])
    guide = Guide(window, tmp_path)

    def broken(ids):
        raise KeyError("of all things")

    window.selection.changed.connect(broken)
    first = next(iter(guide.store.document.nodes))
    window.selection.set((first,))
    guide.wait("the message", lambda: "of all things" in window.messages.text)
    assert list(buttons(guide)) == ["Copy details"]
    buttons(guide)["Copy details"].click()
    assert "raise KeyError" in QGuiApplication.clipboard().text()
    assert "raise KeyError" in window.unexpected.log.read_text()
    window.selection.changed.disconnect(broken)
    trained(guide)
    end(window)


def test_a_warning_shows_its_block(guide):
    trained(guide)
    guide.window.faults.warn(Warned(1, "The forward pass never uses fc1.spare.", "fc1"))
    assert "fc1.spare" in guide.window.messages.text
    buttons(guide)["Show block"].click()
    assert guide.window.selection.one == "fc1"
    assert guide.window.runner.state == "running"
