"""A law over every cell of the store: whatever stands there, it costs one row, and that is told."""

import json
import sqlite3
from contextlib import closing

import pytest

from explorer.records.cells import columns
from explorer.records.compare import by_seed, differences
from explorer.records.exports import export_csv, export_report, export_tensorboard
from explorer.records.migrations import PARTS
from explorer.records.schema import StoreError
from explorer.records.store import FILE, RunStore
from explorer.records.sweeps import heads, trials
from tests.records.making import VERSIONS, an_epoch, checkpointed, drawing, started

TAG = "sweep-abc"
NONSENSE = (
    None,
    "",
    "\0",
    "../../x",
    "[" * 100_000,
    '{"training": [1], "nodes": [null, {"id": 3}, {"id": "a", "kind": "b", "parameters": 3}]}',
    '{"format": "architecture-explorer", "version": 1, "training": {"rate": "x"}}',
    b"\xff\xfe",
    b"\xff" * 800,
    -1,
    2**62,
    0.5,
    1e308,
)


@pytest.fixture
def folder(tmp_path):
    store = RunStore.open(tmp_path / "store")
    for _ in range(3):
        run = store.begin(drawing(), VERSIONS, tags=(TAG,)).id
        store.start(run, started(run))
        store.add(run, [*an_epoch(1, run), checkpointed(tmp_path / "step-10", 10, run)])
        store.end(run, "finished")
    store.close()
    return store.folder


def cells():
    return [(table, column.name) for table in ("runs", *PARTS) for column in columns(table)]


def damage(folder, table, column, value):
    """Into run 2; False where SQLite itself refuses it."""
    key = "id" if table == "runs" else "run"
    with closing(sqlite3.connect(folder / FILE, isolation_level=None)) as raw:
        for (trigger,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            raw.execute(f"DROP TRIGGER {trigger}")
        try:
            raw.execute(f"UPDATE {table} SET {column} = ? WHERE {key} = 2", (value,))
        except sqlite3.Error:
            return False
    return True


def attempt(deed):
    try:
        return deed()
    except StoreError:
        return None


def read_all(store, out):
    """With every reader there is; nothing but StoreError may come out. The runs that are listed."""
    listed = store.runs()
    read = [attempt(lambda run=run: store.run(run)) for run in (1, 2, 3)]
    records = [each for each in read if each is not None]
    for reader in (store.interrupted, store.size, lambda: heads(store), lambda: trials(store, TAG)):
        reader()
    attempt(lambda: store.curves(2).events())
    attempt(lambda: store.checkpoints(2))
    attempt(lambda: export_csv(store, [2], out / "curves.csv"))
    attempt(lambda: export_tensorboard(store, [2], out / "logs"))
    attempt(lambda: export_report(store, [1, 2], out / "page.html"))
    differences(records)
    by_seed(records)
    return {each.id for each in listed}


@pytest.mark.parametrize(("table", "column"), cells())
def test_a_damaged_cell_costs_one_row(folder, tmp_path, table, column):
    content = (folder / FILE).read_bytes()
    for value in NONSENSE:
        (folder / FILE).write_bytes(content)
        if not damage(folder, table, column, value):
            continue
        with closing(RunStore.open(folder)) as store:
            listed = read_all(store, tmp_path)
            if column not in ("id", "trashed"):
                assert listed >= {1, 3}, value
            if 2 not in listed and column not in ("id", "trashed"):
                assert any("run 2" in remark for remark in store.remarks), value
            attempt(lambda: store.delete(2))
            attempt(store.empty_trash)
            assert {each.id for each in store.runs()} >= {1, 3} or column in ("id", "trashed")


def test_damaged_measurements_leave_the_others(folder):
    damage(folder, "epochs", "confusion", b"12345")
    damage(folder, "held_out", "step", "x")
    with closing(RunStore.open(folder)) as store:
        curves = store.curves(2)
        assert (len(curves.losses.steps), curves.epochs, curves.held_out) == (10, (), ())
        assert store.run(2).test_accuracy == 0.75
        (remark,) = store.remarks
        assert remark.startswith("Run 2: 2 of its rows")


def test_a_damaged_record_can_be_thrown_away(folder):
    damage(folder, "runs", "versions", "no JSON")
    with closing(RunStore.open(folder)) as store:
        assert [each.id for each in store.runs()] == [3, 1]
        with pytest.raises(StoreError, match="run 2 is damaged"):
            store.run(2)
        store.delete(2)
        assert store.empty_trash() == 1
        with pytest.raises(StoreError, match="There is no run 2"):
            store.run(2)


def test_a_run_that_goes_on_from_a_damaged_one_has_what_is_sound(folder):
    damage(folder, "losses", "steps", b"123")
    with closing(RunStore.open(folder)) as store:
        run = store.begin(drawing(), VERSIONS, parent=2).id
        store.start(run, started(run, step=10))
        assert [each.epoch for each in store.curves(run).epochs] == [1]


def test_paths_that_are_not_utf_8_are_recorded(tmp_path):
    odd = tmp_path / "caf\udce9"  # as Python has the byte E9
    with closing(RunStore.open(tmp_path / "store")) as store:
        run = store.begin(drawing(), VERSIONS, folder=odd).id
        store.start(run, started(run))
        store.add(run, [checkpointed(odd / "step-10", 10, run)])
        store.add(run, [checkpointed(odd / "step-20", 20, run, removed=(odd / "step-10",))])
        record = store.run(run)
        assert (record.folder, record.checkpoint) == (odd, odd / "step-20")
        assert [each.path for each in store.checkpoints(run)] == [odd / "step-20"]
        assert json.dumps(str(record.folder))


def test_a_store_in_a_folder_that_is_not_utf_8(tmp_path):
    with closing(RunStore.open(tmp_path / "caf\udce9")) as store:
        run = store.begin(drawing(), VERSIONS).id
        assert store.run(run).folder.is_relative_to(store.folder)
