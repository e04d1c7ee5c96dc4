"""Laws over everything that writes files to places of the user's: what a file was it stays."""

import ast
import os
import stat
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QLabel

from explorer.datasets.catalogue import load
from explorer.engine.export.failure import ExportError
from explorer.engine.export.run import export
from explorer.engine.network.build import Network
from explorer.engine.run.session import Session
from explorer.graph.whole_file import whole_file
from explorer.plan.documents import examples, read, write
from explorer.records.exports import export_csv, export_report
from explorer.records.recorder import RunRecorder
from explorer.records.schema import StoreError
from explorer.records.store import RunStore
from explorer.ui.canvas.diagram import save_diagram
from explorer.ui.kit import take_away
from explorer.ui.kit.theme import Theme
from explorer.ui.session.files import Files
from explorer.ui.session.messages import MessageBar
from explorer.ui.session.store import Store
from tests.cli.making import explorer, written
from tests.engine.making import block, planned
from tests.records.making import an_epoch, drawing, started

PACKAGE = Path(__file__).resolve().parents[1] / "explorer"
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="modes and links of Unix")


@dataclass
class Place:
    """Where a writer is to write: its first file there, and what it needs."""

    folder: Path
    path: Path
    qtbot: object


# --- every writer, by the ending of the file that is looked at


def document(at: Place) -> None:
    write(at.path, read(examples()["mlp"]).document)


def window(at: Place) -> None:
    bar = MessageBar(Theme())
    at.qtbot.addWidget(bar)
    settings = QSettings(str(at.folder / "settings.ini"), QSettings.Format.IniFormat)
    files = Files(Store(), bar, settings)
    done = files.save_to(at.path)
    told = bar.text
    files.close()
    if not done:
        raise OSError(0, told)


def exported(form: str):
    def export_it(at: Place) -> None:
        plan = planned(block("flatten"), block("linear", out_features=10))
        torch.manual_seed(0)
        path = at.folder / f"net.{'pt' if form == 'pt' else 'py'}"
        export(Network(plan).eval(), plan, load("digits-8x8"), form, path, lambda doing: None)

    return export_it


def weights(at: Place) -> None:
    Session(planned(block("flatten"), block("linear", out_features=10)), "cpu").save(at.path)


def runs(how):
    def export_runs(at: Place) -> None:
        store = RunStore.open(at.folder / "store")
        recorder = RunRecorder(store, lambda problem: None)
        run = recorder.begin(1, drawing()).id
        for event in (started(), *an_epoch(1)):
            recorder.take(event)
        recorder.end("finished")
        try:
            how(store, [run], at.path)
        finally:
            store.close()

    return export_runs


def picture(save):
    def save_picture(at: Place) -> None:
        label = QLabel("a picture")
        at.qtbot.addWidget(label)
        save(label, at.path)

    return save_picture


def numbers(save):
    found = take_away.Numbers((), {"a": np.arange(3), "b": np.ones(3)})
    return lambda at: save(found, at.path)


def diagram(at: Place) -> None:
    save_diagram(read(examples()["mlp"]).document, at.path)


def command(*words):
    """A command of the command line that writes into a folder."""

    def call(at: Place) -> None:
        net = written(at.folder, block("flatten"), block("linear", out_features=10), epochs=1)
        arguments = [str(net) if word == "NET" else word for word in words]
        if explorer(*arguments, "--out", at.folder, "--overwrite", "--no-record"):
            raise OSError(0, "the command failed")

    return call


TRAIN = command("train", "NET", "--steps", 1)
SWEEP = command("sweep", "NET", "--vary", "seed=1,2", "--trials", 1, "--epochs", 1)
WRITERS = {
    "document net.json": document,
    "window net.json": window,
    "source's weights net.safetensors": exported("python"),
    "state_dict net.pt": exported("pt"),
    "weights net.safetensors": weights,
    "curves run.csv": runs(export_csv),
    "report run.html": runs(export_report),
    "picture a.png": picture(take_away.save_png),
    "picture a.svg": picture(take_away.save_svg),
    "numbers a.csv": numbers(take_away.save_csv),
    "numbers a.npz": numbers(take_away.save_npz),
    "diagram a.svg": diagram,
    "diagram a.png": diagram,
    "diagram a.pdf": diagram,
    "train document.json": TRAIN,  # all files of a folder are published together
    "sweep trials.csv": SWEEP,
}
REFUSED = (OSError, ExportError, StoreError)


@pytest.fixture(params=WRITERS, ids=lambda name: name.replace(" ", "-"))
def writer(request, tmp_path, qtbot, monkeypatch):
    """One of them, and the place for its file."""
    monkeypatch.setattr("explorer.ui.session.files._autosave_folder", lambda: tmp_path / "autosave")
    (tmp_path / "autosave").mkdir()
    folder = tmp_path / "out"
    folder.mkdir()
    place = Place(folder, folder / request.param.split()[-1], qtbot)
    return WRITERS[request.param], place


@pytest.fixture
def umask():
    """Others may not read, for the time of a test."""
    before = os.umask(0o077)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_link_is_followed_and_the_mode_kept(writer, tmp_path):
    write, at = writer
    (tmp_path / "far").mkdir()
    real = tmp_path / "far" / "real"
    real.write_bytes(b"older")
    real.chmod(0o600)
    at.path.symlink_to(real)
    write(at)
    assert at.path.is_symlink()
    assert real.read_bytes() != b"older"
    assert mode(real) == 0o600
    assert [each.name for each in real.parent.iterdir()] == ["real"]


def test_a_new_file_has_what_the_umask_leaves(writer, umask):
    write, at = writer
    write(at)
    assert mode(at.path) == 0o600


def test_a_wide_mode_stays_whatever_the_umask(writer, umask):
    write, at = writer
    at.path.write_bytes(b"older")
    at.path.chmod(0o664)
    write(at)
    assert at.path.read_bytes() != b"older"
    assert mode(at.path) == 0o664


def test_what_is_read_only_is_refused_and_says_so(writer, capsys):
    write, at = writer
    at.path.write_bytes(b"older")
    at.path.chmod(0o444)
    with pytest.raises(REFUSED) as raised:
        write(at)
    assert at.path.read_bytes() == b"older"
    assert mode(at.path) == 0o444
    assert "read-only" in f"{raised.value}{capsys.readouterr().err}"
    left = [each.name for each in at.folder.iterdir()]
    assert not [name for name in left if ".part" in name or "unfinished" in name], left


# --- and there is no other

# What writes in another way, and why it may: into folders of the program's own.
OWN = {
    "graph/whole_file.py": "the one writer",
    "records/alive.py": "signs of life, in the store's folder",
    "ui/session/unexpected.py": "the log, which grows",
    "records/exports.py": "pipes and terminals, which nothing can take the place of",
    "engine/export/onnx.py": "a work folder",
    "engine/export/onnx_worker.py": "a work folder",
    "engine/export/process.py": "a work folder",
    "engine/export/worker.py": "a work folder",
    "engine/export/python_source.py": "staged, then published",
    "engine/export/state_dict.py": "staged, then published",
    "cli/training.py": "staged, then published",
    "cli/sweeping.py": "staged, then published",
}


def writes(tree: ast.AST) -> bool:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        name = node.func.id if isinstance(node.func, ast.Name) else name
        given = [*node.args, *(word.value for word in node.keywords)]
        texts = [each.value for each in given if isinstance(each, ast.Constant)]
        if name in ("write_text", "write_bytes", "mkstemp", "setFileName"):
            return True
        if name == "open" and any(
            isinstance(text, str) and set(text) & set("wax+") and len(text) < 4 for text in texts
        ):
            return True
        if name == "save" and "PNG" in texts and "str(" in ast.unparse(node):
            return True
    return False


def test_nothing_else_writes():
    found = {
        str(file.relative_to(PACKAGE))
        for file in PACKAGE.rglob("*.py")
        if writes(ast.parse(file.read_text(encoding="utf-8")))
    }
    assert found == set(OWN)


# --- what killed writers leave

KILLED = """
import os, sys
from pathlib import Path
from explorer.graph.whole_file import whole_file
with whole_file(Path(sys.argv[1])) as file:
    file.write(b"half")
    os.kill(os.getpid(), 9)
"""


def test_what_a_killed_writer_left_goes_with_the_next_one(tmp_path):
    path = tmp_path / "net.json"
    path.write_bytes(b"older")
    assert os.spawnl(os.P_WAIT, sys.executable, sys.executable, "-c", KILLED, str(path)) == -9
    assert path.read_bytes() == b"older"
    assert len(list(tmp_path.iterdir())) == 2
    with whole_file(path) as file:
        file.write(b"first")
        with whole_file(path) as other:  # does not take what is being written for left behind
            other.write(b"second")
        assert path.read_bytes() == b"second"
    assert path.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [path]
