"""Files: saving whole or not at all, autosave, recovery, messages."""

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QPushButton

from explorer.blocks.catalogue import catalogue
from explorer.graph import edits
from explorer.plan.documents import examples, read, write
from explorer.ui.kit.theme import Theme
from explorer.ui.session.files import Files
from explorer.ui.session.messages import MessageBar
from explorer.ui.session.store import Store


@pytest.fixture
def desk(qtbot, tmp_path, monkeypatch):
    """A way to open one program after another on the same folders."""
    folder = tmp_path / "autosave"
    folder.mkdir()
    monkeypatch.setattr("explorer.ui.session.files._autosave_folder", lambda: folder)
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)

    def start():
        store, bar = Store(), MessageBar(Theme())
        qtbot.addWidget(bar)
        return store, bar, Files(store, bar, settings)

    return start


def press(bar, label):
    next(b for b in bar.findChildren(QPushButton) if b.text() == label).click()


def change(store):
    return store.edit("Add", lambda d: edits.add_node(d, catalogue()["relu"]())[0])


def test_save_and_open_round_trip(desk, tmp_path):
    store, _, files = desk()
    files.open_example("tutorial-lstm")
    assert files.save_to(tmp_path / "net.json")
    assert not store.modified
    saved = store.document
    files.new()
    assert files.open_path(tmp_path / "net.json")
    assert store.document == saved
    assert files.recent == [tmp_path / "net.json"]


def test_a_place_that_cannot_be_written_is_named_and_nothing_is_lost(desk, tmp_path):
    store, bar, files = desk()
    change(store)
    assert not files.save_to(tmp_path / "no such folder" / "net.json")
    assert "no such folder" in bar.text
    assert store.modified


def test_opening_over_unsaved_changes_offers_them_back(desk):
    store, bar, files = desk()
    change(store)
    before = store.document
    files.open_example("tutorial-cnn")
    assert "not saved" in bar.text
    press(bar, "Bring it back")
    assert store.document == before
    assert store.modified


def test_after_a_crash_the_next_start_offers_the_changes(desk):
    store, _, files = desk()
    change(store)
    files.autosave()
    lost = store.document
    files._lock.unlock()  # what the system does with a killed program's lock
    files._timer.stop()

    store, bar, files = desk()
    files.offer_recovery()
    assert bar.text.startswith("'Untitled' was not saved.")
    press(bar, "Restore")
    assert store.document == lost
    assert store.modified


def test_a_program_that_still_runs_is_not_recovered(desk):
    store, _, files = desk()
    change(store)
    files.autosave()
    _, bar, other = desk()
    other.offer_recovery()
    assert bar.text == ""


def test_a_clean_end_leaves_nothing(desk, tmp_path):
    store, _, files = desk()
    change(store)
    files.autosave()
    files.save_to(tmp_path / "net.json")
    files.close()
    assert list((tmp_path / "autosave").glob("*.json")) == []


def test_an_end_with_unsaved_changes_keeps_them(desk, tmp_path):
    store, _, files = desk()
    change(store)
    files.close()
    (copy,) = (tmp_path / "autosave").glob("*.json")
    assert read(copy).document == store.document


def test_an_offer_that_was_covered_comes_back(desk):
    _, bar, _ = desk()
    done = []
    bar.tell("warning", "A run was interrupted.", actions=(("Resume", lambda: done.append(1)),))
    bar.tell("warning", "A document was kept.", actions=(("Restore", lambda: done.append(2)),))
    bar.tell("error", "The disk is full.")
    assert bar.text == "The disk is full."
    bar.tell("good", "Saved.")
    bar.close_message()
    assert bar.text == "A document was kept."
    press(bar, "Restore")
    assert bar.text == "A run was interrupted."
    press(bar, "Resume")
    assert bar.isHidden()
    assert done == [2, 1]


# --- a file that another window, or another program, has changed


def test_a_file_changed_by_another_window_is_replaced_only_if_told_so(desk, tmp_path):
    path = tmp_path / "net.json"
    store, bar, files = desk()
    files.open_example("mlp")
    assert files.save_to(path)
    other_store, _, other = desk()
    assert other.open_path(path)
    other_store.edit("Title", lambda d: edits.set_title(d, "Theirs"))
    assert other.save_to(path)
    theirs = path.read_bytes()
    change(store)
    assert not files.save_to(path)
    assert "net.json was changed on disk" in bar.text
    assert path.read_bytes() == theirs
    assert store.modified
    press(bar, "Replace")
    assert read(path).document == store.document
    assert not store.modified
    change(store)
    assert files.save_to(path)  # it is the one that is known again


def test_what_was_changed_elsewhere_is_opened_and_ones_own_brought_back(desk, tmp_path):
    path = tmp_path / "net.json"
    store, bar, files = desk()
    assert files.save_to(path)
    theirs = read(examples()["mlp"]).document
    write(path, theirs)
    change(store)
    own = store.document
    asked = []
    files.place_asked.connect(lambda: asked.append(1))
    assert not files.save_to(path)
    press(bar, "Save as…")
    assert asked
    assert not files.save_to(path)
    press(bar, "Open that file")
    assert store.document == theirs
    press(bar, "Bring it back")
    assert store.document == own
    assert not files.save_to(path)


def test_a_file_that_is_the_same_or_gone_is_no_question(desk, tmp_path):
    path = tmp_path / "net.json"
    store, _, files = desk()
    assert files.save_to(path)
    path.write_bytes(path.read_bytes())  # touched
    change(store)
    assert files.save_to(path)
    change(store)
    path.unlink()
    assert files.save_to(path)
    change(store)
    write(path, store.document)  # another has saved the very same
    assert files.save_to(path)
    assert files.save_to(tmp_path / "other.json")


def test_the_caption_names_the_file_and_what_is_not_saved(desk, tmp_path):
    store, _, files = desk()
    assert files.caption == "Untitled"
    change(store)
    assert files.caption == "Untitled*"
    files.save_to(tmp_path / "net.json")
    assert files.caption == "net.json"
    store.edit("Title", lambda d: edits.set_title(d, "My network"))
    assert files.caption == "net.json* (My network)"
    files.open_example("mlp")
    assert files.caption == store.document.title
