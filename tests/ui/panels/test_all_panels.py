"""Laws over every panel, those that nobody has written yet too."""

import random
import subprocess
import sys

import pytest
from PySide6.QtWidgets import QAbstractButton, QAbstractSlider, QComboBox, QHeaderView, QSpinBox

from explorer.ui.panels.catalogue import panels
from tests.drawings import drawing

NAMES = {
    "curvesPanel",
    "featureMapsPanel",
    "filtersPanel",
    "attentionPanel",
    "gatesPanel",
    "confusionPanel",
    "sourcePanel",
    "problemsPanel",
    "tryPanel",
}
every_panel = pytest.mark.parametrize("panel_class", panels(), ids=lambda panel: panel.name)


def test_the_catalogue_finds_them_in_order():
    found = panels()
    assert {panel.name for panel in found} >= NAMES
    assert [(p.area, p.order) for p in found] == sorted((p.area, p.order) for p in found)
    assert len({panel.name for panel in found}) == len(found)


@every_panel
def test_it_has_its_names(table, panel_class):
    panel = table.put(panel_class)
    assert panel.objectName() == panel_class.name
    assert panel.accessibleName() == panel_class.title != ""


@every_panel
def test_every_control_can_be_told_apart(table, panel_class):
    panel = table.put(panel_class)
    kinds = (QAbstractButton, QAbstractSlider, QComboBox, QSpinBox)
    for kind in kinds:
        for control in panel.findChildren(kind):
            if control.objectName().startswith("qt_") or "Scroll" in type(control).__name__:
                continue  # parts of Qt's own scroll areas
            text = control.text() if hasattr(control, "text") else ""
            assert control.accessibleName() or text, f"{type(control).__name__} in {panel.name}"


@every_panel
def test_no_table_measures_whole_columns_at_every_item(table, panel_class):
    """That is quadratic: such a header measures each time an item is set."""
    panel = table.put(panel_class)
    if hasattr(panel, "settings"):
        panel.settings.show_runs([])
    for header in panel.findChildren(QHeaderView):
        modes = [header.sectionResizeMode(k) for k in range(header.count())]
        assert QHeaderView.ResizeMode.ResizeToContents not in modes, panel.name


@every_panel
@pytest.mark.parametrize("size", [(1000, 230), (300, 420), (1024, 150)], ids=str)
def test_it_paints_in_both_schemes_without_a_run(table, panel_class, size):
    panel = table.put(panel_class, *size)
    pictures = []
    for dark in (False, True):
        table.theme.use(dark)
        pictures.append(panel.grab().toImage())
    table.theme.use(False)
    assert pictures[0] != pictures[1]


@every_panel
def test_it_shows_any_unfinished_drawing(table, panel_class):
    panel = table.put(panel_class)
    for seed in range(16):
        document = drawing(seed)
        table.store.open(document)
        names = [*document.nodes]
        for name in random.Random(seed).sample(names, min(3, len(names))):
            table.selection.set((name,))
        if seed % 4 == 0:
            panel.grab()
        panel.catch_up()


def test_importing_them_leaves_pyqtgraph_and_torch_alone():
    program = (
        "import sys; from explorer.ui.panels.catalogue import panels; panels();"
        "print([name for name in ('pyqtgraph', 'torch') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
