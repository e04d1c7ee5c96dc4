"""The window: puts canvas, docks, toolbar and status together; each does its own work."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QSize, QTimer
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QShowEvent,
)
from PySide6.QtWidgets import QApplication, QMainWindow

from explorer.protocol.commands import Command
from explorer.protocol.events import Event
from explorer.protocol.run_log import RunLog
from explorer.ui.canvas.view import CanvasView
from explorer.ui.dialogs.custom import CustomFiles
from explorer.ui.dialogs.first_steps import FirstSteps
from explorer.ui.inspector.inspector import Inspector
from explorer.ui.kit.application import NAME, user_settings
from explorer.ui.kit.guard import guarded
from explorer.ui.kit.theme import Theme
from explorer.ui.palette.library import Library, LibraryError
from explorer.ui.palette.palette import Palette
from explorer.ui.panels.catalogue import panels
from explorer.ui.panels.panel import Desk, Panel
from explorer.ui.session.exporter import Exporter
from explorer.ui.session.faults import Faults
from explorer.ui.session.file_chooser import FileChooser
from explorer.ui.session.files import Files
from explorer.ui.session.messages import MessageBar
from explorer.ui.session.recording import Recording
from explorer.ui.session.runner import Runner
from explorer.ui.session.runs import Runs
from explorer.ui.session.store import Selection, Store
from explorer.ui.session.sweeps import Sweeps
from explorer.ui.session.unexpected import Unexpected
from explorer.ui.window.actions import Deed, last_keys, make_actions
from explorer.ui.window.collector import Collector
from explorer.ui.window.docks import ARRANGEMENTS, BOTTOM, LEFT, RIGHT, Arrangement, Docks
from explorer.ui.window.focus import Ways
from explorer.ui.window.hurry import Hurry
from explorer.ui.window.last_keys import LastKeys
from explorer.ui.window.menus import Menus
from explorer.ui.window.presentation import Presentation
from explorer.ui.window.pump import Pump
from explorer.ui.window.status import StatusBar
from explorer.ui.window.toolbar import Toolbar
from explorer.ui.window.watcher import Watcher

FIRST_SIZE = QSize(1440, 900)
SWITCHES = (QEvent.Type.WindowStateChange, QEvent.Type.FontChange)


class MainWindow(QMainWindow):
    """objectName `mainWindow`. Talks to the engine through `send` and `take` only; `main_window`
    in assembly.py makes it whole.
    """

    def __init__(
        self,
        send: Callable[[Command], None],
        take: Callable[[], list[Event]],
        end_engine: Callable[[], object],
    ) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.deeds: list[Deed | None] = []
        self.first_steps: FirstSteps  # made with the whole window
        self.setAcceptDrops(True)
        self.resize(_first_size())
        self._send, self._take_events, self._end_engine = send, take, end_engine
        self.settings = user_settings()
        self._build_document()
        self._build_training()
        self._build_centre()
        self._build_docks()
        self._build_frame()

    # --- building

    def _build_document(self) -> None:
        self.store, self.selection, self.log = Store(), Selection(), RunLog()
        self.theme = Theme()
        self.theme.choose(str(self.settings.value("theme", "system")))
        self.messages = MessageBar(self.theme)
        self.unexpected = Unexpected(self.messages)
        self.files = Files(self.store, self.messages, self.settings)

    def _build_training(self) -> None:
        self.recording = Recording()
        self.runner = Runner(self.store, self._send, self.recording)
        self.pump = Pump(self._take_events)
        self.hurry = Hurry(self.pump.deliver, self)
        self.runs = Runs(
            self.store,
            self.files,
            self.runner,
            self.recording,
            self.messages,
            self.settings,
            self.pump.hand,
        )
        self.chooser = FileChooser(
            self, self.store, self.files, self.runner, self.messages, self._send
        )
        self.exporter = Exporter(self.store, self.runner, self.messages, self._send, self)
        self.custom = CustomFiles(self, self.store, self.messages, self.settings, self._send)
        self.collector = Collector(self)

    def _build_centre(self) -> None:
        self.canvas = CanvasView(self.store, self.selection, self.theme)
        self.files.laid_out = self.canvas.editing.fitted
        self.faults = Faults(
            self.store,
            self.selection,
            self.runner,
            self.runs,
            self.messages,
            self.canvas.reveal,
        )
        self.setCentralWidget(self.canvas)
        self.messages.float_over(self, self.canvas)

    def _build_docks(self) -> None:
        self.docks = Docks(self, self.settings)
        self.library = Library()
        self.palette_list = Palette(self.theme, self.library, self.settings)
        self.docks.add(self.palette_list, "Blocks", LEFT)
        self.inspector = Inspector(self.store, self.selection, self.theme)
        self.docks.add(self.inspector, "Inspector", RIGHT)
        desk = Desk(
            self.store,
            self.selection,
            self.log,
            self.theme,
            self._send,
            self.runs,
            Sweeps(self.store, self.runner, self.runs, self.messages),
        )
        self.panels: dict[str, Panel] = {}
        for panel_class in panels():
            panel = panel_class(desk)
            self.panels[panel.name] = panel
            area = BOTTOM if panel.area == "bottom" else RIGHT
            self.docks.add(panel, panel.title, area, panel.group)
        self.docks.seen_changed.connect(self._seen_again)
        self.watcher = Watcher(tuple(self.panels.values()), self._send)

    def _seen_again(self) -> None:
        """Panels came to the front of their tabs, or went behind another."""
        self.watcher.refresh()

    def _build_frame(self) -> None:
        self.toolbar = Toolbar(self.store, self.files, self.runner, self.theme)
        self.addToolBar(self.toolbar)
        self.status = StatusBar(self.store, self.runner, self.log, self._send, self.settings)
        self.setStatusBar(self.status)
        self.ways = Ways(self.docks, self.canvas, self.palette_list, self.inspector, self.panels)

        self.presentation = Presentation(self, self.docks, self.canvas, self.theme, self.settings)
        self.docks.seen_changed.connect(self._show_states)

    def equip(self, deeds: list[Deed | None]) -> None:
        """What can be asked for, by keys, menus and the command palette; None is a separator."""
        self.deeds = deeds
        self.actions_by_name = make_actions(self, deeds)
        self.last_keys = LastKeys(self, last_keys(deeds, self.actions_by_name))
        self.menus = Menus(self, deeds, self.actions_by_name, self.store, self.files)
        self.menus.add_panels(self.docks)
        self.refresh()

    # --- what others ask

    def open_document(self, path: Path) -> bool:
        """Open a document's file, weights with their document, or a run's folder."""
        return self.chooser.take(path)

    def load_weights(self, path: Path) -> None:
        """Fill the present document's network from a file of weights."""
        self.chooser.load_weights(path)

    def use_theme(self, name: str) -> None:
        """`light`, `dark` or `system`; remembered."""
        self.settings.setValue("theme", name)
        self.theme.choose(name)

    def arrange(self, arrangement: Arrangement) -> None:
        """Build, Train or Look inside."""
        self.docks.arrange(arrangement)
        self.status.say(f"Layout: {ARRANGEMENTS[arrangement]}")

    def keep_block(self, name: str) -> None:
        """Put a group among the user's own blocks."""
        try:
            entry = self.library.keep(self.store.document, name)
        except LibraryError as error:
            self.messages.tell("error", str(error))
            return
        self.docks.show("palette")
        self.status.say(f"{entry.title} is in the palette now, under My blocks.")

    def _show_states(self) -> None:
        """Ticks in the menu at what is switched on."""
        for name, on in self.presentation.states.items():
            self.actions_by_name[name].setChecked(on)

    def refresh(self) -> None:
        """The title and the menus, as the document and its file are now."""
        self.menus.refresh()
        self.setWindowTitle(f"{self.files.caption} - {NAME}")

    # --- Qt

    @guarded
    def showEvent(self, event: QShowEvent) -> None:
        """Places as they were, or the first arrangement."""
        super().showEvent(event)
        if not self.docks.restore():
            self.docks.arrange("train")
            QTimer.singleShot(0, self._settle_docks)
        self.canvas.fit()
        if not event.spontaneous():  # once it has been laid out
            QTimer.singleShot(0, self.files.lay_out_again)
        self.canvas.setFocus()
        self.pump.start()
        self.recording.start()
        self.collector.start()

    def _settle_docks(self) -> None:
        """Sizes and the front tab hold only once the docks have been laid out."""
        self.docks.arrange("train")
        self.canvas.fit()

    @guarded
    def changeEvent(self, event: QEvent) -> None:
        """Back from an editor: users' files may have changed."""
        super().changeEvent(event)
        if event.type() in SWITCHES and self.deeds:
            self._show_states()
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self.custom.tell_changed()

    @guarded
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A file may be dropped anywhere."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    @guarded
    def dropEvent(self, event: QDropEvent) -> None:
        """Open it."""
        self.chooser.drop(event.mimeData())

    @guarded
    def closeEvent(self, event: QCloseEvent) -> None:
        """Unsaved changes stay in the autosaved copy; the engine thread ends before the window."""
        self.docks.remember()
        self.files.close()
        self.collector.stop()
        self.watcher.stop()
        self.runner.stop_waiting()
        self.pump.stop()
        self.hurry.stop()
        self._end_engine()
        self.recording.close(self._take_events())
        self.unexpected.remove()
        event.accept()
        app = QApplication.instance()
        if app is not None:
            app.quit()


def _first_size() -> QSize:
    """As large as is comfortable and the screen allows."""
    screen = QGuiApplication.primaryScreen()
    if screen is None or QGuiApplication.platformName() == "offscreen":
        return FIRST_SIZE
    return FIRST_SIZE.boundedTo(screen.availableSize() * 0.95)
