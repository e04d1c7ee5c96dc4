"""The real window, and hands for it."""

import pytest

from explorer.app import launch
from explorer.records.folder import VARIABLE
from explorer.ui.kit.application import user_settings
from explorer.ui.session.last_document import KEY
from explorer.ui.tour.guide import Guide


@pytest.fixture(autouse=True)
def own_runs(tmp_path, monkeypatch):
    """No run and no document of another test is offered."""
    user_settings().remove(KEY)
    monkeypatch.setenv(VARIABLE, str(tmp_path / "runs"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))


@pytest.fixture
def guide(qtbot, tmp_path):
    """The program's window, shown, with the engine on its way."""
    window = launch([])
    window.resize(1440, 900)
    yield Guide(window, tmp_path)
    window.store.mark_saved(window.store.document)
    window.close()
    window.deleteLater()
