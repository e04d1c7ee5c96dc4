"""A user's file that no document could name is refused in words, before anything else."""

import os

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QWidget

from explorer.ui.dialogs.custom import CustomFiles
from explorer.ui.kit.theme import Theme
from explorer.ui.session.messages import MessageBar
from explorer.ui.session.store import Store

TEXT = """from torch import nn


class {name}(nn.Module):
    def forward(self, x):
        return x
"""


@pytest.mark.parametrize(
    ("file", "name"),
    [(b"not utf-8 \xff.py", "Scale"), (b"long.py", "A" * 80), (b"own.py", "\u00dcbel")],
)
def test_a_file_that_no_document_can_name(qtbot, tmp_path, file, name):
    path = tmp_path / os.fsdecode(file)
    path.write_text(TEXT.format(name=name), encoding="utf-8")
    parent, bar, store = QWidget(), MessageBar(Theme()), Store()
    qtbot.addWidget(parent)
    qtbot.addWidget(bar)
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    files = CustomFiles(parent, store, bar, settings, lambda command: None)
    added = []
    files.added.connect(added.append)
    files.offer(path)
    assert "can't be a block" in bar.text
    bar.text.encode()
    assert not added
