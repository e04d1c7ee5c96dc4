"""The user's own blocks: kept, shown, renamed, deleted; damaged files are told, never a crash."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from explorer.blocks.catalogue import block_of, catalogue
from explorer.graph.document import Document
from explorer.graph.edits import chain
from explorer.graph.files import load
from explorer.graph.groups import make_group, set_repeat
from explorer.ui.canvas.additions import PIECE_MIME
from explorer.ui.kit.theme import Theme
from explorer.ui.palette.library import Library, LibraryError
from explorer.ui.palette.own_blocks import PATH, TITLE
from explorer.ui.palette.palette import Palette


def document(name="twice"):
    kinds = ("input", "conv2d", "relu", "output")
    made = chain(Document(), [(None, catalogue()[kind]()) for kind in kinds])
    return set_repeat(make_group(made, ["conv1", "relu"], name)[0], name, 2)


@pytest.fixture
def library(tmp_path):
    return Library(tmp_path / "library")


@pytest.fixture
def palette(qtbot, library):
    palette = Palette(Theme(), library)
    qtbot.addWidget(palette)
    palette.resize(220, 700)
    with qtbot.waitExposed(palette):
        palette.show()
    return palette


def rows(palette):
    group = palette.tree.topLevelItem(0)
    if group.text(0) != TITLE:
        return []
    return [group.child(i) for i in range(group.childCount())]


def test_without_any_there_is_no_such_group(palette):
    assert rows(palette) == []
    assert palette.kinds() == list(catalogue())


def test_a_kept_group_is_a_row_that_carries_it(palette, library, qtbot):
    library.keep(document(), "twice")
    qtbot.waitUntil(lambda: len(rows(palette)) == 1)
    (item,) = rows(palette)
    assert item.text(0) == "twice"
    assert "Conv2d, ReLU" in item.toolTip(0)
    text = bytes(palette.tree.mimeData([item]).data(PIECE_MIME).data()).decode()
    piece = load(text, block_of).document
    assert list(piece.nodes) == ["conv1", "relu"]
    assert (piece.groups[0].repeat, piece.groups[0].folded) == (2, True)
    assert palette.kinds() == list(catalogue())


def test_two_of_one_name_lie_side_by_side(library):
    library.keep(document(), "twice")
    library.keep(document(), "twice")
    assert [entry.path.name for entry in library.entries] == ["twice-2.json", "twice.json"] or [
        entry.title for entry in library.entries
    ] == ["twice", "twice"]


def test_a_double_click_and_enter_choose_it(palette, library, qtbot):
    library.keep(document(), "twice")
    qtbot.waitUntil(lambda: len(rows(palette)) == 1)
    area = palette.tree.visualItemRect(rows(palette)[0])
    with qtbot.waitSignal(palette.piece_chosen) as chosen:
        QTest.mouseDClick(palette.tree.viewport(), Qt.MouseButton.LeftButton, pos=area.center())
    assert '"twice"' in chosen.args[0]
    QTest.keyClicks(palette.search, "twic")
    with qtbot.waitSignal(palette.piece_chosen):
        QTest.keyClick(palette.search, Qt.Key.Key_Return)


def test_it_is_renamed_in_place(palette, library, qtbot):
    library.keep(document(), "twice")
    qtbot.waitUntil(lambda: len(rows(palette)) == 1)
    (item,) = rows(palette)
    actions = {action.text(): action for action in palette.own.menu(item).actions()}
    actions["Rename"].trigger()
    field = palette.tree.findChild(object, "qt_editing_widget") or palette.focusWidget()
    field.selectAll()
    QTest.keyClicks(field, "Conv twice")
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: [row.text(0) for row in rows(palette)] == ["Conv twice"])
    assert Library(library.folder).entries[0].title == "Conv twice"


def test_it_is_deleted_from_the_menu(palette, library, qtbot):
    library.keep(document(), "twice")
    qtbot.waitUntil(lambda: len(rows(palette)) == 1)
    actions = {a.text(): a for a in palette.own.menu(rows(palette)[0]).actions()}
    actions["Delete"].trigger()
    qtbot.waitUntil(lambda: rows(palette) == [])
    assert list(library.folder.glob("*.json")) == []


BAD = {
    "empty": "",
    "cut": '{"format": "architecture-explorer", "ver',
    "binary": "\x00\x01",
    "other": '{"format": "something else"}',
    "newer": '{"format": "architecture-explorer", "version": 99}',
    "no group": '{"format": "architecture-explorer", "version": 1}',
}


def test_a_damaged_file_is_listed_with_its_message(palette, library, qtbot):
    library.folder.mkdir()
    for name, text in BAD.items():
        (library.folder / f"{name}.json").write_text(text, encoding="utf-8")
    (library.folder / "folder.json").mkdir()
    library.refresh()
    qtbot.waitUntil(lambda: len(rows(palette)) == len(BAD) + 1)
    for item in rows(palette):
        assert item.text(0).endswith("(can't be read)")
        assert item.toolTip(0)
        assert not palette.tree.mimeData([item]).hasFormat(PIECE_MIME)
        assert not item.flags() & Qt.ItemFlag.ItemIsDragEnabled
        assert item.data(0, PATH)
    with qtbot.waitSignal(palette.told):
        palette._choose(rows(palette)[0])


def test_a_folder_that_can_not_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    library = Library(tmp_path / "file" / "library")
    with pytest.raises(LibraryError, match="twice can't be kept in"):
        library.keep(document(), "twice")
    with pytest.raises(LibraryError, match="no group named 'nobody'"):
        library.keep(document(), "nobody")
    assert library.entries == ()
