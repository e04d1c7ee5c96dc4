"""A file of one's own as a block: chosen, trusted, tried, trained, exported; and never unasked."""

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QLabel, QPlainTextEdit, QWidget

from explorer.graph import custom
from explorer.graph.custom import Custom
from explorer.ui.dialogs.custom import TRUSTED, CustomFiles
from explorer.ui.tour.guide import rest

TEXT = """from pathlib import Path

import torch
from torch import nn

Path(__file__).with_name("ran").write_text("yes")


class Stem(nn.Module):
    def __init__(self, channels: int = 4, gain: float = 1.0):
        super().__init__()
        self.conv = nn.Conv2d(1, channels, 3)
        self.gain = gain

    def forward(self, x):
        return torch.tanh(self.conv(x)) * self.gain
"""


@pytest.fixture
def file(tmp_path, guide):
    path = tmp_path / "stem.py"
    path.write_text(TEXT)
    yield path
    guide.window.settings.remove(TRUSTED)
    custom.forget()


def click(guide, name):
    QTest.mouseClick(guide.find(QAbstractButton, name), Qt.MouseButton.LeftButton)


def agree(guide):
    accept = guide.find(QAbstractButton, "trustAccept")
    assert not accept.isEnabled()
    box = guide.find(QAbstractButton, "trustBox")
    QTest.keyClick(box, Qt.Key.Key_Space)
    assert accept.isEnabled()
    click(guide, "trustAccept")


def add(guide, file, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    guide.window.files.new()
    guide.window.canvas.insert("input")
    guide.window.actions_by_name["customAction"].trigger()


def finish(guide):
    for kind in ("flatten", "linear"):
        guide.window.canvas.insert(kind)
    while guide.store.plan.problems:
        guide.window.actions_by_name["fixAction"].trigger()
    assert guide.store.plan.ready


def ran(file):
    return file.with_name("ran").exists()


def test_a_file_becomes_a_block(guide, file, monkeypatch, tmp_path):
    add(guide, file, monkeypatch)
    assert guide.find(QLabel, "trustPath").text() == str(file)
    assert "sha256 " in guide.find(QLabel, "trustDigest").text()
    assert "class Stem" in guide.find(QPlainTextEdit, "trustText").toPlainText()
    guide.picture("trust")
    agree(guide)
    assert "stem" in guide.store.document.nodes
    guide.wait("a trial", lambda: ("stem", "y") in guide.store.plan.shapes, 30)
    assert str(guide.store.plan.shapes["stem", "y"]) == "4 x 26 x 26"
    assert ran(file)

    field = guide.find(QWidget, "param_channels")
    field.setValue(6)
    guide.wait("another", lambda: ("stem", "y") in guide.store.plan.shapes, 30)
    assert str(guide.store.plan.shapes["stem", "y"]) == "6 x 26 x 26"
    finish(guide)
    assert guide.store.plan.step_of["stem"].weights == 60

    guide.wait("PyTorch is loaded", lambda: guide.window.runner.ready)
    guide.press("trainButton")
    guide.wait("some steps", lambda: guide.steps() >= 3, 60)
    guide.press("stopButton")
    guide.wait("stopped", lambda: guide.window.runner.state == "stopped")
    for name, suffix in (("python", ".py"), ("onnx", ".onnx")):
        count = len(guide.exports)
        guide.window.exporter.export(name, tmp_path / f"net{suffix}")
        guide.wait(f"{name}: {guide.window.messages.text}", lambda n=count: len(guide.exports) > n)
        assert guide.exports[-1].passed


def test_cancel_runs_nothing(guide, file, monkeypatch):
    add(guide, file, monkeypatch)
    guide.find(QWidget, "trustDialog").reject()
    rest(100)
    assert list(guide.store.document.nodes) == ["input"]
    assert not ran(file)


def test_a_document_opens_with_its_block_disabled(guide, file, monkeypatch, tmp_path):
    add(guide, file, monkeypatch)
    agree(guide)
    guide.wait("a trial", lambda: ("stem", "y") in guide.store.plan.shapes, 30)
    finish(guide)
    document = tmp_path / "mine.json"
    assert guide.window.files.save_to(document)
    file.with_name("ran").unlink()
    custom.forget()
    guide.window.settings.remove(TRUSTED)
    guide.window.files.new()

    assert guide.window.open_document(document)
    rest(200)
    assert not ran(file)
    assert guide.store.plan.problem_of["stem"].trust
    assert not guide.store.plan.ready
    assert str(file) in guide.window.messages.text
    guide.picture("disabled")
    guide.click_block("stem")
    guide.picture("asks")
    click(guide, "fixButton")
    agree(guide)
    guide.wait("a trial", lambda: guide.store.plan.ready, 30)
    assert not guide.store.modified

    custom.forget()  # another session remembers it
    others = CustomFiles(
        guide.window, guide.store, guide.window.messages, guide.window.settings, lambda _: None
    )
    block = guide.store.document.nodes["stem"].block
    assert custom.text_of(block) == TEXT
    custom.forget()
    file.write_text(TEXT + "\n")  # but not when it was changed
    others._recall()
    assert custom.text_of(block) is None
    others.deleteLater()


def test_a_changed_file_is_asked_for_again(guide, file, monkeypatch):
    add(guide, file, monkeypatch)
    agree(guide)
    guide.wait("a trial", lambda: ("stem", "y") in guide.store.plan.shapes, 30)
    before = guide.store.document.nodes["stem"].block
    file.write_text(TEXT.replace("channels: int = 4", "channels: int = 4, bias: bool = True"))
    guide.window.custom.tell_changed()
    assert "has changed since you trusted it" in guide.window.messages.text
    guide.window.custom.ask_trust("stem")
    agree(guide)
    after = guide.store.document.nodes["stem"].block
    assert isinstance(after, Custom)
    assert after.sha256 != before.sha256
    assert json.loads(after.arguments) == {"channels": 4, "gain": 1.0, "bias": True}
    guide.store.undo()
    assert guide.store.document.nodes["stem"].block == before


def test_a_file_that_fails_is_told_with_its_line(guide, file, monkeypatch):
    file.write_text(TEXT.replace("torch.tanh(", "torch.tahn("))
    add(guide, file, monkeypatch)
    agree(guide)
    guide.wait(
        "the line",
        lambda: "stem.py, line 16" in guide.store.plan.problem_of["stem"].message,
        30,
    )
