"""The window: puts canvas, docks, toolbar and status together; each does its own work."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QSettings, QSize, Qt, QTimer
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QShowEvent,
)
from PySide6.QtWidgets import QApplication, QFileDialog, QMainWindow, QMenu, QVBoxLayout, QWidget

from explorer.graph.document import Document
from explorer.plan.plan import Plan
from explorer.protocol.commands import Command, LoadWeights
from explorer.protocol.events import (
    Compiling,
    Devices,
    EpochDone,
    Event,
    Exported,
    ExportProgress,
    Failed,
    HeldOut,
    Losses,
    Prediction,
    Progress,
    Ready,
    SettingChanged,
    Started,
    Status,
    StoppedEarly,
    Thumbnails,
    Tried,
)
from explorer.protocol.run_log import RunLog
from explorer.ui.actions import CommandPalette, Deed, make_actions
from explorer.ui.application import NAME
from explorer.ui.canvas.view import CanvasView
from explorer.ui.collector import Collector
from explorer.ui.custom import CustomFiles
from explorer.ui.deeds import deeds
from explorer.ui.docks import ARRANGEMENTS, BOTTOM, LEFT, RIGHT, Arrangement, Docks
from explorer.ui.exporter import Exporter
from explorer.ui.faults import Faults
from explorer.ui.files import Files
from explorer.ui.guard import guarded
from explorer.ui.inspector.inspector import Inspector
from explorer.ui.messages import MessageBar
from explorer.ui.palette.library import Library, LibraryError
from explorer.ui.palette.palette import Palette
from explorer.ui.panels.catalogue import panels
from explorer.ui.panels.digit_pad import DigitPadPanel
from explorer.ui.panels.panel import Desk, Panel
from explorer.ui.panels.problems import ProblemsPanel
from explorer.ui.panels.runs import RunsPanel
from explorer.ui.pump import Pump, Receiver
from explorer.ui.recording import Recording
from explorer.ui.runner import Runner
from explorer.ui.runs import Runs
from explorer.ui.status import StatusBar
from explorer.ui.store import Selection, Store
from explorer.ui.sweeps import Sweeps
from explorer.ui.theme import Theme
from explorer.ui.timers import single_shot
from explorer.ui.toolbar import Toolbar
from explorer.ui.watcher import Watcher

HURRY_MS = 4  # between two looks into the mailbox while an answer is awaited
HURRY_FOR_MS = 400
FIRST_SIZE = QSize(1440, 900)


class MainWindow(QMainWindow):
    """objectName `mainWindow`. Talks to the engine through `send` and `take` only."""

    def __init__(
        self,
        send: Callable[[Command], None],
        take: Callable[[], list[Event]],
        end_engine: Callable[[], object],
    ) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.setAcceptDrops(True)
        self.resize(_first_size())
        self._send, self._take_events, self._end_engine = send, take, end_engine
        self.settings = QSettings(
            QSettings.Format.IniFormat,
            QSettings.Scope.UserScope,
            "architecture-explorer",
            "architecture-explorer",
        )
        self.store, self.selection, self.log = Store(), Selection(), RunLog()
        self.theme = Theme()
        self._use_theme(str(self.settings.value("theme", "system")))
        self.messages = MessageBar(self.theme)
        self.files = Files(self.store, self.messages, self.settings)
        self.recording = Recording()
        self.runner = Runner(self.store, send, self.recording)
        self.exporter = Exporter(self.store, self.messages, send, self)
        self.custom = CustomFiles(self, self.store, self.messages, self.settings, send)
        self.pump = Pump(take)
        self.runs = Runs(
            self.store,
            self.files,
            self.runner,
            self.recording,
            self.messages,
            self.settings,
            self.pump.hand,
        )
        self.collector = Collector(self)
        self._build_centre()
        self._build_docks()
        self._build_frame()
        self._connect_events()
        self._connect_widgets()

    # --- building

    def _build_centre(self) -> None:
        self.canvas = CanvasView(self.store, self.selection, self.theme)
        self.faults = Faults(
            self.store,
            self.selection,
            self.runner,
            self.runs,
            self.messages,
            self.canvas.reveal,
        )
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.messages)
        column.addWidget(self.canvas, 1)
        self.setCentralWidget(centre)

    def _build_docks(self) -> None:
        self.docks = Docks(self, self.settings)
        self.library = Library()
        self.palette_list = Palette(self.theme, self.library)
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
            dock = self.docks.add(panel, panel.title, BOTTOM if panel.area == "bottom" else RIGHT)
            dock.visibilityChanged.connect(partial(self._seen_again, panel))
        self.watcher = Watcher(tuple(self.panels.values()), self._send)

    def _seen_again(self, panel: Panel, visible: bool) -> None:
        """A panel came to the front of its tabs, or went behind another."""
        self.watcher.refresh()
        if visible:  # it is laid out after this event only
            QTimer.singleShot(0, panel, lambda: panel.catch_up() if panel.seen else None)

    def _build_frame(self) -> None:
        self.toolbar = Toolbar(self.store, self.files, self.runner, self.theme)
        self.addToolBar(self.toolbar)
        self.status = StatusBar(self.store, self.runner, self._send, self.settings)
        self.setStatusBar(self.status)
        self._deeds: list[Deed | None] = deeds(self)
        self.actions_by_name = make_actions(self, self._deeds)
        menus: dict[str, QMenu] = {}
        for deed in self._deeds:
            if deed is None:
                list(menus.values())[-1].addSeparator()
                continue
            if deed.menu not in menus:
                menus[deed.menu] = self.menuBar().addMenu(f"&{deed.menu}")
            menus[deed.menu].addAction(self.actions_by_name[deed.name])
        self._recent = QMenu("Open &recent", self)
        menus["File"].insertMenu(self.actions_by_name["saveAction"], self._recent)
        panels_menu = menus["View"].addMenu("Panels")
        for dock in self.docks.all.values():
            panels_menu.addAction(dock.toggleViewAction())
        self._refresh_actions()

    def _connect_events(self) -> None:
        """Curves first, then the panels that read them."""
        routes: tuple[tuple[Receiver, tuple[type[Event], ...]], ...] = (
            (self.log.add, (Started, Losses, HeldOut, EpochDone, SettingChanged)),
            (self.recording.take, Recording.LISTENS_TO),
            (self.runs.take, (Started, Status, EpochDone, Failed, SettingChanged)),
            (self.runner.take, (Ready, Status, Started, SettingChanged)),
            (self.status.take, (Ready, Devices, Started, Status, Progress, Compiling)),
            (self.exporter.take, (ExportProgress, Exported, Failed)),
            (self.custom.take, (Tried,)),
            (self._take, (Failed, Thumbnails, Started, Status, StoppedEarly)),
            (self._take, (Prediction, Ready, Compiling)),
        )
        for receiver, kinds in routes:
            for kind in kinds:
                self.pump.connect_to(kind, receiver)
        for panel in self.panels.values():
            for kind in panel.events:
                self.pump.connect_to(kind, panel.take)
        self._hurry = QTimer(self)
        self._hurry.setInterval(HURRY_MS)
        self._hurry.setTimerType(Qt.TimerType.PreciseTimer)
        self._hurry.timeout.connect(self.pump.deliver)
        self._calm = single_shot(self, HURRY_FOR_MS)
        self._calm.timeout.connect(self._hurry.stop)
        pad = self.panels["tryPanel"]
        if isinstance(pad, DigitPadPanel):
            pad.expects_answer.connect(self._expect_answer)

    def _connect_widgets(self) -> None:
        self.palette_list.chosen.connect(self.canvas.insert)
        self.custom.added.connect(self.canvas.insert_block)
        self.palette_list.piece_chosen.connect(self.canvas.insert_piece)
        self.palette_list.told.connect(lambda why: self.messages.tell("error", why))
        self.canvas.editing.keep_asked.connect(self.keep_block)
        self.inspector.group_page.keep_asked.connect(self.keep_block)
        self.palette_list.left.connect(self.focus_canvas)
        self.inspector.left.connect(self.focus_canvas)
        self.inspector.node_page.trust_asked.connect(self.custom.ask_trust)
        self.canvas.told.connect(self._say)
        self.canvas.space_tapped.connect(self.runner.toggle)
        self.toolbar.train_pressed.connect(self.runner.train)
        self.recording.problem.connect(lambda why: self.messages.tell("warning", why))
        self.store.refused.connect(lambda why: self.messages.tell("error", why))
        self.runner.refused.connect(self._refused)
        self.runner.changed.connect(self._mark_changes)
        self.exporter.doing.connect(self._say)
        self.store.changed.connect(self._document_changed)
        self.files.changed.connect(self._refresh_actions)
        self.selection.changed.connect(lambda ids: self.watcher.refresh())
        problems = self.panels["problemsPanel"]
        if isinstance(problems, ProblemsPanel):
            problems.trust_asked.connect(self.custom.ask_trust)
            problems.title_changed.connect(self.docks.all["problemsPanel"].setWindowTitle)
            self.docks.all["problemsPanel"].setWindowTitle(problems.tab_title)

    # --- what others ask

    def open_document(self, path: Path) -> bool:
        """Open a document's file or a run's folder."""
        return self.files.open_path(path)

    def load_weights(self, path: Path) -> None:
        """Fill the present document's network from a .safetensors file."""
        plan = self.store.plan
        if not plan.ready:
            reason = plan.problems[0].message if plan.problems else "The canvas is empty."
            self.messages.tell("error", f"{path.name} can't be loaded: {reason}")
            return
        self.runner.weights_loaded(plan.document)
        self._send(LoadWeights(plan, path))

    def use_theme(self, name: str) -> None:
        """`light`, `dark` or `system`; remembered."""
        self.settings.setValue("theme", name)
        self._use_theme(name)

    def _use_theme(self, name: str) -> None:
        if name in ("light", "dark"):
            self.theme.use(name == "dark")
        else:
            self.theme.follow_system()

    def arrange(self, arrangement: Arrangement) -> None:
        """Build, Train or Look inside."""
        self.docks.arrange(arrangement)
        self._say(f"Arrangement: {ARRANGEMENTS[arrangement]}")

    def ask_open(self) -> None:
        """Choose a document to open."""
        chosen, _ = QFileDialog.getOpenFileName(self, "Open", "", "Documents (*.json)")
        if chosen:
            self.open_document(Path(chosen))

    def ask_weights(self) -> None:
        """Choose trained weights."""
        chosen, _ = QFileDialog.getOpenFileName(self, "Load weights", "", "Weights (*.safetensors)")
        if chosen:
            self.load_weights(Path(chosen))

    def save(self) -> bool:
        """To where the document came from; asks where that is unknown."""
        return self.files.save_to(self.files.path) if self.files.path else self.ask_save()

    def ask_save(self) -> bool:
        """Choose where to save; False when cancelled."""
        name = str(self.files.path or f"{self.store.document.title}.json")
        chosen, _ = QFileDialog.getSaveFileName(self, "Save as", name, "Documents (*.json)")
        if not chosen:
            return False
        path = Path(chosen)
        return self.files.save_to(path if path.suffix else path.with_suffix(".json"))

    def find_block(self) -> None:
        """To the palette's search field."""
        self.docks.show("palette")
        self.palette_list.search.setFocus()
        self.palette_list.search.selectAll()

    def edit_parameters(self) -> None:
        """To the inspector's first field."""
        self.docks.show("inspector")
        self.inspector.focus_first()

    def keep_block(self, name: str) -> None:
        """Put a group among the user's own blocks."""
        try:
            entry = self.library.keep(self.store.document, name)
        except LibraryError as error:
            self.messages.tell("error", str(error))
            return
        self.docks.show("palette")
        self._say(f"{entry.title} is in the palette now, under My blocks.")

    def focus_canvas(self) -> None:
        """Keys go to the canvas."""
        self.canvas.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def show_runs(self) -> None:
        """To the table of recorded runs."""
        self.docks.show("runsPanel")
        runs = self.panels["runsPanel"]
        if isinstance(runs, RunsPanel):
            runs.table.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def show_sweep(self) -> None:
        """To the ranges of a sweep."""
        self.docks.show("sweepPanel")
        self.panels["sweepPanel"].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def fix_problem(self) -> None:
        """Repair the selected block's problem, or else the first that has a fix."""
        plan, one = self.store.plan, self.selection.one
        own = [plan.problem_of[one]] if one is not None and one in plan.problem_of else []
        mendable = (p for p in (*own, *plan.problems) if p.fix is not None or p.trust)
        problem = next(mendable, None)
        if problem is not None and problem.trust and problem.node is not None:
            self.custom.ask_trust(problem.node)
        elif problem is not None and problem.fix is not None:
            self.canvas.editing.fix(problem.fix)
        else:
            self._say("No problem here has a fix." if plan.problems else "There is no problem.")

    def show_commands(self) -> None:
        """The command palette."""
        CommandPalette(self, self._deeds, all_actions=True).open()

    def show_shortcuts(self) -> None:
        """The shortcut sheet."""
        CommandPalette(self, self._deeds, all_actions=False).open()

    # --- what happens

    def _take(self, event: Event) -> None:
        if isinstance(event, Failed):
            self.faults.tell(event)
        elif isinstance(event, StoppedEarly):
            self.messages.tell("good", event.told)
        elif isinstance(event, Thumbnails):
            self.canvas.canvas.set_thumbnails(event.pictures)
        elif isinstance(event, Compiling) and event.stage == "failed":
            self.messages.tell("warning", event.message, event.details)
        elif isinstance(event, Compiling) and event.stage == "done":
            self._say(event.message)
        elif isinstance(event, Prediction):
            self._hurry.stop()
        elif isinstance(event, Status):
            self.collector.settle()
            self.faults.follow(event.state)
            self._refresh_actions()
            self.watcher.refresh()
        elif isinstance(event, Ready):
            self.watcher.refresh()

    def _expect_answer(self) -> None:
        self._hurry.start()
        self._calm.start()

    def _say(self, text: str) -> None:
        self.status.say(text)

    def _refused(self, why: str) -> None:
        self.messages.tell("warning", why)
        self.docks.show("problemsPanel")

    def _document_changed(self, before: Document, after: Document, plan: Plan) -> None:
        self.runner.follow(before, after)
        self._refresh_actions()
        self.watcher.refresh()

    def _mark_changes(self) -> None:
        runner = self.runner
        self.canvas.canvas.set_run_document(runner.document if runner.changed_since() else None)

    def _refresh_actions(self) -> None:
        history = self.store.history
        for name, label, verb in (
            ("undoAction", history.undo_label, "Undo"),
            ("redoAction", history.redo_label, "Redo"),
        ):
            self.actions_by_name[name].setEnabled(bool(label))
            self.actions_by_name[name].setText(f"&{verb} {label}".rstrip())
        star = "*" if self.store.modified else ""
        self.setWindowTitle(f"{self.store.document.title}{star} - {NAME}")
        self._recent.clear()
        for path in self.files.recent:
            action = QAction(path.name, self._recent)
            action.setToolTip(str(path))
            action.triggered.connect(lambda checked=False, path=path: self.open_document(path))
            self._recent.addAction(action)
        self._recent.setEnabled(not self._recent.isEmpty())

    # --- Qt

    @guarded
    def showEvent(self, event: QShowEvent) -> None:
        """Places as they were, or the first arrangement."""
        super().showEvent(event)
        if not self.docks.restore():
            self.docks.arrange("train")
            QTimer.singleShot(0, self._settle_docks)
        self.canvas.fit()
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
        local = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if local:
            path = Path(local[0])
            if path.suffix == ".safetensors":
                self.load_weights(path)
            else:
                self.open_document(path)

    @guarded
    def closeEvent(self, event: QCloseEvent) -> None:
        """Unsaved changes stay in the autosaved copy; the engine thread ends before the window."""
        self.docks.remember()
        self.files.close()
        self.collector.stop()
        self.watcher.stop()
        self.runner.stop_waiting()
        self.pump.stop()
        self._hurry.stop()
        self._end_engine()
        self.recording.close(self._take_events())
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
