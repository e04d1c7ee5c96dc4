"""A panel over a store of its own; the test is the engine."""

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QPushButton

from explorer.protocol.run_log import RunLog
from explorer.ui.panels.panel import Desk
from explorer.ui.session.files import Files
from explorer.ui.session.messages import MessageBar
from explorer.ui.session.recording import Recording
from explorer.ui.session.runner import Runner
from explorer.ui.session.runs import Runs
from explorer.ui.session.sweeps import Sweeps


class RunsRig:
    """What records runs, without the window; `sent` and `handed` are what it asks for."""

    def __init__(self, qtbot, table, folder):
        self.qtbot, self.folder, self.table = qtbot, folder, table
        self.store, self.sent, self.handed = table.store, [], []
        settings = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)
        self.bar = MessageBar(table.theme)
        qtbot.addWidget(self.bar)
        self.recording = Recording(folder)
        self.recording.start()
        self.recording.problem.connect(lambda why: self.bar.tell("warning", why))
        self.runner = Runner(self.store, self.sent.append, self.recording)
        files = Files(self.store, self.bar, settings)
        self.runs = Runs(
            self.store, files, self.runner, self.recording, self.bar, settings, self.handed.append
        )
        self.sweeps = Sweeps(self.store, self.runner, self.runs, self.bar)

    def put(self, panel_class):
        """Such a panel, shown."""
        table, send = self.table, self.sent.append
        desk = Desk(
            self.store, table.selection, RunLog(), table.theme, send, self.runs, self.sweeps
        )
        panel = panel_class(desk)
        self.qtbot.addWidget(panel)
        panel.resize(1000, 300)
        panel.show()
        self.qtbot.waitExposed(panel)
        self.qtbot.wait(1)  # what is shown is caught up with once it is laid out
        self.settle()
        return panel

    def settle(self):
        """Until all that was asked of the store so far is answered: what a test then writes into
        it by itself is not seen half.
        """
        answers = []
        self.recording.ask(lambda store: True, answers.append, answers.append)
        self.until(lambda: len(answers) == 1)

    def until(self, so):
        self.qtbot.waitUntil(so, timeout=5000)

    def tell(self, *events):
        """As the window does."""
        for event in events:
            self.recording.take(event)
            self.runs.take(event)
            self.runner.take(event)

    def answer(self, label):
        """Press a button of the message bar."""
        found = [b for b in self.bar.findChildren(QPushButton) if b.text() == label]
        next(b for b in found if not b.isHidden()).click()
