"""Confusion, source, problems, and taking pictures away."""

import csv
from xml.etree import ElementTree

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest

from explorer.blocks.catalogue import block_of
from explorer.graph import edits
from explorer.plan.source import network_source
from explorer.protocol.events import Activation, EpochDone, LearntNothing, Started
from explorer.ui.kit.take_away import save_csv, save_npz, save_png, save_svg
from explorer.ui.panels import source as source_panel
from explorer.ui.panels.confusion import ConfusionPanel
from explorer.ui.panels.inside.feature_maps import FeatureMapsPanel
from explorer.ui.panels.problems import ProblemsPanel
from explorer.ui.panels.source import SourcePanel


def counts():
    found = np.diag(np.arange(90, 100))
    found[4, 9], found[3, 5] = 23, 7
    return found


def epoch(confusion):
    return EpochDone(1, 2, 100, 0.1, 0.9, 0.1, 0.9, 1.0, confusion)


def test_confusion_shows_counts_by_truth_and_answer(table):
    panel = table.put(ConfusionPanel)
    assert "After the first epoch" in panel.frame.says
    table.give(panel, epoch(counts()))
    assert "945 of 975 right (96.92 %)" in panel.frame.caption.text()
    assert panel.words.text().splitlines()[1:3] == ["4 read as 9: 23 times", "3 read as 5: 7 times"]
    QTest.mouseMove(panel.matrix, panel.matrix.cell_rect(4, 9).center().toPoint())
    expected = "23 of 117 samples of 4 were read as 9 (19.7 %)"
    assert panel.frame.readout.text() == expected
    table.give(panel, Started(2, 1, 1, 1, "CPU"))
    assert panel.frame.says


def test_confusion_with_other_class_counts(table):
    panel = table.put(ConfusionPanel)
    table.give(panel, epoch(np.eye(3, dtype=np.int64)))
    assert panel.matrix.names == ("0", "1", "2")
    panel.grab()


def test_source_follows_edits(table):
    panel = table.put(SourcePanel)
    assert panel.editor.toPlainText() == network_source(table.store.plan)
    table.store.edit("Rename", lambda d: edits.rename(d, "conv1", "edges"))
    assert "self.edges = nn.Conv2d" in panel.editor.toPlainText()


def test_source_marks_the_selected_block(table):
    panel = table.put(SourcePanel)
    table.selection.set(("conv2",))
    lines = panel.editor.toPlainText().splitlines()
    assert len(panel.marked_lines()) == len(panel.editor.extraSelections()) >= 2
    assert all("conv2" in lines[k] for k in panel.marked_lines())
    assert not any("conv2" in line for k, line in enumerate(lines) if k not in panel.marked_lines())


def test_source_is_copied(table):
    panel = table.put(SourcePanel)
    panel.copy_button.click()
    assert QGuiApplication.clipboard().text() == network_source(table.store.plan)


def break_it(table):
    table.store.edit("Set", lambda d: edits.set_params(d, "conv2", {"in_channels": 7}))


def test_no_problems_says_so_with_totals(table):
    panel = table.put(ProblemsPanel)
    assert not panel.rows
    assert panel.fine.text().startswith("✓")
    assert f"{table.store.plan.weights:,} weights" in panel.fine.text()
    assert panel.tab_title == "Problems"


def test_a_problem_is_told_counted_and_repaired(table, qtbot):
    panel = table.put(ProblemsPanel)
    before = table.store.document
    with qtbot.waitSignal(panel.title_changed) as told:
        break_it(table)
    assert told.args == ["Problems (1)"]
    (row,) = panel.rows
    assert row.message.text() == table.store.plan.problems[0].message
    assert "conv2 expects 7 channels" in row.message.text()
    QTest.mouseClick(row.message, Qt.MouseButton.LeftButton)
    assert table.selection.one == "conv2"
    QTest.mouseClick(row.fix, Qt.MouseButton.LeftButton)
    assert table.store.plan.ready
    assert not panel.rows
    table.store.undo()
    assert len(panel.rows) == 1
    table.store.undo()
    assert table.store.document is before


def test_advice_stands_beside_the_problems_and_blocks_nothing(table, qtbot):
    panel = table.put(ProblemsPanel)
    before = table.store.document
    wire = before.into("output", "x")
    bent = block_of("softmax")()
    with qtbot.waitSignal(panel.title_changed) as told:
        table.store.edit("Insert", lambda d: edits.splice(d, wire, bent, 0.0, 0.0)[0])
    assert told.args == ["Problems (1 advice)"]
    (row,) = panel.rows
    assert row.problem.severity == "advice"
    assert row.sign.text() == "Advice"
    assert row.sign.property("role") == "advice"
    assert row.accessibleName().startswith("Advice")
    assert panel.fine.isVisible()  # no problem all the same
    assert table.store.plan.ready
    break_it(table)
    assert panel.tab_title == "Problems (1)"  # what can't be computed is not judged
    table.store.undo()
    QTest.mouseClick(panel.rows[0].fix, Qt.MouseButton.LeftButton)
    assert not panel.rows
    assert table.store.document.nodes.keys() == before.nodes.keys()


def test_a_run_that_learns_nothing_is_advised_until_it_learns(table):
    panel = table.put(ProblemsPanel)
    doubt = LearntNothing(1, 2, 0.1, 0.11, True, ("relu1",))
    table.give(panel, epoch(counts()), doubt)
    (row,) = panel.rows
    assert "10.0 %" in row.message.text()
    QTest.mouseClick(row.message, Qt.MouseButton.LeftButton)
    assert table.selection.one == "relu1"
    table.store.edit("Delete", lambda d: edits.remove_nodes(d, ["relu1"], heal=True))
    QTest.mouseClick(panel.rows[0].message, Qt.MouseButton.LeftButton)  # the block is gone
    table.give(panel, epoch(counts()))
    assert not panel.rows
    table.give(panel, doubt, Started(2, 1, 1, 1, "CPU"))
    assert not panel.rows


def test_enter_goes_to_the_block(table):
    panel = table.put(ProblemsPanel)
    break_it(table)
    QTest.keyClick(panel.rows[0], Qt.Key.Key_Return)
    assert table.selection.one == "conv2"


# --- taking away -----------------------------------------------------------------------------


@pytest.fixture
def maps(table):
    panel = table.put(FeatureMapsPanel)
    table.selection.set(("conv1",))
    values = np.random.default_rng(0).standard_normal((4, 3, 2)).astype(np.float32)
    table.give(panel, Activation(1, "conv1", 5, values))
    return panel


def test_png_is_sharp(maps, tmp_path):
    save_png(maps.views, tmp_path / "maps.png")
    assert QImage(str(tmp_path / "maps.png")).size() == maps.views.size() * 2


def test_svg_is_drawn(maps, tmp_path):
    save_svg(maps.views, tmp_path / "maps.svg")
    root = ElementTree.parse(tmp_path / "maps.svg").getroot()
    assert root.tag.endswith("svg")
    assert "3" in {element.text for element in root.iter() if element.tag.endswith("text")}


def test_csv_and_npz_hold_every_number(maps, tmp_path):
    save_csv(maps.numbers(), tmp_path / "maps.csv")
    with (tmp_path / "maps.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["map", "row", "column", "value"]
    values = maps.shown.values
    for row in rows:
        assert (
            np.float32(row["value"]) == values[int(row["map"]), int(row["row"]), int(row["column"])]
        )
    assert len(rows) == values.size
    save_npz(maps.numbers(), tmp_path / "maps.npz")
    with np.load(tmp_path / "maps.npz") as stored:
        np.testing.assert_array_equal(stored["value"], values)


def test_copy(maps):
    maps.take_away.copy()
    copied = QGuiApplication.clipboard().pixmap()
    assert copied.width() == maps.views.width() * 2
    assert copied.height() > maps.views.height() * 2  # the title stands above


def test_an_unwritable_place_is_an_error(maps, tmp_path):
    for save in (save_png, save_svg):
        with pytest.raises(OSError, match="No such file"):
            save(maps.views, tmp_path / "missing" / "maps")


def test_source_of_a_second_input_says_so(table):
    panel = table.put(SourcePanel)
    before = panel.editor.toPlainText()
    nodes = table.store.document.nodes
    table.store.edit("Paste", lambda d: edits.paste(d, edits.fragment(d, nodes))[0])
    second = next(p.node for p in table.store.plan.problems if "second Input" in p.message)
    assert panel.editor.toPlainText() not in (before, "")
    assert f"# {second} is a second" in panel.editor.toPlainText()
    assert second in panel.frame.caption.text()


def test_code_that_cannot_be_printed_leaves_no_older_code(table, monkeypatch):
    panel = table.put(SourcePanel)

    def broken(plan):
        raise KeyError("of all things")

    monkeypatch.setattr(source_panel, "network_source", broken)
    with pytest.raises(KeyError):
        panel.show_plan(table.store.plan)
    assert panel.editor.toPlainText() == ""
    assert "can't be printed" in panel.frame.says
