"""Each test of the command line records its runs in a folder of its own."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store of runs for each test."""
    folder = tmp_path / "elsewhere" / "data"
    monkeypatch.setenv("EXPLORER_DATA", str(folder))
    return folder
