"""Where to save: the ending the file will have, all that would be replaced, sound proposals."""

import ast
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QFileDialog, QLabel, QMessageBox, QWidget

from explorer.graph.document import Document
from explorer.graph.files import dump
from explorer.graph.texts import file_stem
from explorer.plan.documents import examples, read
from explorer.ui.dialogs.diagrams import ask_diagram
from explorer.ui.kit import take_away
from explorer.ui.kit.save_dialog import ask_place
from explorer.ui.kit.theme import Theme
from explorer.ui.panels.runs.run_exports import RunExports
from explorer.ui.session.exporter import Exporter
from explorer.ui.session.file_chooser import FileChooser
from explorer.ui.session.files import Files
from explorer.ui.session.messages import MessageBar
from explorer.ui.session.store import Store

PACKAGE = Path(__file__).resolve().parents[2] / "explorer"


class Record:
    """What a run's exports need to know of it."""

    def __init__(self, number):
        self.id, self.title = number, "Net"


class Rig:
    """All dialogs of the window that save, each as the user reaches it."""

    def __init__(self, qtbot, tmp_path, monkeypatch):
        self.parent, self.bar = QWidget(), MessageBar(Theme())
        qtbot.addWidget(self.parent)
        qtbot.addWidget(self.bar)
        self.store = Store(read(examples()["mlp"]).document)
        settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
        self.files = Files(self.store, self.bar, settings)
        self.chooser = FileChooser(
            self.parent, self.store, self.files, None, self.bar, lambda command: None
        )
        self.exporter = Exporter(self.store, None, self.bar, lambda command: None, self.parent)
        self.exporter.export = lambda form, path: self.written.append(path)
        self.runs = RunExports(self.parent, None)
        self.runs.csv = self.runs.report = lambda path, chosen: self.written.append(path)
        self.runs.tensorboard = self.runs.csv
        self.button = take_away.TakeAway(QLabel("picture"), lambda: None)
        qtbot.addWidget(self.button)
        qtbot.addWidget(self.button.picture)
        self.written, self.proposed, self.asked = [], [], []
        self.answer, self.typed, self.kind = QMessageBox.StandardButton.No, "", ""
        monkeypatch.setattr(QFileDialog, "getSaveFileName", self._choose)
        monkeypatch.setattr(QMessageBox, "question", self._question)

    def _choose(self, parent, title, name, kinds):
        self.proposed.append(name)
        return self.typed, self.kind or kinds.partition(";;")[0]

    def _question(self, parent, title, text, *rest):
        self.asked.append(text)
        return self.answer

    def ways(self):
        """What the user asks for, and the endings of all files that come of it."""
        picture = self.written.append
        one, two = [Record(1)], [Record(1), Record(2)]
        return {
            "save": (self.chooser.save_as, [".json"]),
            "python": (lambda: self.exporter.ask("python"), [".py", ".safetensors"]),
            "onnx": (lambda: self.exporter.ask("onnx"), [".onnx"]),
            "pt": (lambda: self.exporter.ask("pt"), [".pt"]),
            "diagram": (lambda: ask_diagram(self.parent, self.store, self.bar), [".svg"]),
            "png": (lambda: self.button._ask("png", picture), [".png"]),
            "csv": (lambda: self.button._ask("csv", picture), [".csv"]),
            "curves": (lambda: self.runs.ask_csv(one), [".csv"]),
            "curves of two": (lambda: self.runs.ask_csv(two), ["-1.csv", "-2.csv"]),
            "report": (lambda: self.runs.ask_report(one), [".html"]),
        }


WAYS = [
    "save",
    "python",
    "onnx",
    "pt",
    "diagram",
    "png",
    "csv",
    "curves",
    "curves of two",
    "report",
]


@pytest.fixture
def rig(qtbot, tmp_path, monkeypatch):
    (tmp_path / "autosave").mkdir()
    monkeypatch.setattr("explorer.ui.session.files._autosave_folder", lambda: tmp_path / "autosave")
    rig = Rig(qtbot, tmp_path, monkeypatch)
    yield rig
    rig.files.close()


@pytest.mark.parametrize("typed", ["net", "net v1.2", "a.b.c", "ünï 手"])
@pytest.mark.parametrize("way", WAYS)
def test_each_file_that_would_be_replaced_is_asked_about_by_its_final_name(
    rig, way, typed, tmp_path
):
    ask, endings = rig.ways()[way]
    for ending in endings:
        folder = tmp_path / f"{ending} there"
        folder.mkdir()
        rig.typed = str(folder / typed)
        mine = folder / f"{typed}{ending}"
        mine.write_bytes(b"mine")
        rig.asked.clear()
        rig.written.clear()
        ask()
        assert len(rig.asked) == 1
        assert mine.name in rig.asked[0]
        assert not rig.written
        assert {path: path.read_bytes() for path in folder.iterdir()} == {mine: b"mine"}
    rig.answer = QMessageBox.StandardButton.Yes
    ask()
    left = {path.name for path in folder.iterdir()} | {path.name for path in rig.written}
    assert any(name.startswith(typed) and name != typed for name in left)
    assert mine.read_bytes() != b"mine" or rig.written


@pytest.mark.parametrize("way", WAYS)
def test_a_new_name_is_no_question(rig, way, tmp_path):
    rig.typed = str(tmp_path / "net v1.2")
    rig.ways()[way][0]()
    assert not rig.asked
    assert rig.written or (tmp_path / f"net v1.2{rig.ways()[way][1][0]}").is_file()


def test_a_folder_of_logs_is_asked_about(rig, tmp_path, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    rig.runs.ask_tensorboard([Record(1)])
    assert rig.written.pop() == tmp_path
    (tmp_path / "run1-net").mkdir()
    rig.runs.ask_tensorboard([Record(1)])
    assert "run1-net" in rig.asked[0]
    assert not rig.written


@pytest.mark.parametrize(
    ("typed", "kind", "name"),
    [
        ("fig", "PDF (*.pdf)", "fig.pdf"),
        ("fig 1.2", "PDF (*.pdf)", "fig 1.2.pdf"),
        ("fig.PNG", "PDF (*.pdf)", "fig.PNG"),
        ("fig", "", "fig.svg"),
        ("fig.bmp", "", "fig.bmp"),  # refused by who writes it
    ],
)
def test_the_ending_is_the_one_typed_or_chosen(rig, typed, kind, name):
    rig.typed, rig.kind = typed, kind
    endings = {".svg": "SVG", ".png": "PNG", ".pdf": "PDF"}
    assert ask_place(rig.parent, "Save", "x", endings) == Path(name)


TITLES = [
    "../../x",
    "/etc/passwd",
    "..\\..\\x",
    "C:\\x",
    ".hidden",
    "a\nb\x00\x1b[31mc",
    "\u202egnp.exe",
    "con",
    "nul.txt",
    "?*<>|:",
    "...",
    "",
    "-rf",
    "~",
    "x" * 400,
    "手" * 400,
    "net v1.2",
]


@pytest.mark.parametrize("title", TITLES)
@pytest.mark.parametrize("way", WAYS)
def test_no_title_proposes_a_folder_or_a_name_that_is_refused(rig, way, title, tmp_path):
    rig.store.open(Document(title=title))
    rig.button.file_stem = title
    rig.ways()[way][0]()
    (name,) = rig.proposed
    assert Path(name).name == name
    assert not set(name) & set('/\\:*?"<>|\0')
    assert name.isprintable()
    assert name[0] not in ".-~ "
    assert Path(name).stem.strip(" .") not in ("", "con", "nul")
    assert len(name.encode()) < 200
    (tmp_path / name).write_bytes(b"")


def test_a_plain_title_is_its_own_name():
    assert file_stem("Tutorial: net v1.2 (手)") == "Tutorial- net v1.2 (手)"
    assert file_stem("nul.txt") == "nul_.txt"


def test_all_saving_goes_through_the_one_dialog():
    used = {
        str(file.relative_to(PACKAGE))
        for file in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in ("getSaveFileName", "getSaveFileUrl")
    }
    assert used == {"ui/kit/save_dialog.py"}


def test_what_another_has_typed_is_read_back(rig, tmp_path):
    rig.typed = str(tmp_path / "net v1.2")
    assert rig.chooser.save_as()
    assert rig.files.path == tmp_path / "net v1.2.json"
    assert (tmp_path / "net v1.2.json").read_text(encoding="utf-8") == dump(rig.store.document)
