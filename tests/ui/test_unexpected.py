"""What nobody caught is told with its details and kept; the window lives on."""

import ast
import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton, QWidget

import explorer.ui
from explorer.ui.kit.guard import guarded, guarded_with
from explorer.ui.kit.theme import Theme
from explorer.ui.session import unexpected
from explorer.ui.session.messages import MessageBar
from explorer.ui.session.unexpected import Unexpected


class Raises(QWidget):
    asked = Signal()

    def __init__(self):
        super().__init__()
        self.asked.connect(self.slot)

    def slot(self):
        raise KeyError("input2")

    @guarded
    def paintEvent(self, event):
        raise ValueError("of all things")

    @guarded_with(True)
    def event(self, event):
        if event.type() == event.Type.ToolTip:
            raise ZeroDivisionError("of all things")
        return super().event(event)


@pytest.fixture
def hook(qtbot, tmp_path, monkeypatch):
    """Installed before hooks that do nothing: pytest's own would fail the test."""
    monkeypatch.setattr(sys, "excepthook", lambda *error: None)
    monkeypatch.setattr(threading, "excepthook", lambda args: None)
    bar = MessageBar(Theme())
    qtbot.addWidget(bar)
    made = Unexpected(bar, tmp_path)
    made.install()
    yield made
    made.remove()


def told(hook, qtbot, words):
    qtbot.waitUntil(lambda: words in hook._messages.text)
    return hook._messages


def test_an_exception_in_a_slot(hook, qtbot):
    widget = Raises()
    qtbot.addWidget(widget)
    widget.asked.emit()
    bar = told(hook, qtbot, "'input2' (KeyError)")
    assert "raise KeyError" in bar._details.toPlainText()
    next(b for b in bar.findChildren(QPushButton) if b.text() == "Copy details").click()
    assert "raise KeyError" in QGuiApplication.clipboard().text()
    assert not bar.isHidden()
    assert "raise KeyError" in hook.log.read_text()


def test_an_exception_in_a_timer(hook, qtbot):
    QTimer.singleShot(0, lambda: [].pop())
    told(hook, qtbot, "pop from empty list (IndexError)")


def test_exceptions_in_overrides(hook, qtbot):
    widget = Raises()
    qtbot.addWidget(widget)
    widget.grab()
    told(hook, qtbot, "of all things (ValueError)")
    from PySide6.QtCore import QEvent

    assert QGuiApplication.sendEvent(widget, QEvent(QEvent.Type.ToolTip))
    told(hook, qtbot, "of all things (ZeroDivisionError)")


def test_an_exception_in_a_thread(hook, qtbot):
    def work():
        raise OSError("no such thing")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    told(hook, qtbot, "no such thing (OSError)")
    assert "raise OSError" in hook.log.read_text()


def test_one_that_comes_again_and_again_fills_neither_bar_nor_disk(hook, qtbot):
    widget = Raises()
    qtbot.addWidget(widget)
    for _ in range(1000):
        widget.asked.emit()
    told(hook, qtbot, "input2")
    qtbot.wait(1)
    assert hook.log.read_text().count("Traceback") == 10


def test_the_log_does_not_grow_for_ever(hook, qtbot, monkeypatch):
    monkeypatch.setattr(unexpected, "MOST_BYTES", 2000)
    for number in range(50):
        sys.excepthook(ValueError, ValueError(f"number {number}"), None)
    told(hook, qtbot, "number 49")
    files = sorted(each.name for each in hook.log.parent.iterdir())
    assert files == ["problems.log", "problems.log.1"]
    assert hook.log.stat().st_size < 3000


def test_a_log_that_cannot_be_written_is_told(qtbot, tmp_path, hook):
    (tmp_path / "file").write_text("")
    hook._folder = tmp_path / "file"
    sys.excepthook(ValueError, ValueError("first"), None)
    bar = told(hook, qtbot, "first")
    assert "could not be written" in bar._details.toPlainText()


def test_hooks_that_were_there_are_called_and_come_back(qtbot, tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(sys, "excepthook", lambda *error: seen.append(error[1]))
    before = sys.excepthook, threading.excepthook
    bar = MessageBar(Theme())
    qtbot.addWidget(bar)
    hook = Unexpected(bar, tmp_path)
    hook.install()
    error = ValueError("first")
    sys.excepthook(ValueError, error, None)
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert seen[0] is error
    assert len(seen) == 2
    told(hook, qtbot, "first")
    hook.remove()
    assert before == (sys.excepthook, threading.excepthook)


OVERRIDES = ("paint", "event", "eventFilter", "viewportEvent", "highlightBlock")


def test_every_override_of_an_event_is_guarded():
    """Of all widgets, those that nobody has written yet too."""
    root = Path(explorer.ui.__file__).parent
    bare = []
    for file in sorted(root.rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for owner in [each for each in ast.walk(tree) if isinstance(each, ast.ClassDef)]:
            for made in [each for each in owner.body if isinstance(each, ast.FunctionDef)]:
                override = made.name.endswith("Event") or made.name in OVERRIDES
                decorated = " ".join(ast.unparse(each) for each in made.decorator_list)
                if override and "guarded" not in decorated:
                    bare.append(f"{file.relative_to(root)}: {owner.name}.{made.name}")
    assert not bare
