"""An inspector that is shown, over the store and the selection of a test file."""

import pytest

from explorer.ui.inspector.inspector import Inspector
from explorer.ui.kit.theme import Theme


@pytest.fixture
def inspector(qtbot, store, selection):
    inspector = Inspector(store, selection, Theme())
    qtbot.addWidget(inspector)
    inspector.resize(280, 700)
    with qtbot.waitExposed(inspector):
        inspector.show()
    return inspector
