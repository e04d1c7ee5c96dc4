"""The cost table and the history list under real clicks."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from explorer.graph import edits
from explorer.graph.edits import remove_nodes, set_params, set_training
from explorer.protocol.events import Started, StepTimes
from explorer.ui.panels.cost import COLUMNS, CostPanel
from explorer.ui.panels.history import HistoryPanel

LEFT = Qt.MouseButton.LeftButton


def column(panel, place):
    model = panel.view.model()
    return [model.index(row, place).data() for row in range(model.rowCount())]


def click_header(panel, place):
    header = panel.view.horizontalHeader()
    x = header.sectionViewportPosition(place) + header.sectionSize(place) // 3
    QTest.mouseClick(header.viewport(), LEFT, pos=QPoint(x, 8))


def test_rows_and_totals_are_the_plans(table):
    panel = table.put(CostPanel)
    plan = table.store.plan
    assert column(panel, 0) == [step.node for step in plan.steps]
    assert column(panel, 1) == [f"{step.weights:,}" for step in plan.steps]
    assert column(panel, 2) == [f"{step.macs:,}" for step in plan.steps]
    assert f"{plan.weights:,} parameters" in panel.totals.text()
    assert f"{plan.macs:,} MACs" in panel.totals.text()


@pytest.mark.parametrize("place", range(1, len(COLUMNS)))
def test_a_click_on_a_title_sorts_by_size(table, place):
    panel = table.put(CostPanel)
    ranks = {row.cost.node: COLUMNS[place].rank(row) for row in panel.table.rows}
    click_header(panel, place)
    shown = [ranks[name] for name in column(panel, 0)]
    assert shown in (sorted(shown), sorted(shown, reverse=True))
    click_header(panel, place)
    assert [ranks[name] for name in column(panel, 0)] == shown[::-1] or len(set(shown)) < len(shown)
    assert sorted(shown) == sorted(ranks.values())


def test_a_click_on_a_row_selects_the_block_and_the_other_way_round(table):
    panel = table.put(CostPanel)
    click_header(panel, 1)
    row = column(panel, 0).index("fc1")
    panel.view.scrollTo(panel.view.model().index(row, 0))
    spot = panel.view.visualRect(panel.view.model().index(row, 0)).center()
    QTest.mouseClick(panel.view.viewport(), LEFT, pos=spot)
    assert table.selection.ids == ("fc1",)
    table.selection.set(("conv2",))
    assert panel.view.currentIndex().siblingAtColumn(0).data() == "conv2"
    table.selection.set(())
    assert not panel.view.selectionModel().hasSelection()


def test_it_follows_edits_and_the_batch(table):
    panel = table.put(CostPanel)
    before = column(panel, 3)
    table.store.edit("Batch", lambda d: set_training(d, {"batch": 1}))
    assert column(panel, 3) != before
    assert "batch 1." in panel.totals.text()
    table.store.edit("No bias", lambda d: set_params(d, "conv1", {"bias": False}))
    assert column(panel, 1)[0] == "288"
    table.store.edit("Break", lambda d: remove_nodes(d, ["output"]))
    assert column(panel, 0) == []
    assert "once there is a way" in panel.totals.text()
    table.store.undo()
    assert column(panel, 1)[0] == "288"


def test_the_history_lists_steps_and_a_click_jumps(table):
    panel = table.put(HistoryPanel)
    store = table.store
    for width in (5, 6, 7):
        store.edit(f"Width {width}", lambda d, w=width: set_params(d, "conv1", {"out_channels": w}))
    labels = [panel.list.item(row).text() for row in range(panel.list.count())]
    assert labels == ["Open", "Width 5", "Width 6", "Width 7"]
    assert panel.list.currentRow() == 3
    spot = panel.list.visualItemRect(panel.list.item(1)).center()
    QTest.mouseClick(panel.list.viewport(), LEFT, pos=spot)
    assert store.document.nodes["conv1"].block.out_channels == 5
    assert panel.list.count() == 4
    assert [panel.list.item(row).font().italic() for row in range(4)] == [0, 0, 1, 1]
    QTest.keyClick(panel.list, Qt.Key.Key_Down)
    QTest.keyClick(panel.list, Qt.Key.Key_Return)
    assert store.document.nodes["conv1"].block.out_channels == 6
    store.edit("Other", lambda d: set_params(d, "conv1", {"out_channels": 9}))
    labels = [panel.list.item(row).text() for row in range(panel.list.count())]
    assert labels == ["Open", "Width 5", "Width 6", "Other"]


def test_the_share_of_a_step_appears_once_it_was_measured(table):
    panel = table.put(CostPanel)
    place = [column.title for column in COLUMNS].index("Step time")
    nodes = [row.cost.node for row in panel.table.rows]
    assert panel.table.index(0, place).data() == "-"
    seconds = dict.fromkeys(nodes, 1.0) | {nodes[0]: len(nodes) - 1.0}
    panel.take(StepTimes(1, 30, 64, seconds))
    assert panel.table.index(0, place).data() == "50.0 %"
    panel.take(Started(2, 10, 30, 1, "CPU"))
    assert panel.table.index(0, place).data() == "-"


def test_a_block_that_has_changed_since_it_was_measured_has_no_share(table):
    panel = table.put(CostPanel)
    place = [column.title for column in COLUMNS].index("Step time")
    nodes = [row.cost.node for row in panel.table.rows]
    network = table.store.document
    panel.take(StepTimes(1, 30, 64, dict.fromkeys(nodes, 1.0), network))
    before = panel.table.index(0, place).data()
    last = nodes[-1]
    bias = {"bias": False}
    table.store.edit("Bias", lambda d: edits.set_params(d, last, bias))
    shares = [panel.table.index(row, place).data() for row in range(len(nodes))]
    assert shares == [before] * (len(nodes) - 1) + ["-"], "of the whole step, as it was measured"
