"""Extreme documents in the window: every place that tells a size can tell it."""

import pytest
from PySide6.QtCore import QSettings

from explorer.ui.inspector.inspector import Inspector
from explorer.ui.panels.cost import CostPanel
from explorer.ui.panels.problems import ProblemsPanel
from explorer.ui.panels.source import SourcePanel
from explorer.ui.session.runner import Runner
from explorer.ui.window.status import StatusBar
from tests.making import block
from tests.plan.test_extremes import LONG, drawn

ROWS = {
    **LONG,
    "the largest weights": [("flatten", {}), *[("linear", {"out_features": 100_000})] * 50],
}


@pytest.mark.parametrize("name", ROWS)
def test_sizes_are_told(table, qtbot, tmp_path, name):
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    runner = Runner(table.store, table.sent.append)
    widgets = [table.put(each) for each in (CostPanel, ProblemsPanel, SourcePanel)]
    status = StatusBar(table.store, runner, table.log, table.sent.append, settings)
    inspector = Inspector(table.store, table.selection, table.theme)
    for widget in (status, inspector):
        qtbot.addWidget(widget)
        widget.show()
    many = 1 if name == "the largest weights" else 200
    row = [block(kind, **values) for _ in range(many) for kind, values in ROWS[name]]
    document = drawn([*row, block("flatten"), block("linear", out_features=10)])
    table.store.open(document)
    for node in [*list(document.nodes)[:12], *list(document.nodes)[-6:]]:
        table.selection.set((node,))
        qtbot.wait(1)
    assert all(widget.isVisible() for widget in widgets)
    ready = table.store.plan.ready
    assert ("weights" in status.cost.text()) == ready
    assert status.cost.toolTip()
