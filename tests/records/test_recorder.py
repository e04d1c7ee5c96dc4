"""The recorder: events become one record, Rewind voids it, a failing store loses nothing."""

import sqlite3

import pytest

from explorer.protocol.events import Compiling, Failed, Status, StoppedEarly
from explorer.records import recorder as recorder_module
from explorer.records.recorder import RunRecorder
from explorer.records.schema import StoreError
from explorer.records.store import FILE, RunStore
from tests.records.making import an_epoch, drawing, losses, started


@pytest.fixture
def store(tmp_path):
    return RunStore.open(tmp_path, busy_s=0.05)


@pytest.fixture
def problems():
    return []


@pytest.fixture
def recorder(store, problems):
    made = RunRecorder(store, problems.append)
    yield made
    made.close()


def feed(recorder, *events):
    for event in events:
        recorder.take(event)


def test_a_run_from_start_to_end(recorder, store):
    record = recorder.begin(7, drawing())
    feed(recorder, started(7), *an_epoch(1, 7), *an_epoch(2, 7), Status(7, "finished", 20))
    (found,) = store.runs()
    assert (found.id, found.state, found.step, found.epochs) == (record.id, "finished", 20, 2)
    assert {"torch", "numpy", "python", "architecture-explorer"} <= set(found.versions)
    assert found.device == "CPU, 2 threads"
    assert recorder.record is None


def test_losses_are_joined_before_they_are_written(recorder, store, monkeypatch):
    monkeypatch.setattr(recorder_module, "WRITE_EVERY_S", 1e9)
    run = recorder.begin(1, drawing()).id
    feed(recorder, started(), *[losses(step, step) for step in range(1, 50)])
    recorder.flush()
    assert store.run(run).step == 49
    (count,) = store._connection.execute("SELECT count(*) FROM losses").fetchone()
    assert count <= 2


@pytest.mark.parametrize("early", [False, True])
def test_a_record_says_what_became_of_the_compiler(recorder, store, early):
    """`early`: in a team it is told before the run has started."""
    why = "The network is trained without torch.compile: there is no C++ compiler. Install g++."
    failed = Compiling(1, "failed", why)
    run = recorder.begin(1, drawing()).id
    feed(recorder, *([failed, started()] if early else [started(), Compiling(1, "begun"), failed]))
    feed(recorder, *an_epoch(1, 1))
    assert store.run(run).versions["torch.compile"] == (
        "not used: there is no C++ compiler. Install g++."
    )
    feed(recorder, started(), Compiling(1, "begun"))  # Rewind
    feed(recorder, Compiling(1, "done", "The training step was compiled in 7 s."))
    feed(recorder, *an_epoch(1, 1), Status(1, "finished", 10))
    assert store.run(run).versions["torch.compile"] == "used"
    plain = recorder.begin(2, drawing()).id
    feed(recorder, started(2), Status(2, "finished", 10))
    assert "torch.compile" not in store.run(plain).versions


def test_events_of_other_runs_are_passed_over(recorder, store):
    run = recorder.begin(2, drawing()).id
    feed(recorder, started(1), *an_epoch(1, 1))
    recorder.flush()
    assert store.run(run).step == 0


def test_rewind_begins_the_record_again(recorder, store):
    run = recorder.begin(1, drawing()).id
    feed(recorder, started(), *an_epoch(1), losses(11, 12), started(), *an_epoch(1))
    recorder.flush()
    assert store.curves(run).losses.steps.tolist() == list(range(1, 11))
    assert len(store.runs()) == 1


def test_another_run_ends_the_one_before(recorder, store):
    first = recorder.begin(1, drawing()).id
    feed(recorder, started(), losses(1, 3))
    recorder.begin(2, drawing())
    assert store.run(first).state == "stopped"
    assert store.run(first).step == 3


def test_why_it_ended_is_kept(recorder, store):
    run = recorder.begin(1, drawing()).id
    feed(recorder, started(), Failed(1, "export", "no"), Failed(1, "training", "The loss is nan."))
    feed(recorder, Status(1, "paused"), Status(1, "stopped"))
    assert store.run(run).message == "The loss is nan."
    run = recorder.begin(2, drawing()).id
    feed(recorder, started(2), StoppedEarly(2, 30, 3, 0.2), Status(2, "finished"))
    assert store.run(run).message == "Ended early: no smaller test loss in 3 epochs."


def test_a_lengthened_run_is_a_new_record(recorder, store):
    first = recorder.begin(1, drawing()).id
    feed(recorder, started(), *an_epoch(1), *an_epoch(2), Status(1, "finished", 20))
    second = recorder.lengthened(drawing())
    feed(recorder, *an_epoch(3), Status(1, "finished", 30))
    assert store.run(first).step == 20
    found = store.run(second.id)
    assert (found.parent, found.parent_step, found.step, found.epochs) == (first, 20, 30, 3)
    assert store.curves(second.id).losses.steps.tolist() == list(range(1, 31))


def test_a_store_that_fails_is_told_once_and_nothing_is_lost(
    recorder, store, problems, monkeypatch
):
    run = recorder.begin(1, drawing()).id

    def fail(*_):
        raise StoreError("The disk is full.")

    monkeypatch.setattr(store, "start", fail)
    feed(recorder, started(), *an_epoch(1), *an_epoch(2))
    assert problems == ["The disk is full."]
    monkeypatch.undo()
    feed(recorder, *an_epoch(3))
    assert store.curves(run).losses.steps.tolist() == list(range(1, 31))


def test_no_store_no_record(recorder, store, problems, monkeypatch):
    def fail(*_):
        raise StoreError("locked")

    monkeypatch.setattr(store, "begin", fail)
    assert recorder.begin(1, drawing()) is None
    feed(recorder, started(), *an_epoch(1), Status(1, "finished", 10))
    assert problems == ["locked"]


def test_a_closed_recorder_leaves_the_run_interrupted(store, tmp_path):
    recorder = RunRecorder(store, pytest.fail)
    run = recorder.begin(1, drawing()).id
    feed(recorder, started(), losses(1, 4))
    recorder.close()
    again = RunStore.open(tmp_path)
    assert [(each.id, each.step) for each in again.interrupted()] == [(run, 4)]
    again.close()


@pytest.fixture
def other(tmp_path, store):
    """Another program's connection to the same store."""
    connection = sqlite3.connect(tmp_path / FILE, isolation_level=None)
    yield connection
    connection.close()


def test_an_end_that_meets_a_locked_store_is_written_later(recorder, store, problems, other):
    run = recorder.begin(1, drawing()).id
    feed(recorder, started(), *an_epoch(1))
    other.execute("BEGIN IMMEDIATE")
    feed(recorder, losses(11, 15), Failed(1, "training", "no memory"), Status(1, "stopped", 15))
    assert recorder.behind
    assert len(problems) == 1
    other.execute("ROLLBACK")
    second = recorder.begin(1, drawing()).id
    found = store.run(run)
    assert (found.state, found.step, found.message) == ("stopped", 15, "no memory")
    assert store.run(second).state == "running"
    assert store.run(second).step == 0
    assert not recorder.behind


def test_an_end_is_written_when_the_program_ends(recorder, tmp_path, other):
    run = recorder.begin(1, drawing()).id
    other.execute("BEGIN IMMEDIATE")
    feed(recorder, started(), *an_epoch(1), Status(1, "finished", 10))
    recorder.flush()
    assert recorder.behind
    other.execute("ROLLBACK")
    recorder.close()
    again = RunStore.open(tmp_path)
    assert (again.run(run).state, again.run(run).step) == ("finished", 10)
    again.close()


def test_events_after_the_end_are_a_chance_too(recorder, store, other, monkeypatch):
    monkeypatch.setattr(recorder_module, "WRITE_EVERY_S", 0.0)
    run = recorder.begin(1, drawing()).id
    other.execute("BEGIN IMMEDIATE")
    feed(recorder, started(), Status(1, "stopped", 0))
    other.execute("ROLLBACK")
    feed(recorder, Status(1, "stopped", 0))
    assert store.run(run).state == "stopped"
