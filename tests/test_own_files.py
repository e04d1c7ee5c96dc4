"""Its own files come back, in the window and on the command line, whatever their names say; of all
others it is told what they are.
"""

import shutil
import sqlite3
from contextlib import closing

import pytest
import torch
from PySide6.QtCore import QMimeData, QSettings, QUrl
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog

from explorer.engine.checkpoints.weights import WeightsError
from explorer.engine.run.session import Session
from explorer.graph.edits import set_training
from explorer.graph.file_kinds import WEIGHTS, kind_of
from explorer.plan.documents import read
from explorer.plan.plan import plan
from explorer.protocol.commands import LoadWeights
from explorer.records.store import FILE
from explorer.ui.kit.theme import Theme
from explorer.ui.session.file_chooser import FileChooser
from explorer.ui.session.files import Files
from explorer.ui.session.messages import MessageBar
from explorer.ui.session.recording import Recording
from explorer.ui.session.runner import Runner
from explorer.ui.session.store import Store
from tests.cli.making import block, explorer, written

# What the program writes, by the kind that it is to be known as.
OURS = {
    "document": "run/document.json",
    "safetensors": "run/weights.safetensors",
    "state_dict": "net.pt",
    "onnx": "net.onnx",
    "python": "net.py",
    "metrics": "run/metrics.jsonl",
    "csv": "curves.csv",
    "html": "page.html",
    "records": "data/runs.sqlite",
    "events": "logs/run1-small/log",
    "png": "picture.png",
}
OTHERS = {
    "pickle": b"\x80\x04\x95\x0b\x00\x00\x00\x00\x00\x00\x00\x8c\x07trap me\x94.",
    "jpeg": b"\xff\xd8\xff\xe0\x00\x10JFIF",
    "pdf": b"%PDF-1.7\n",
    "hdf5": b"\x89HDF\r\n\x1a\n\0\0",
    "svg": b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>',
    "text": b"Dear diary,\n",
    "empty": b"",
}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with all that the program writes, of one small run."""
    folder = tmp_path_factory.mktemp("own")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_DATA", str(folder / "data"))
        row = [block("flatten"), block("linear", out_features=10)]
        document = written(folder, *row, batch=128, epochs=1)
        run = folder / "run"
        assert explorer("train", document, "--steps", 20, "--out", run) == 0
        for form, name in (("pt", "net.pt"), ("python", "net.py"), ("onnx", "net.onnx")):
            assert explorer("export", run, "--format", form, "--out", folder / name) == 0
        assert explorer("runs", "export", 1, "--out", folder / "curves.csv") == 0
        assert explorer("runs", "report", 1, "--out", folder / "page.html") == 0
        assert explorer("runs", "tensorboard", 1, "--out", folder / "logs") == 0
    (log,) = (folder / "logs" / "run1-small").iterdir()
    log.rename(log.with_name("log"))
    QImage(8, 8, QImage.Format.Format_RGB32).save(str(folder / "picture.png"))
    with closing(sqlite3.connect(folder / "data" / FILE)) as store:
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for kind, content in OTHERS.items():
        (folder / f"{kind}.other").write_bytes(content)
    return folder


def files(made):
    return {kind: made / name for kind, name in OURS.items()} | {
        kind: made / f"{kind}.other" for kind in OTHERS
    }


KINDS = [*OURS, *OTHERS]
NAMES = ("as.json", "as.safetensors", "as.pt", "as", "as.png")


@pytest.mark.parametrize("kind", KINDS)
def test_the_content_tells_the_kind(made, tmp_path, kind):
    file = files(made)[kind]
    assert kind_of(file).id == kind
    for name in NAMES:
        shutil.copyfile(file, tmp_path / name)
        assert kind_of(tmp_path / name).id == kind


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", NAMES)
def test_as_weights(made, tmp_path, kind, name):
    """Loaded, or named with what can be done; never "damaged"."""
    file = shutil.copyfile(files(made)[kind], tmp_path / name)
    document = read(made / "run" / "document.json").document
    trained, other = (Session(plan(set_training(document, {"seed": s})), "cpu") for s in (0, 9))
    if kind in [each.id for each in WEIGHTS]:
        trained.load(made / "run" / "weights.safetensors")
        other.load(file)
        own = trained.network.state_dict()
        assert all(torch.equal(own[k], v) for k, v in other.network.state_dict().items())
        return
    with pytest.raises(WeightsError) as caught:
        other.load(file)
    if kind != "empty":
        assert kind_of(file).title in str(caught.value)
        assert "damaged" not in str(caught.value)


@pytest.mark.parametrize("kind", KINDS)
def test_as_a_document_on_the_command_line(made, tmp_path, kind, capsys):
    file = shutil.copyfile(files(made)[kind], tmp_path / "as.json")
    status = explorer("info", file)
    told = capsys.readouterr()
    if kind in ("document", "safetensors"):  # own weights name their network
        assert status == 0
        assert "650 weights" in told.out
    else:
        assert status == 1
        assert kind_of(file).title in told.err
        assert "damaged" not in told.err


@pytest.mark.parametrize("kind", KINDS)
def test_as_a_trained_network_on_the_command_line(made, tmp_path, kind, capsys, monkeypatch):
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "data"))
    explorer("evaluate", made / "run", "--json")
    expected = capsys.readouterr().out
    file = shutil.copyfile(files(made)[kind], tmp_path / "as.dat")
    status = explorer("evaluate", file, "--json")
    told = capsys.readouterr()
    if kind == "state_dict":
        assert status == 1
        assert "as.json" in told.err  # where its document is looked for
        shutil.copyfile(made / "run" / "document.json", tmp_path / "as.json")
        assert explorer("evaluate", file, "--json") == 0
        assert capsys.readouterr().out.split(",")[1:] == expected.split(",")[1:]
    elif kind == "safetensors":
        assert (status, told.out) == (0, expected)
    else:
        assert status == 1
        assert kind_of(file).title in told.err


# --- the window


class Desk:
    """What opens files in the window; `sent` is what the engine is asked for."""

    def __init__(self, qtbot, folder, monkeypatch):
        (folder / "autosave").mkdir()
        monkeypatch.setattr(
            "explorer.ui.session.files._autosave_folder", lambda: folder / "autosave"
        )
        settings = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)
        self.store, self.sent, self.bar = Store(), [], MessageBar(Theme())
        qtbot.addWidget(self.bar)
        self.files = Files(self.store, self.bar, settings)
        runner = Runner(self.store, self.sent.append, Recording(folder / "records"))
        self.chooser = FileChooser(
            self.bar, self.store, self.files, runner, self.bar, self.sent.append
        )
        self.files.open_example("tutorial-cnn")

    def drop(self, path):
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(path))])
        self.chooser.drop(mime)

    def open(self, path, monkeypatch):
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *given: (str(path), ""))
        self.chooser.open()

    @property
    def loaded(self):
        return [each.path for each in self.sent if isinstance(each, LoadWeights)]


@pytest.fixture
def desk(qtbot, tmp_path, monkeypatch):
    return Desk(qtbot, tmp_path, monkeypatch)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("way", ["drop", "open"])
def test_in_the_window(made, tmp_path, desk, kind, way, monkeypatch):
    file = shutil.copyfile(files(made)[kind], tmp_path / "as.json")
    desk.drop(file) if way == "drop" else desk.open(file, monkeypatch)
    title = desk.store.document.title
    if kind in ("document", "safetensors"):  # own weights bring their network
        assert title == "Small"
        assert desk.loaded == ([] if kind == "document" else [file])
        assert desk.files.path == (file if kind == "document" else None)
    elif kind == "state_dict":
        assert (desk.loaded, title) == ([file], "Tutorial CNN")
    else:
        assert (desk.loaded, title) == ([], "Tutorial CNN")
        assert kind_of(file).title in desk.bar.text
        assert "damaged" not in desk.bar.text


@pytest.mark.parametrize("left_out", [(), ("weights",), ("weights", "document"), ("all",)])
def test_a_run_s_folder(made, tmp_path, desk, left_out):
    run = shutil.copytree(made / "run", tmp_path / "run.safetensors")
    for name in ("weights.safetensors", "document.json"):
        if name.partition(".")[0] in left_out or "all" in left_out:
            (run / name).unlink()
    if "all" in left_out:
        shutil.rmtree(run / "checkpoints")
    desk.drop(run)
    if "all" in left_out:
        assert desk.loaded == []
        assert "document.json" in desk.bar.text
        return
    assert desk.store.document.title == "Small"
    newest = run / "checkpoints" / "step-00000020.safetensors"
    assert desk.loaded == [newest if left_out else run / "weights.safetensors"]


def test_weights_of_the_network_on_the_canvas_leave_it_as_it_is(made, desk):
    desk.drop(made / "run" / "document.json")
    before = desk.store.document
    desk.drop(made / "run" / "weights.safetensors")
    assert desk.store.document is before
    assert desk.files.path == made / "run" / "document.json"


def test_a_checkpoint_is_loaded_like_weights(made):
    checkpoint = made / "run" / "checkpoints" / "step-00000020.safetensors"
    document = read(made / "run" / "document.json").document
    session = Session(plan(set_training(document, {"seed": 9})), "cpu")
    session.load(checkpoint)
    assert session.step == 20
    checkpoint.with_name("bad").write_bytes(checkpoint.read_bytes()[:-8] + b"12345678")
    with pytest.raises(WeightsError, match="damaged"):
        session.load(checkpoint.with_name("bad"))
    checkpoint.with_name("bad").unlink()
