"""The store: what goes in comes out, ended runs stay as they are, faults are told and survived."""

import math
import os
import random
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from explorer.protocol.events import Losses
from explorer.protocol.run_log import RunLog
from explorer.records.folder import data_folder
from explorer.records.schema import StoreError
from explorer.records.store import FILE, RunStore
from tests.records.making import (
    VERSIONS,
    an_epoch,
    checkpointed,
    drawing,
    epoch,
    losses,
    started,
)

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def store(tmp_path):
    opened = RunStore.open(tmp_path / "data")
    yield opened
    opened.close()


def recorded(store, epochs=2, **of):
    """A run of some epochs that has not ended."""
    record = store.begin(drawing(**of), VERSIONS)
    store.start(record.id, started())
    for number in range(1, epochs + 1):
        store.add(record.id, an_epoch(number))
    return record.id


# --- what goes in comes out


def test_a_run_comes_back_as_it_was_written(store, tmp_path):
    run = recorded(store, title="Net", seed=3)
    file = tmp_path / "step.safetensors"
    store.add(run, [checkpointed(file, 20)])
    store.end(run, "finished", "all well")
    record = store.run(run)
    assert (record.id, record.state, record.title, record.seed) == (run, "finished", "Net", 3)
    assert record.dataset_sha256 == "ab" * 32
    assert (record.device, record.threads, record.versions) == ("CPU, 2 threads", 2, VERSIONS)
    assert (record.step, record.epochs, record.test_accuracy) == (20, 2, 0.75)
    assert (record.checkpoint, record.message) == (file, "all well")
    assert '"title": "Net"' in record.document
    assert record.started <= record.ended
    curves = store.curves(run)
    assert curves.losses.steps.tolist() == list(range(1, 21))
    assert np.array_equal(curves.losses.losses, losses(1, 20).losses)
    assert [(each.step, each.loss) for each in curves.held_out] == [(5, 0.6), (15, 0.6)]
    assert [each.value for each in curves.changes] == [0.01, 0.02]
    assert np.array_equal(curves.epochs[1].confusion, epoch(2).confusion)
    assert replace(curves.epochs[0], confusion=None) == replace(epoch(1), confusion=None, run=run)


def test_a_log_takes_recorded_curves_in(store):
    log = RunLog()
    for event in store.curves(recorded(store)).events():
        log.add(event)
    assert (len(log.training()[0]), len(log.epochs), log.total_steps) == (20, 2, 40)


def test_a_loss_that_is_no_number_comes_back(store):
    run = recorded(store, 0)
    store.add(run, [epoch(1, test_loss=math.nan)])
    assert math.isnan(store.curves(run).epochs[0].test_loss)
    assert store.run(run).test_loss is None


def test_a_run_that_goes_on_tells_the_whole_story(store):
    parent = recorded(store, 3)
    store.end(parent, "stopped")
    child = store.begin(drawing(), VERSIONS, parent)
    store.start(child.id, started(step=17))
    assert store.curves(child.id).losses.steps.tolist() == list(range(1, 18))
    store.add(child.id, [losses(18, 20), epoch(2)])
    curves = store.curves(child.id)
    assert curves.losses.steps.tolist() == list(range(1, 21))
    assert [each.epoch for each in curves.epochs] == [1, 2]
    record = store.run(child.id)
    assert (record.parent, record.parent_step, record.step) == (parent, 17, 20)
    assert store.run(parent).step == 30


def test_starting_again_voids_what_was(store):
    run = recorded(store)
    store.start(run, started())
    assert len(store.curves(run).losses.steps) == 0


def test_runs_are_searched(store):
    first, second = recorded(store, title="Alpha"), recorded(store, title="Beta")
    store.tag(first, ["good one", "x", "x"])
    store.note(second, "with dropout")
    assert [each.id for each in store.runs()] == [second, first]
    assert store.run(first).tags == ("good-one", "x")
    for words, found in {
        "alpha": [first],
        "GOOD": [first],
        "dropout beta": [second],
        "digits": [second, first],
        "nothing": [],
    }.items():
        assert [each.id for each in store.runs(words)] == found


def test_an_ended_run_does_not_change(store):
    run = recorded(store)
    store.end(run, "finished")
    before = store.run(run)
    for change in (
        lambda: store.add(run, [epoch(3)]),
        lambda: store.add(run, [losses(21, 22)]),
        lambda: store.end(run, "failed"),
        lambda: store.start(run, started()),
    ):
        with pytest.raises(StoreError, match="does not change"):
            change()
    assert store.run(run) == before
    assert len(store.curves(run).losses.steps) == 20
    store.note(run, "but this")
    assert store.run(run).note == "but this"


def test_trash(store):
    kept, gone = recorded(store), recorded(store)
    folder = store.run(gone).folder
    folder.mkdir(parents=True)
    (folder / "step.safetensors").write_bytes(b"x" * 1000)
    with pytest.raises(StoreError, match="Stop it first"):
        store.delete(gone)
    store.end(gone, "finished")
    store.delete(gone)
    assert [each.id for each in store.runs()] == [kept]
    store.restore(gone)
    assert [each.id for each in store.runs()] == [gone, kept]
    store.delete(gone)
    size = store.size()
    assert store.empty_trash() == 1
    assert not folder.exists()
    assert store.size() < size
    with pytest.raises(StoreError, match="There is no run"):
        store.curves(gone)


def test_checkpoints_outside_the_store_are_the_users(store, tmp_path):
    outside = tmp_path / "mine"
    outside.mkdir()
    run = store.begin(drawing(), VERSIONS, folder=outside).id
    store.end(run, "stopped")
    store.delete(run)
    store.empty_trash()
    assert outside.exists()


def test_a_checkpoint_that_made_room_is_forgotten(store):
    run = recorded(store, 0)
    old, new = Path("/a"), Path("/b")
    store.add(run, [checkpointed(old, 10), checkpointed(new, 20, removed=(old,))])
    assert [each.path for each in store.checkpoints(run)] == [new]


# --- recovery


def test_what_a_closed_store_left_open_was_interrupted(tmp_path):
    first = RunStore.open(tmp_path)
    run = recorded(first)
    second = RunStore.open(tmp_path)
    assert second.run(run).state == "running"
    assert second.interrupted() == []
    first.close()
    assert [each.id for each in second.interrupted()] == [run]
    assert second.run(run).state == "interrupted"
    child = second.begin(drawing(), VERSIONS, run)
    assert second.interrupted() == []
    assert second.run(run).ended is not None
    second.end(child.id, "finished")
    second.close()


def test_a_damaged_store_is_put_aside(tmp_path):
    store = RunStore.open(tmp_path)
    run = recorded(store, 3)
    store.end(run, "finished")
    store.close()
    (tmp_path / FILE).write_bytes(b"not a database at all" * 400)
    opened = RunStore.open(tmp_path)
    (remark,) = opened.remarks
    assert "was damaged" in remark
    assert opened.runs() == []
    assert len(list(tmp_path.glob("runs-damaged-*.sqlite"))) == 1
    recorded(opened)
    opened.close()


def spoiled(content: bytes, draw: random.Random) -> bytes:
    at = draw.randrange(len(content))
    kind = draw.randrange(3)
    if kind == 0:
        return content[:at]
    if kind == 1:
        return content[:at] + draw.randbytes(draw.randrange(1, 300)) + content[at + 100 :]
    return content[: at // 2] + content[at:]


def survives(folder: Path, count: int) -> int:
    """Open and use a store with each of many damaged files; how many had to be put aside."""
    store = RunStore.open(folder)
    for _ in range(2):
        store.end(recorded(store, 2), "finished")
    store.close()
    with sqlite3.connect(folder / FILE) as whole:
        whole.execute("PRAGMA journal_mode = DELETE")
    whole.close()
    content, draw, aside = (folder / FILE).read_bytes(), random.Random(5), 0
    for _ in range(count):
        for left in folder.glob("runs*"):
            left.unlink()
        (folder / FILE).write_bytes(spoiled(content, draw))
        opened = RunStore.open(folder)
        aside += bool(opened.remarks)
        with closing(opened), suppress(StoreError):  # a value that makes no sense: told, no crash
            for record in opened.runs():
                opened.curves(record.id)
            opened.end(recorded(opened, 1), "finished")
    return aside


def test_damaged_stores_are_survived(tmp_path):
    assert survives(tmp_path, 200) > 100


@pytest.mark.soak
def test_many_damaged_stores_are_survived(tmp_path):
    assert survives(tmp_path, 10_000) > 5_000


def test_another_programs_database_is_put_aside(tmp_path):
    with sqlite3.connect(tmp_path / FILE) as other:
        other.execute("CREATE TABLE runs (id INTEGER PRIMARY KEY, weather TEXT)")
    other.close()
    opened = RunStore.open(tmp_path)
    assert opened.remarks
    recorded(opened)
    opened.close()


def test_a_newer_store_is_left_alone(tmp_path):
    with sqlite3.connect(tmp_path / FILE) as newer:
        newer.execute("PRAGMA user_version = 99")
    newer.close()
    with pytest.raises(StoreError, match="newer program"):
        RunStore.open(tmp_path)
    assert [path.name for path in tmp_path.glob("runs*")] == [FILE]


def test_a_locked_store_is_told_and_nothing_is_lost(tmp_path):
    store = RunStore.open(tmp_path, busy_s=0.05)
    run = recorded(store)
    other = sqlite3.connect(tmp_path / FILE, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="in use by another program"):
        store.add(run, [epoch(3)])
    assert store.run(run).epochs == 2
    other.execute("ROLLBACK")
    other.close()
    store.add(run, [epoch(3)])
    assert store.run(run).epochs == 3
    store.close()


def test_a_store_waits_for_a_short_lock(tmp_path):
    import threading

    store = RunStore.open(tmp_path)
    run = recorded(store)
    other = sqlite3.connect(tmp_path / FILE, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    timer = threading.Timer(0.3, lambda: other.execute("COMMIT"))
    timer.start()
    store.add(run, [epoch(3)])
    timer.join()
    other.close()
    store.close()


def test_a_full_disk_is_told_and_the_store_stays_sound(store):
    run = recorded(store)
    store._connection.execute("PRAGMA max_page_count = 1")  # takes the present size as the least
    big = Losses(1, np.arange(200_000), np.zeros(200_000, np.float32), np.zeros(200_000, "f4"))
    with pytest.raises(StoreError, match=r"is full\. Make room"):
        store.add(run, [epoch(3), big])
    assert store.run(run).epochs == 2
    store._connection.execute("PRAGMA max_page_count = 1073741823")
    store.add(run, [epoch(3), big])
    assert store.run(run).epochs == 3


def test_a_folder_that_can_not_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="set EXPLORER_DATA to another folder"):
        RunStore.open(tmp_path / "file" / "data")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write")
def test_a_read_only_folder(tmp_path):
    RunStore.open(tmp_path / "data").close()
    (tmp_path / "data").chmod(0o500)
    with pytest.raises(StoreError, match="can't be recorded"):
        RunStore.open(tmp_path / "data")
    (tmp_path / "data").chmod(0o700)


@pytest.mark.skipif(sys.platform == "win32", reason="no fork and no SIGKILL")
def test_killed_at_random_moments(tmp_path):
    """Fifty writers are killed; the store opens each time and no checkpoint is half written."""
    command = [sys.executable, "-m", "tests.records.killing", str(tmp_path), "50"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    kills, runs, checkpoints = map(int, done.stdout.split())
    assert kills == 50
    assert runs >= 25
    assert checkpoints >= 25


# --- where it is


def test_the_folder_follows_the_system(monkeypatch, tmp_path):
    monkeypatch.delenv("EXPLORER_DATA", raising=False)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_DATA_HOME", "/xdg")
    assert data_folder() == Path("/xdg/architecture-explorer")
    monkeypatch.setenv("XDG_DATA_HOME", "relative")
    assert data_folder() == tmp_path / ".local/share/architecture-explorer"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert data_folder() == tmp_path / "Library/Application Support/architecture-explorer"
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", "/local")
    assert data_folder() == Path("/local/architecture-explorer")
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "mine"))
    assert data_folder() == tmp_path / "mine"
    assert data_folder(tmp_path / "given") == tmp_path / "given"
