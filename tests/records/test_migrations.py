"""Stores of older programs are brought up to date, newer ones are looked at; neither is damaged."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from explorer.records import cells, migrations
from explorer.records.exports import export_csv, export_report
from explorer.records.schema import StoreError
from explorer.records.store import FILE, RunStore
from tests.records.making import VERSIONS, an_epoch, drawing, started

# A file of every version that was ever released: a new version adds one, none is changed.
STORES = sorted((Path(__file__).parent / "stores").glob("v*.sqlite"))


def version_in(folder):
    with closing(sqlite3.connect(folder / FILE)) as raw:
        return raw.execute("PRAGMA user_version").fetchone()[0]


@pytest.fixture
def next_version(monkeypatch):
    """This program as a later one may be: a column more, filled for the runs that there are."""

    def step(connection):
        connection.execute("ALTER TABLE runs ADD COLUMN place TEXT NOT NULL DEFAULT ''")
        connection.execute("UPDATE runs SET place = 'here'")

    def begin():
        monkeypatch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, step))
        cells.columns.cache_clear()

    yield begin
    monkeypatch.undo()
    cells.columns.cache_clear()


def reads(store):
    """What was recorded in each of the stores that are kept."""
    second, first = store.runs()
    assert (first.state, second.state) == ("finished", "interrupted")
    assert (first.seed, second.seed, first.tags) == (0, 1, ("kept",))
    assert first.note == "of the first version"
    assert (first.test_accuracy, first.epochs, first.step) == (0.75, 2, 20)
    curves = store.curves(1)
    assert curves.losses.steps.tolist() == list(range(1, 21))
    assert [each.epoch for each in curves.epochs] == [1, 2]
    assert curves.epochs[0].confusion.shape == (10, 10)
    assert store.checkpoints(2)[0].path == Path("/runs/1/step-00000020.safetensors")


def writes(store):
    run = store.begin(drawing(), VERSIONS, parent=2).id
    store.start(run, started(run, step=20))
    store.add(run, an_epoch(3, run))
    store.end(run, "finished")
    assert store.run(run).epochs == 3
    with pytest.raises(StoreError, match="ended run"):
        store.add(run, an_epoch(4, run))


def test_a_store_of_every_version_is_kept():
    assert [file.stem for file in STORES] == [f"v{n + 1}" for n in range(migrations.version())]


@pytest.mark.parametrize("file", STORES, ids=lambda file: file.stem)
@pytest.mark.parametrize("later", [False, True])
def test_a_store_of_each_version_opens_and_goes_on(file, tmp_path, next_version, later):
    if later:
        next_version()
    shutil.copyfile(file, tmp_path / FILE)
    with closing(RunStore.open(tmp_path)) as store:
        assert store.remarks == []
        reads(store)
        writes(store)
    assert version_in(tmp_path) == migrations.version() == 1 + later
    assert not list(tmp_path.glob("runs-damaged*"))
    if later:
        with closing(sqlite3.connect(tmp_path / FILE)) as raw:
            places = raw.execute("SELECT place FROM runs ORDER BY id").fetchall()
        assert places == [("here",), ("here",), ("",)]


def test_a_step_that_fails_leaves_the_store_as_it_was(tmp_path, monkeypatch):
    shutil.copyfile(STORES[0], tmp_path / FILE)

    def step(connection):
        connection.execute("ALTER TABLE runs ADD COLUMN place TEXT")
        connection.execute("UPDATE nowhere SET place = 1")

    with monkeypatch.context() as patch:
        patch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, step))
        with pytest.raises(StoreError, match="older program"):
            RunStore.open(tmp_path)
    assert not list(tmp_path.glob("runs-damaged*"))
    with closing(RunStore.open(tmp_path)) as store:
        reads(store)
        writes(store)


@pytest.fixture
def newer(tmp_path, next_version):
    """A store of a later program."""
    shutil.copyfile(STORES[-1], tmp_path / FILE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            migrations,
            "MIGRATIONS",
            (
                *migrations.MIGRATIONS,
                lambda connection: connection.execute("ALTER TABLE epochs ADD COLUMN more TEXT"),
            ),
        )
        RunStore.open(tmp_path).close()
    return tmp_path


def test_a_newer_store_is_read_and_never_written(newer):
    before = version_in(newer)
    with closing(RunStore.open(newer)) as store:
        (remark,) = store.remarks
        assert "newer program" in remark
        reads(store)
        assert export_csv(store, [1], newer / "curves.csv")
        assert export_report(store, [1, 2], newer / "page.html")
        for write in (
            lambda: store.begin(drawing(), VERSIONS),
            lambda: store.note(1, "x"),
            lambda: store.tag(1, ["x"]),
            lambda: store.delete(1),
            lambda: store.end(2, "finished"),
            store.empty_trash,
        ):
            with pytest.raises(StoreError, match="newer program"):
                write()
        reads(store)
    assert version_in(newer) == before == migrations.version() + 1
    assert not list(newer.glob("runs-damaged*"))


def test_a_newer_store_without_what_is_known_here_is_left_alone(newer):
    with closing(sqlite3.connect(newer / FILE)) as raw:
        raw.execute("ALTER TABLE losses RENAME TO curves")
    with pytest.raises(StoreError, match="newer program"):
        RunStore.open(newer)
    assert not list(newer.glob("runs-damaged*"))


def test_two_programs_may_bring_it_up_to_date_at_once(tmp_path, next_version):
    next_version()
    shutil.copyfile(STORES[0], tmp_path / FILE)
    with closing(RunStore.open(tmp_path)) as one, closing(RunStore.open(tmp_path)) as other:
        reads(one)
        reads(other)
    assert version_in(tmp_path) == 2
