"""A program that was killed, and the next one: started with a document, or without."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from explorer.app import launch
from explorer.graph import edits
from explorer.plan.documents import examples, read, write
from explorer.ui.tour.guide import Guide


def end(window):
    window.store.mark_saved(window.store.document)
    window.close()
    window.deleteLater()


@pytest.fixture
def killed(qtbot):
    """What a window that was killed has left."""
    window = launch([])
    window.store.edit("Title", lambda d: edits.set_title(d, "Hours of work"))
    window.files.autosave()
    kept = window.store.document
    (copy,) = window.files._folder.glob("*.json")
    content = copy.read_bytes()
    end(window)
    window.files._folder.joinpath("1-killed.json").write_bytes(content)
    return kept


@pytest.mark.parametrize("with_document", [False, True])
def test_the_offer_is_made_and_undo_leads_back(qtbot, tmp_path, killed, with_document):
    path = tmp_path / "net.json"
    write(path, read(examples()["mlp"]).document)
    window = launch([str(path)] if with_document else [])
    guide = Guide(window, tmp_path)
    opened = window.store.document
    name = "net.json" if with_document else opened.title
    assert window.windowTitle().startswith(name)
    guide.wait("the offer is shown", lambda: "Hours of work" in window.messages.text)
    (button,) = [b for b in window.findChildren(QPushButton) if b.text() == "Restore"]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.store.document == killed
    assert window.windowTitle().startswith("Hours of work*")
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert window.store.document is opened
    assert window.windowTitle().startswith(name)
    assert "*" not in window.windowTitle()
    assert read(window.files._folder / "1-killed.json").document == killed
    end(window)


def test_a_run_goes_on_while_a_document_is_restored(qtbot, tmp_path, killed):
    window = launch([])
    guide = Guide(window, tmp_path)
    guide.wait("PyTorch is loaded", lambda: window.runner.ready)
    window.runner.train()
    guide.wait("the run goes on", lambda: guide.steps() > 2)
    (button,) = [b for b in window.findChildren(QPushButton) if b.text() == "Restore"]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.store.document == killed
    before = guide.steps()
    guide.wait("it still goes on", lambda: guide.steps() > before)
    window.runner.stop()
    guide.wait("it has ended", lambda: not window.runner.active)
    end(window)
