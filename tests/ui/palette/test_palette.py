"""Find a block, choose it, drag it."""

from html import escape

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest

from explorer import resources
from explorer.blocks.catalogue import GROUPS, catalogue
from explorer.ui.canvas.additions import BLOCK_MIME
from explorer.ui.kit.theme import Theme
from explorer.ui.palette.palette import Palette, one_line

ROLE = Qt.ItemDataRole


@pytest.fixture
def palette(qtbot):
    palette = Palette(Theme())
    qtbot.addWidget(palette)
    palette.resize(220, 700)
    with qtbot.waitExposed(palette):
        palette.show()
    return palette


def test_every_block_is_there_by_group(palette):
    assert palette.objectName() == "palette"
    assert palette.kinds() == list(catalogue())
    for kind, block in catalogue().items():
        item = palette.item(kind)
        assert item.text(0) == block.title
        assert item.parent().text(0) == GROUPS[block.group]
        assert not item.icon(0).isNull()
        assert item.toolTip(0)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("conv", "conv2d"),
        ("MaxPool", "max_pool2d"),
        ("rows seq", "rows_to_sequence"),
        ("hochreiter", "lstm"),
        ("attention", "self_attention"),
        ("joining", "add"),
    ],
)
def test_search_by_title_kind_group_and_summary(palette, words, found):
    QTest.keyClicks(palette.search, words)
    assert found in palette.kinds()
    assert len(palette.kinds()) < len(catalogue())


def test_enter_takes_the_first(palette, qtbot):
    QTest.keyClicks(palette.search, "linear")
    with qtbot.waitSignal(palette.chosen) as chosen:
        QTest.keyClick(palette.search, Qt.Key.Key_Return)
    assert chosen.args == ["linear"]
    QTest.keyClick(palette.search, Qt.Key.Key_Escape)
    assert palette.kinds() == list(catalogue())
    with qtbot.assertNotEmitted(palette.chosen):
        QTest.keyClick(palette.search, Qt.Key.Key_Return)


def test_nothing_found_is_said(palette, qtbot):
    QTest.keyClicks(palette.search, "zzzz")
    assert palette.kinds() == []
    with qtbot.assertNotEmitted(palette.chosen):
        QTest.keyClick(palette.search, Qt.Key.Key_Return)


def test_down_leads_into_the_list_and_enter_chooses(palette, qtbot):
    palette.search.setFocus()
    QTest.keyClicks(palette.search, "pool")
    QTest.keyClick(palette.search, Qt.Key.Key_Down)
    QTest.keyClick(palette.tree, Qt.Key.Key_Down)
    with qtbot.waitSignal(palette.chosen) as chosen:
        QTest.keyClick(palette.tree, Qt.Key.Key_Return)
    assert chosen.args == [palette.kinds()[1]]


def test_double_click_chooses_a_block_but_not_a_group(palette, qtbot):
    item = palette.item("dropout")
    palette.tree.scrollToItem(item)
    at = palette.tree.visualItemRect(item).center()
    with qtbot.waitSignal(palette.chosen) as chosen:
        QTest.mouseDClick(
            palette.tree.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at
        )
    assert chosen.args == ["dropout"]
    at = palette.tree.visualItemRect(item.parent()).center()
    with qtbot.assertNotEmitted(palette.chosen):
        QTest.mouseDClick(
            palette.tree.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at
        )
    assert not item.parent().isExpanded()


def test_a_dragged_block_carries_its_kind(palette):
    item = palette.item("lstm")
    data = palette.tree.mimeData([item])
    assert data.formats() == [BLOCK_MIME]
    assert bytes(data.data(BLOCK_MIME)) == b"lstm"
    assert item.flags() & Qt.ItemFlag.ItemIsDragEnabled
    assert not item.parent().flags() & Qt.ItemFlag.ItemIsDragEnabled


def test_every_block_has_a_picture_of_its_own(palette):
    pictures = {kind: palette.item(kind).icon(0).pixmap(54, 54).toImage() for kind in catalogue()}
    kinds = list(pictures)
    same = [
        (a, b) for i, a in enumerate(kinds) for b in kinds[i + 1 :] if pictures[a] == pictures[b]
    ]
    assert not same
    files = {file.stem for file in resources.path("icons", "blocks").iterdir()}
    assert files == set(kinds)


def test_the_tip_is_one_line_without_formula(palette):
    for kind, block in catalogue().items():
        line = one_line(block.summary)
        assert 10 < len(line) <= 150, kind
        assert line.endswith(".")
        assert escape(line) in palette.item(kind).toolTip(0)
        assert block.summary == palette.item(kind).data(0, ROLE.AccessibleDescriptionRole)


def test_rare_groups_are_folded_and_what_the_user_folds_is_remembered(qtbot, tmp_path):
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    first = Palette(Theme(), None, settings)
    qtbot.addWidget(first)
    folded = {row.text(0) for row in first._groups() if not row.isExpanded()}
    assert "Shape" in folded
    assert "Attention" not in folded
    for kind in ("attention", "shape"):
        row = next(row for row in first._groups() if row.text(0).lower() == kind)
        row.setExpanded(not row.isExpanded())
    QTest.keyClicks(first.search, "norm")
    assert first.item("layer_norm").parent().isExpanded()
    first.search.clear()
    second = Palette(Theme(), None, settings)
    qtbot.addWidget(second)
    again = {row.text(0) for row in second._groups() if not row.isExpanded()}
    assert again == folded - {"Shape"} | {"Attention"}
    assert again == {row.text(0) for row in first._groups() if not row.isExpanded()}
