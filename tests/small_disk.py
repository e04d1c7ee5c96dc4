"""What is written to a disk that is full: `python -m tests.small_disk FOLDER`, a small disk of its
own. It is filled, each writer has to say so and to leave what was there whole, and then there is
room again.
"""

import sys
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings

from explorer.blocks.catalogue import catalogue
from explorer.engine.checkpoints.checkpoint import load_checkpoint
from explorer.engine.checkpoints.checkpoint_keeper import checkpoints_in
from explorer.engine.device.failures import in_words
from explorer.engine.export.failure import ExportError
from explorer.engine.run.session import Session
from explorer.graph import edits, groups
from explorer.plan.documents import read
from explorer.protocol.events import Checkpointed, Failed
from explorer.records.recorder import RunRecorder
from explorer.records.schema import StoreError
from explorer.records.store import RunStore
from explorer.ui.kit.application import ensure_application
from explorer.ui.kit.theme import Theme
from explorer.ui.palette.library import Library, LibraryError
from explorer.ui.session import files as files_module
from explorer.ui.session.files import Files
from explorer.ui.session.messages import MessageBar
from explorer.ui.session.store import Store
from tests.engine.making import block, cnn, planned
from tests.records.making import an_epoch, drawing, started


@contextmanager
def full(disk):
    """No byte is left."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (65_536, 4_096, 512, 1):
            with suppress(OSError):
                while file.write(b"\0" * size) == size:
                    pass
    try:
        (disk / "probe").write_bytes(b"\0" * 8_192)
    except OSError:
        pass
    else:
        raise AssertionError("the disk is not full")
    finally:
        (disk / "probe").unlink(missing_ok=True)
    try:
        yield
    finally:
        filler.unlink()


def nothing_unfinished(folder):
    left = [each.name for each in folder.rglob("*") if ".part" in each.name or "unfin" in each.name]
    assert not left, left


def store_of_runs(disk):
    told = []
    store = RunStore.open(disk / "runs", busy_s=0.05)
    recorder = RunRecorder(store, told.append)
    run = recorder.begin(1, drawing()).id
    for event in (started(), *an_epoch(1)):
        recorder.take(event)
    with full(disk):
        for number in range(2, 400):
            for event in an_epoch(number):
                recorder.take(event)
        assert len(told) == 1, told
        assert "is full. Make room: delete runs, or other files" in told[0]
        assert store.run(run).epochs >= 1
        with pytest.raises(StoreError, match="is full"):
            store.note(run, "x" * 100_000)
    recorder.end("finished")
    recorder.close()
    again = RunStore.open(disk / "runs")
    found = again.run(run)
    assert (found.state, found.epochs, found.step) == ("finished", 399, 3990), found
    assert not again.remarks
    again.close()


def new_store(disk):
    with full(disk), pytest.raises(StoreError, match=r"is full|No space left"):
        RunStore.open(disk / "new")
    RunStore.open(disk / "new").close()


def checkpoints(disk):
    events = []
    session = Session(cnn(batch=256), "cpu")
    run = session.begin(1, events.append, disk / "run")
    run.advance()
    run.tell()
    run.save()
    first = checkpoints_in(disk / "run")
    with full(disk):
        run.advance()
        run.tell()
        run.save()
        (failed,) = [event for event in events if isinstance(event, Failed)]
        assert failed.doing == "saving a checkpoint"
        assert "No space left" in failed.message, failed.message
        assert "Training goes on" in failed.message
        assert "make room" in failed.message.lower(), failed.message
        assert checkpoints_in(disk / "run") == first
        assert load_checkpoint(first[0]).facts.place.step == 1
        nothing_unfinished(disk)
        run.advance()
    assert run.tell()
    run.save()
    assert [each.step for each in events if isinstance(each, Checkpointed)] == [1, 3]


def weights_and_exports(disk):
    drawn = planned(block("flatten"), block("linear", out_features=10))
    session = Session(drawn, "cpu")
    for form, suffix in (("python", ".py"), ("pt", ".pt")):
        session.export(1, form, disk / f"net{suffix}", lambda doing: None)
    session.save(disk / "weights.safetensors")
    before = {each: each.read_bytes() for each in disk.glob("net*")}
    before[disk / "weights.safetensors"] = (disk / "weights.safetensors").read_bytes()
    with full(disk):
        for form, suffix in (("python", ".py"), ("pt", ".pt")):
            with pytest.raises(ExportError, match="No space left"):
                session.export(1, form, disk / f"net{suffix}", lambda doing: None)
        with pytest.raises(OSError, match="No space left") as raised:
            session.save(disk / "weights.safetensors")
        assert "Make room on the disk" in in_words(raised.value)
        assert before == {each: each.read_bytes() for each in before}
        nothing_unfinished(disk)


def documents(disk):
    (disk / "autosave").mkdir()
    files_module._autosave_folder = lambda: disk / "autosave"
    store, bar = Store(), MessageBar(Theme())
    settings = QSettings(str(disk / "settings.ini"), QSettings.Format.IniFormat)
    files = Files(store, bar, settings)

    def add():
        assert store.edit("Add", lambda d: edits.add_node(d, catalogue()["relu"]())[0])

    add()
    assert files.save_to(disk / "net.json")
    settings.sync()
    saved, kept = (disk / "net.json").read_bytes(), (disk / "settings.ini").read_bytes()
    add()
    files.autosave()
    (copy,) = (disk / "autosave").glob("*.json")
    copied = copy.read_bytes()
    with full(disk):
        for _ in range(100):
            add()
        assert not files.save_to(disk / "net.json")
        assert "could not be written: No space left" in bar.text, bar.text
        assert store.modified
        bar.close_message()
        files.autosave()
        assert "Autosave failed: No space left" in bar.text, bar.text
        bar.close_message()
        files.autosave()
        assert bar.isHidden()  # it is told once
        settings.setValue("long", "x" * 20_000)
        settings.sync()
        assert (disk / "net.json").read_bytes() == saved
        assert copy.read_bytes() == copied
        assert (disk / "settings.ini").read_bytes() == kept
        nothing_unfinished(disk)
    files._timer.timeout.emit()
    assert len(read(copy).document.nodes) == 102
    assert files.save_to(disk / "net.json")
    assert len(read(disk / "net.json").document.nodes) == 102
    files.close()


def own_blocks(disk):
    drawn = planned(block("flatten"), block("linear", out_features=10)).document
    drawn, name = groups.make_group(drawn, ("flatten", "fc1"))
    library = Library(disk / "library")
    entry = library.keep(drawn, name)
    kept = entry.path.read_bytes()
    with full(disk):
        for change in (lambda: library.keep(drawn, name), lambda: library.rename(entry, "Other")):
            with pytest.raises(LibraryError, match="No space left"):
                change()
        assert entry.path.read_bytes() == kept
        assert len(library.entries) == 1
        nothing_unfinished(disk)


def main() -> None:
    ensure_application()
    disk = Path(sys.argv[1])
    for case in (store_of_runs, new_store, checkpoints, weights_and_exports, documents, own_blocks):
        folder = disk / case.__name__
        folder.mkdir()
        case(folder)
        print(case.__name__, flush=True)  # noqa: T201  what the test reads


if __name__ == "__main__":
    main()
