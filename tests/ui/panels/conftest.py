"""A desk with a starter network on it, and a record of what panels ask the engine."""

import pytest

from explorer import resources
from explorer.blocks.catalogue import block_of
from explorer.graph import files
from explorer.protocol.run_log import RunLog
from explorer.ui.kit.theme import Theme
from explorer.ui.panels.panel import Desk
from explorer.ui.session.store import Selection, Store


class Table:
    """A desk, the commands that were sent from it, and panels on it."""

    def __init__(self, qtbot, example="tutorial-cnn"):
        text = resources.path("examples", f"{example}.json").read_text(encoding="utf-8")
        self.qtbot = qtbot
        self.sent = []
        self.theme = Theme()
        self.store = Store(files.load(text, block_of).document)
        self.selection = Selection()
        self.log = RunLog()
        self.desk = Desk(self.store, self.selection, self.log, self.theme, self.sent.append)

    def put(self, panel_class, width=1000, height=230):
        panel = panel_class(self.desk)
        self.qtbot.addWidget(panel)
        panel.resize(width, height)
        panel.show()
        self.qtbot.waitExposed(panel)
        self.qtbot.wait(1)  # what is shown is caught up with once it is laid out
        return panel

    def give(self, panel, *events):
        """As the window does: the log first, then the panels that asked for the class."""
        for event in events:
            self.log.add(event)
            if type(event) in panel.events:
                panel.take(event)


@pytest.fixture
def table(qtbot):
    return Table(qtbot)


@pytest.fixture
def table_of(qtbot):
    return lambda example: Table(qtbot, example)
