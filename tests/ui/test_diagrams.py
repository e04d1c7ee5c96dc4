"""Asking where the diagram goes: written, or told why not."""

import pytest
from PySide6.QtWidgets import QFileDialog, QWidget

from explorer.plan.documents import examples, read
from explorer.ui.dialogs.diagrams import ask_diagram
from explorer.ui.kit.theme import Theme
from explorer.ui.session.messages import MessageBar
from explorer.ui.session.store import Store


@pytest.fixture
def parts(qtbot):
    parent = QWidget()
    messages = MessageBar(Theme())
    qtbot.addWidget(parent)
    qtbot.addWidget(messages)
    return parent, Store(read(examples()["mlp"]).document), messages


@pytest.mark.parametrize(
    ("chosen", "kind", "written"),
    [
        ("a.svg", "SVG (*.svg)", "a.svg"),
        ("a", "PDF (*.pdf)", "a.pdf"),
        ("a.png", "SVG (*.svg)", "a.png"),
    ],
)
def test_it_is_written_and_said(parts, monkeypatch, tmp_path, chosen, kind, written):
    answer = (str(tmp_path / chosen), kind)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: answer)
    ask_diagram(*parts)
    assert (tmp_path / written).stat().st_size > 1000
    assert written in parts[2].text


def test_a_fault_is_told_and_cancelling_is_none(parts, monkeypatch, tmp_path):
    for name in ("a.bmp", "no/where.svg"):
        answer = (str(tmp_path / name), "")
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, a=answer: a)
        ask_diagram(*parts)
        assert "was not written" in parts[2].text
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
    ask_diagram(*parts)
    assert not list(tmp_path.iterdir())
