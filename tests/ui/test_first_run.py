"""The first start: a tour, examples with what to expect, explanations; and what comes back."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QWidget

from explorer import app
from explorer.graph.files import dump
from explorer.plan.documents import examples, read
from explorer.plan.example_notes import EXAMPLE_NOTES
from explorer.plan.plan import plan
from explorer.ui.dialogs.about import About
from explorer.ui.dialogs.first_steps import SEEN, Card, Outline
from explorer.ui.dialogs.gallery import Gallery
from explorer.ui.session.last_document import last_document
from explorer.ui.tour.guide import rest
from explorer.ui.window.assembly import main_window
from explorer.ui.window.command_palette import CommandPalette
from explorer.ui.window.destinations import commands


@pytest.fixture
def window(qtbot):
    """The window without an engine."""
    window = main_window(lambda command: None, lambda: [], lambda: None)
    window.settings.clear()
    window.files.open_example("tutorial-cnn")
    window.resize(1440, 900)
    window.show()
    rest(60)
    yield window
    window.store.mark_saved(window.store.document)
    window.close()
    window.settings.clear()
    window.deleteLater()


def ask(window, name):
    window.actions_by_name[name].trigger()
    rest(30)


# --- the tour


def press(window, name):
    QTest.mouseClick(window.findChild(QAbstractButton, name), Qt.MouseButton.LeftButton)
    rest(10)


def cards(window):
    return [card for card in window.findChildren(Card) if card.isVisible()]


@pytest.mark.parametrize("size", [(1440, 900), (1024, 768)])
def test_each_card_stands_in_the_window_beside_what_it_speaks_of(window, size):
    window.resize(*size)
    window.docks.arrange("train")
    window.first_steps.begin()
    told = []
    while cards(window):
        rest(10)
        (card,) = cards(window)
        (outline,) = window.findChildren(Outline)
        assert window.rect().contains(card.geometry())
        assert card.text.height() >= card.text.heightForWidth(card.text.width())
        small = outline.height() < window.height() / 2 or outline.width() < window.width() / 2
        if outline.isVisible() and small:
            assert not card.geometry().intersects(outline.geometry())
        told.append(card.title.text())
        press(window, "firstStepsNext")
    assert len(told) == len(set(told)) == 6


@pytest.mark.parametrize("size", [(1440, 900), (1024, 768)])
@pytest.mark.parametrize("look", ["train", "build"])
def test_the_card_moves_only_where_it_would_hide_what_it_explains(window, size, look):
    window.resize(*size)
    window.docks.arrange(look)
    window.docks.toggle("palette") if window.docks.is_seen("palette") else None
    window.first_steps.begin()
    before = None
    while cards(window):
        rest(30)
        (card,) = cards(window)
        (outline,) = window.findChildren(Outline)
        assert outline.isVisible(), card.title.text()  # what it speaks of was opened
        spot = outline.geometry().adjusted(3, 3, -3, -3)
        assert window.rect().contains(card.geometry())
        if min(spot.width() / window.width(), spot.height() / window.height()) < 0.5:
            assert not card.geometry().intersects(spot)
        now = card.next.mapTo(window, card.next.rect().bottomRight())
        if before is not None and before != now:
            there = card.geometry().translated(before - now)
            assert there.intersects(spot) or not window.rect().contains(there)
        before = now
        press(window, "firstStepsNext")


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Right, Qt.Key.Key_Enter])
def test_keys_go_on_after_a_click_elsewhere_but_a_field_keeps_its_own(window, key):
    window.activateWindow()
    window.first_steps.begin()
    QTest.mouseClick(window.canvas.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(5, 300))
    rest(30)
    assert window.focusWidget() is window.canvas
    QTest.keyClick(window.canvas, key)
    assert window.first_steps.place == 1
    window.docks.show("palette")
    window.palette_list.search.setFocus()
    QTest.keyClick(window.palette_list.search, key)
    assert window.first_steps.place == 1
    window.canvas.setFocus()
    for _ in range(5):
        QTest.keyClick(window.canvas, key)
    assert not window.first_steps.shown
    QTest.keyClick(window.canvas, key)  # nobody listens any more


def test_it_goes_back_and_can_be_skipped_by_key_and_button(window):
    window.first_steps.begin()
    press(window, "firstStepsNext")
    press(window, "firstStepsBack")
    assert window.first_steps.place == 0
    press(window, "firstStepsSkip")
    assert not cards(window)
    window.first_steps.begin()
    (card,) = cards(window)
    QTest.keyClick(card.next, Qt.Key.Key_Escape)
    rest(10)
    assert not cards(window)


def test_it_comes_once_by_itself_and_again_when_it_is_asked_for(window):
    window.first_steps.begin_if_new()
    assert cards(window)
    window.first_steps.end()
    window.first_steps.begin_if_new()
    assert not cards(window)
    ask(window, "tourAction")
    assert cards(window)


def test_the_window_works_while_a_card_is_there(window):
    window.first_steps.begin()
    window.docks.arrange("build")
    window.resize(1100, 800)
    rest(30)
    (card,) = cards(window)
    assert window.rect().contains(card.geometry())
    window.selection.set(("conv1",))
    assert window.findChild(QLabel, "nodeKind").isVisible()


def test_tests_and_the_tour_of_pictures_see_no_card(guide_window):
    assert not guide_window.first_steps.shown
    assert guide_window.settings.value(SEEN) != "yes"


# --- examples


def test_every_example_says_what_to_expect():
    assert set(EXAMPLE_NOTES) == set(examples())
    for name, note in EXAMPLE_NOTES.items():
        assert note.told.endswith("."), name
        assert 0.5 < note.accuracy < 1, name
        assert note.seconds > 0, name


def test_the_gallery_has_a_picture_and_the_size_of_each(qtbot, window):
    ask(window, "galleryAction")
    gallery = window.findChild(Gallery)
    qtbot.waitUntil(lambda: gallery.filled, timeout=20_000)
    assert set(gallery.cards) == set(examples())
    for name, card in gallery.cards.items():
        picture = card.picture.pixmap().toImage()
        middle = {picture.pixel(picture.width() // 3, y) for y in range(picture.height())}
        assert len(middle) > 1, name
        assert f"{plan(read(examples()[name]).document).weights:,}" in card.facts.text()
    gallery.close()


def test_it_opens_what_is_chosen_and_is_reached_from_the_chooser(window):
    box = window.findChild(QComboBox, "exampleChooser")
    row = box.findData("gallery")
    box.setCurrentIndex(row)
    box.activated.emit(row)
    rest(30)
    assert box.currentData() == "tutorial-cnn"
    gallery = window.findChild(Gallery)
    gallery.cards["lenet-5"].open.click()
    rest(30)
    assert window.files.example == "lenet-5"
    assert box.currentData() == "lenet-5"


# --- explanations


@pytest.mark.parametrize("name", ["input", "conv1", "fc2", "output"])
def test_f1_brings_the_explanation_of_the_selected_block_into_sight(window, name):
    window.resize(1024, 768)
    window.selection.set((name,))
    window.docks.toggle("inspector")
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_F1)
    rest(60)
    about = window.findChild(QLabel, "nodeSummary")
    assert about.text() == window.store.document.nodes[name].block.summary
    assert about.visibleRegion().boundingRect().height() > about.fontMetrics().height() / 2
    assert not window.findChildren(CommandPalette)


def test_f1_lists_the_keys_without_one(window):
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_F1)
    rest(30)
    sheet = window.findChild(CommandPalette)
    assert sheet.objectName() == "shortcutSheet"
    sheet.close()


def test_about_names_the_versions(window):
    ask(window, "aboutAction")
    dialog = window.findChild(About)
    told = dialog.findChild(QLabel, "aboutVersions").text()
    assert all(word in told for word in ("Python", "Qt", "PyTorch"))
    dialog.close()


# --- the next start


@pytest.fixture
def guide_window(qtbot, monkeypatch, tmp_path):
    """As the program starts, without its engine."""
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "runs"))
    monkeypatch.setattr(app.EngineThread, "start", lambda self: None)
    monkeypatch.setattr(app.EngineThread, "stop", lambda self: None)
    window = app.launch([])
    yield window
    end(window)


def end(window):
    window.store.mark_saved(window.store.document)
    window.close()
    window.settings.clear()
    window.deleteLater()


def started(arguments=()):
    window = app.launch(list(arguments))
    rest(20)
    return window


def closed(window):
    window.store.mark_saved(window.store.document)
    window.close()
    window.settings.sync()
    window.deleteLater()


def test_the_first_start_has_the_tutorial(guide_window):
    assert guide_window.files.example == "tutorial-cnn"


@pytest.mark.parametrize("kind", ["file", "example", "gone"])
def test_the_last_document_comes_back(guide_window, tmp_path, kind):
    file = tmp_path / "mine.json"
    file.write_text(dump(read(examples()["mlp"]).document), encoding="utf-8")
    if kind == "example":
        guide_window.files.open_example("lenet-5")
    else:
        guide_window.files.open_path(file)
    if kind == "gone":
        file.unlink()
    assert last_document(guide_window.settings) == {
        "file": str(file),
        "example": "lenet-5",
        "gone": None,
    }.get(kind)
    guide_window.settings.sync()
    again = started()
    if kind == "file":
        assert again.files.path == file
        assert "fc1" in again.store.document.nodes
    else:
        assert again.files.example == ("lenet-5" if kind == "example" else "tutorial-cnn")
    closed(again)


def test_a_document_that_is_named_goes_before_the_last_one(guide_window):
    guide_window.files.open_example("lenet-5")
    guide_window.settings.sync()
    again = started(["mlp"])
    assert again.files.example == "mlp"
    closed(again)


@pytest.mark.parametrize("value", ["\0", "x" * 5000, "/", "mlp ", "../mlp"])
def test_an_odd_setting_is_no_document(window, value):
    window.settings.setValue("lastDocument", value)
    assert last_document(window.settings) is None


def test_the_card_lies_over_everything(window):
    window.messages.tell("warning", "A message.")
    window.first_steps.begin()
    (card,) = cards(window)
    above = window.childAt(card.geometry().center())
    assert isinstance(above, QWidget)
    assert card is above or card.isAncestorOf(above)


def test_a_menu_within_another_has_what_its_path_says(window):
    """And the palette finds it by that path."""
    file = next(a.menu() for a in window.menuBar().actions() if a.text() == "&File")
    inner = next(a.menu() for a in file.actions() if a.text() == "&Export")
    names = [action.objectName() for action in inner.actions()]
    assert names == [
        "exportPythonAction",
        "exportOnnxAction",
        "exportPtAction",
        "exportDiagramAction",
    ]
    for deed in filter(None, window.deeds):
        assert deed.menu.split(" > ")[0] in {"File", "Edit", "Run", "View", "Help"}
    assert not {action.objectName() for action in file.actions()} & set(names)
    found = {entry.label for entry in commands(window.deeds)}
    assert "File > Export: PyTorch source" in found
