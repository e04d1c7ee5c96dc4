"""What is no file, or has no end, is refused at once by everything that reads files of users."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings

from explorer.engine.checkpoints.weights import WeightsError
from explorer.engine.checkpoints.weights import read as read_weights
from explorer.graph.custom_file import MOST_BYTES, content_of
from explorer.graph.file_kinds import kind_of
from explorer.graph.files import DocumentError
from explorer.plan.documents import examples, read, write
from explorer.ui.kit.theme import Theme
from explorer.ui.session.file_chooser import FileChooser
from explorer.ui.session.files import Files
from explorer.ui.session.messages import MessageBar
from explorer.ui.session.store import Store

ROOT = Path(__file__).resolve().parents[1]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pipes and devices of Unix")
WAIT_S = 20.0


def pipe(folder):
    os.mkfifo(folder / "pipe.json")
    return folder / "pipe.json"


def folder(folder):
    (folder / "folder.json").mkdir()
    return folder / "folder.json"


def huge(folder):
    path = folder / "huge.json"
    with path.open("wb") as file:
        file.truncate(2**40)
    return path


def link_to_a_pipe(folder):
    (folder / "link.json").symlink_to(pipe(folder))
    return folder / "link.json"


def loop(folder):
    (folder / "loop.json").symlink_to(folder / "loop.json")
    return folder / "loop.json"


ODD = {
    "pipe": pipe,
    "folder": folder,
    "zeroes": lambda folder: Path("/dev/zero"),
    "link": link_to_a_pipe,
    "loop": loop,
    "huge": huge,
}


@pytest.fixture(params=ODD)
def odd(request, tmp_path):
    return ODD[request.param](tmp_path)


def within_time(act):
    """What the action raises, found in a thread that may wait for ever."""
    raised = []

    def try_it():
        try:
            act()
        except Exception as error:
            raised.append(error)

    thread = threading.Thread(target=try_it, daemon=True)
    thread.start()
    thread.join(WAIT_S)
    assert not thread.is_alive(), "it waits for ever"
    return raised[0] if raised else None


def test_as_a_document(odd):
    assert isinstance(within_time(lambda: read(odd)), DocumentError)


def test_as_weights(odd):
    assert isinstance(within_time(lambda: read_weights(odd)), WeightsError)


def test_as_a_custom_block(odd):
    found = []
    error = within_time(lambda: found.append(content_of(odd)))
    assert isinstance(error, OSError) or len(found[0]) > MOST_BYTES


@pytest.mark.parametrize("name", sorted(set(ODD) - {"huge"}))
def test_as_a_place_to_save(name, tmp_path):
    odd = ODD[name](tmp_path)
    before = odd.lstat().st_mode
    assert isinstance(within_time(lambda: write(odd, read_example())), OSError)
    assert odd.lstat().st_mode == before


def read_example():
    return read(examples()["mlp"]).document


def test_as_whatever_it_is(odd):
    found = []
    error = within_time(lambda: found.append(kind_of(odd)))
    assert isinstance(error, OSError) or found


def test_in_the_window(odd, qtbot, tmp_path, monkeypatch):
    monkeypatch.setattr("explorer.ui.session.files._autosave_folder", lambda: tmp_path / "autosave")
    store, bar = Store(), MessageBar(Theme())
    qtbot.addWidget(bar)
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    files = Files(store, bar, settings)
    chooser = FileChooser(None, store, files, None, bar, lambda command: None)
    before = store.document
    assert not chooser.take(odd)
    assert odd.name in bar.text
    assert store.document is before
    files.close()


@pytest.mark.parametrize("command", ["info", "train"])
@pytest.mark.parametrize("name", ["pipe", "zeroes"])
def test_on_the_command_line(name, command, tmp_path):
    odd = ODD[name](tmp_path)
    arguments = [sys.executable, "-m", "explorer", command, str(odd)]
    done = subprocess.run(
        arguments, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
