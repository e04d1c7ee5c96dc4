"""What a killed program has left: each copy by itself, none lost but by Discard or Save."""

import random
import socket
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QPushButton

from explorer.graph import edits
from explorer.plan.documents import examples, read
from explorer.ui.kit.theme import Theme
from explorer.ui.session.autosave import Copy
from explorer.ui.session.files import Files
from explorer.ui.session.messages import MessageBar
from explorer.ui.session.store import Store

ROOT = Path(__file__).resolve().parents[2]


class Program:
    """A window's part that opens and saves, which can be killed."""

    def __init__(self, qtbot, settings):
        self.store, self.bar = Store(), MessageBar(Theme())
        qtbot.addWidget(self.bar)
        self.files = Files(self.store, self.bar, settings)

    def title(self, title):
        assert self.store.edit("Title", lambda d: edits.set_title(d, title))

    def kill(self):
        """As the system does it, some seconds after the last edit."""
        self.files.autosave()
        self.files._timer.stop()
        for copy in self.files._held:
            copy.unlock()

    @property
    def offers(self):
        shown = self.bar._shown
        return [m.text for m in (*self.bar._waiting, *([shown] if shown else [])) if m.actions]

    def press(self, label):
        buttons = [b for b in self.bar.findChildren(QPushButton) if b.text() == label]
        buttons[-1].click()  # those of earlier messages are still on their way out


@pytest.fixture
def folder(tmp_path, monkeypatch):
    folder = tmp_path / "autosave"
    folder.mkdir()
    monkeypatch.setattr("explorer.ui.session.files._autosave_folder", lambda: folder)
    return folder


@pytest.fixture
def start(qtbot, tmp_path, folder):
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)

    def begin(offer=True):
        program = Program(qtbot, settings)
        if offer:
            program.files.offer_recovery()
        return program

    return begin


def titles(folder):
    return {read(path).document.title for path in folder.glob("*.json")}


def test_two_windows_killed_are_two_offers_and_neither_destroys_the_other(start, folder):
    one, other = start(), start()
    one.title("One")
    other.title("Other")
    one.kill()
    other.kill()
    later = start()
    assert len(later.offers) == 2
    assert {text.split("'")[1] for text in later.offers} == {"One", "Other"}
    first = later.bar.text.split("'")[1]
    later.press("Restore")
    assert later.store.document.title == first
    assert titles(folder) == {"One", "Other"}
    (second,) = {"One", "Other"} - {first}
    assert later.bar.text.startswith(f"'{second}' was not saved.")
    later.press("Discard")
    assert titles(folder) == {first}
    later.kill()
    assert [text.split("'")[1] for text in start().offers] == [first]


def test_work_done_while_the_offer_stands_is_one_undo_away_and_on_the_disk(start, folder):
    killed = start()
    killed.title("Old work")
    killed.kill()
    later = start()
    later.title("New work")
    later.press("Restore")
    assert later.store.document.title == "Old work"
    assert later.store.modified
    assert titles(folder) == {"Old work", "New work"}
    later.store.undo()
    assert later.store.document.title == "New work"
    later.title("Newer work")
    later.kill()  # the redo is gone, its copy is not
    assert titles(folder) == {"Old work", "Newer work"}
    assert len(start().offers) == 2


def test_a_restored_document_knows_its_file_and_saving_it_ends_the_offer(start, folder, tmp_path):
    killed = start()
    assert killed.files.save_to(tmp_path / "net.json")
    killed.title("Changed")
    killed.kill()
    later = start()
    assert later.files.open_path(tmp_path / "net.json")
    opened = later.store.document
    later.press("Restore")
    assert (later.files.path, later.store.modified) == (tmp_path / "net.json", True)
    later.store.undo()
    assert (later.store.document, later.store.modified) == (opened, False)
    later.store.redo()
    assert later.files.save_to(tmp_path / "net.json")
    assert read(tmp_path / "net.json").document.title == "Changed"
    assert not list(folder.glob("*.json"))
    later.files.close()
    assert not start().offers


def test_a_restored_document_asks_before_it_replaces_a_file_changed_since(start, tmp_path):
    path = tmp_path / "net.json"
    killed = start()
    assert killed.files.save_to(path)
    killed.title("Changed")
    killed.kill()
    path.write_bytes(examples()["mlp"].read_bytes())
    later = start()
    later.press("Restore")
    assert not later.files.save_to(path)
    assert path.read_bytes() == examples()["mlp"].read_bytes()


def test_undo_of_restore_leads_back_to_the_file_of_before(start, tmp_path):
    killed = start()
    killed.title("Old work")
    killed.kill()
    later = start()
    later.files.open_example("mlp")
    later.press("Restore")
    assert (later.files.path, later.files.example) == (None, "")
    changed = []
    later.files.changed.connect(lambda: changed.append(1))
    later.store.undo()
    assert later.files.example == "mlp"
    assert changed
    assert not later.store.modified


def test_two_windows_offer_it_and_one_gets_it(start, folder):
    killed = start()
    killed.title("Work")
    killed.kill()
    one, other = start(), start()
    one.press("Restore")
    other.press("Discard")
    assert "another window" in other.bar.text
    assert titles(folder) == {"Work"}
    one.files.save_to(folder.parent / "net.json")
    third = start(offer=False)
    third.files.offer_recovery()
    assert not third.offers


def test_copies_of_one_title_and_minute_are_offers_of_their_own(start):
    programs = [start(offer=False) for _ in range(3)]
    for number, program in enumerate(programs):
        program.title("Same")
        program.store.edit("Move", lambda d, n=number: edits.set_dataset(d, f"d{n}"))
        program.kill()
    later = start()
    assert len(set(later.offers)) == 3
    found = set()
    for _ in programs:
        later.press("Restore")
        found.add(later.store.document.dataset)
    assert found == {"d0", "d1", "d2"}


def test_more_copies_than_the_bar_holds_follow_one_after_the_other(start, folder):
    programs = [start(offer=False) for _ in range(9)]
    for number, program in enumerate(programs):
        program.title(f"Work {number}")
        program.kill()
    later = start()
    seen = set()
    while later.offers:
        seen.add(later.bar.text.split("'")[1])
        later.press("Discard")
    assert seen == {f"Work {number}" for number in range(9)}
    assert not list(folder.glob("*.json"))


def test_a_damaged_copy_stays_until_it_is_discarded(start, folder):
    (folder / "1-abc.json").write_text('{"title": "Torn", ')
    program = start()
    before = program.store.document
    program.press("Restore")
    assert program.store.document is before
    assert (folder / "1-abc.json").exists()
    program.press("Discard")
    assert not list(folder.iterdir())


def test_what_a_killed_autosave_left_aside_is_removed(start, folder):
    (folder / ".1-abc.json.12345678.part").write_text("half")
    (folder / "1-abc.json.lock").write_text(f"999999999\nexplorer\n{socket.gethostname()}\n")
    alive = start(offer=False)
    alive.title("Work")
    alive.files.autosave()
    alive.files._place.copy.drop()  # saved, and still open
    start()
    assert [path.name for path in folder.iterdir()] == [f"{alive.files._place.copy.path.name}.lock"]
    alive.files.close()
    assert not list(folder.iterdir())


def test_opening_another_document_keeps_the_copy_of_what_was_not_saved(start, folder):
    program = start()
    program.title("Left")
    program.files.open_example("mlp")
    program.title("Second")
    program.kill()
    assert titles(folder) == {"Left", "Second"}
    program = start()
    assert len(program.offers) == 2


def test_bringing_back_loses_nothing_of_what_was_done_meanwhile(start):
    program = start()
    program.title("Left")
    program.files.open_example("mlp")
    program.title("Second")
    program.press("Bring it back")
    assert program.store.document.title == "Left"
    program.store.undo()
    assert program.store.document.title == "Untitled"
    program.store.redo()
    program.press("Bring it back")
    assert program.store.document.title == "Second"


def test_two_documents_of_one_title_are_both_brought_back(start):
    program = start()
    for dataset in ("one", "two"):
        program.store.edit("Dataset", lambda d, name=dataset: edits.set_dataset(d, name))
        program.files.new()
    assert len(program.offers) == 2
    program.press("Bring it back")
    assert program.store.document.dataset == "two"
    program.press("Bring it back")
    assert program.store.document.dataset == "one"


KILLED = """
import os, signal, sys
from pathlib import Path
from PySide6.QtCore import QSettings
from explorer.graph import edits
from explorer.ui.session import files
from explorer.ui.kit.application import ensure_application
from explorer.ui.session.messages import MessageBar
from explorer.ui.session.store import Store
from explorer.ui.kit.theme import Theme
folder, title = Path(sys.argv[1]), sys.argv[2]
files._autosave_folder = lambda: folder
ensure_application()
store = Store()
made = files.Files(store, MessageBar(Theme()), QSettings(f"{folder}/x.ini", QSettings.IniFormat))
store.edit("Title", lambda document: edits.set_title(document, title))
made.autosave()
print("ready", flush=True)
sys.stdin.read(1)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9")
def test_two_programs_that_live_and_then_are_killed(start, folder):
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    programs = [
        subprocess.Popen([sys.executable, "-c", KILLED, str(folder), title], cwd=ROOT, **pipes)
        for title in ("One", "Other")
    ]
    for each in programs:
        assert each.stdout.readline() == "ready\n"
    assert not start().offers  # both live
    programs[0].communicate("x")
    first = start()
    assert [text.split("'")[1] for text in first.offers] == ["One"]
    programs[1].communicate("x")
    later = start()
    assert len(later.offers) == 2
    while later.offers:
        later.press("Restore")
    assert titles(folder) == {"One", "Other"}
    assert {entry.document.title for entry in later.store.history.entries} >= {"One", "Other"}


def test_when_names_the_day_where_it_was_not_today(tmp_path):
    path = tmp_path / "a.json"
    path.write_text("{}")
    now = datetime.now()
    assert ":" in Copy(path).when(now)
    assert str(now.year) in Copy(path).when(now + timedelta(days=2))


@pytest.mark.parametrize("seed", range(12))
def test_whatever_is_done_no_work_is_lost(start, folder, seed):
    """A law over random sequences: what was ever left with unsaved changes is in a copy."""
    draw = random.Random(seed)
    program, number, left = start(), 0, set()
    for _ in range(40):
        deed = draw.choice(["edit", "edit", "restore", "open", "back", "kill", "autosave"])
        present = program.store.document.title if program.store.modified else None
        if deed == "edit":
            number += 1
            program.title(f"Work {number}")
            left.discard(present)  # the same work, further on
            continue
        labels = {b.text() for b in program.bar.findChildren(QPushButton) if not b.isHidden()}
        if deed == "restore" and "Restore" in labels:
            program.press("Restore")
        elif deed == "back" and "Bring it back" in labels:
            program.press("Bring it back")
        elif deed == "open":
            program.files.open_example(draw.choice(["mlp", "lenet-5"]))
        elif deed == "kill":
            program.kill()
            program = start()
        else:
            program.files.autosave()
        left |= {present} - {None}
        assert left <= titles(folder), deed
    program.kill()
    assert left <= titles(folder)
