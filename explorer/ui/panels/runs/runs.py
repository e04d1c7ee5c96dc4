"""The recorded runs: find, compare, go on with, throw away."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtWidgets import (
    QComboBox,
    QLineEdit,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.plan.amounts import amount
from explorer.records.record import RunCurves, RunRecord
from explorer.records.store import RunStore
from explorer.ui.kit.elided import Elided
from explorer.ui.kit.layouts import (
    faint_words,
    fill_wide,
    page_tabs,
    row_of,
    two_sides,
    under,
)
from explorer.ui.kit.named import named
from explorer.ui.kit.numbers import Whole
from explorer.ui.kit.timers import single_shot
from explorer.ui.panels.panel import Desk, Panel
from explorer.ui.panels.runs.run_actions import RunActs
from explorer.ui.panels.runs.run_settings import RunSettings
from explorer.ui.panels.runs.run_words import RunWords
from explorer.ui.panels.runs.runs_table import Row, RunsTable

if TYPE_CHECKING:
    from explorer.ui.panels.runs.plots.compare_plot import ComparePlot

SEARCH_MS = 150
LIVE_MS, IDLE_MS = 2_000, 10_000  # between two looks into the store while it is shown
MOST_COMPARED = 12
PAGES = ("Curves", "Settings", "Notes")
METRICS = (
    "Training loss",
    "Test loss, some samples",
    "Test accuracy, some samples",
    "Test accuracy",
)
NONE_YET = "No runs yet. Press Train (or Space): every run is kept here, with its curves."
NONE_FOUND = "No run has all these words."
UNRECORDED = "Runs are not recorded here."


@dataclass(frozen=True, slots=True)
class Listing:
    """What the store holds, as far as the panel shows it."""

    rows: tuple[Row, ...]
    size: int  # bytes, all together
    trashed: int


def listing(store: RunStore, search: str) -> Listing:
    """Runs with these words, newest first."""
    rows = tuple(
        Row(each, sum(file.size for file in store.checkpoints(each.id)))
        for each in store.runs(search)
    )
    return Listing(rows, store.size(), len(store.runs(trashed=True)))


class RunsPanel(Panel):
    """A table of all runs; beside it curves, settings and words of the selected ones."""

    name = "runsPanel"
    title = "Runs"
    group = "Train"
    order = 15

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.table = RunsTable(desk.theme)
        self.settings = RunSettings(desk.theme)
        self.words = RunWords()
        self.plot: ComparePlot | None = None
        self.search = named(QLineEdit(), "runsSearch", "Search runs")
        self.epochs = named(Whole(), "moreEpochs", "Epochs to train more")
        self.acts = RunActs(self.table, self.epochs, desk.runs)
        self.message = faint_words()
        self.total = Elided()
        self._curves: dict[int, tuple[RunRecord, RunCurves]] = {}
        self._soon = single_shot(self, SEARCH_MS)
        self._again = QTimer(self)
        self._build()
        self._connect()
        self.show_listing(Listing((), 0, 0))

    # --- building

    def _build(self) -> None:
        self.search.setPlaceholderText("Search")
        self.search.setToolTip("Title, dataset, tags, note, outcome, number")
        self.search.setClearButtonEnabled(True)
        for cross in self.search.findChildren(QToolButton):
            cross.setAccessibleName("Clear the search")
        self.search.setMaximumWidth(260)
        self.epochs.setRange(1, 10_000)
        self.epochs.setPrefix("+")
        self.epochs.setFixedWidth(self.epochs.fontMetrics().horizontalAdvance("+10,000") + 30)
        left = QStackedWidget()
        left.addWidget(self.table)
        left.addWidget(self.message)
        self._left = left
        head = row_of(self.search, None, *self.acts.buttons())
        head.setStretch(0, 1)
        fill_wide(self, head, two_sides(left, self._details(), (600, 400), (3, 2)), self.total)

    def _details(self) -> QWidget:
        self.pages = page_tabs("runsPages", "What is shown of the selected runs", PAGES)
        self.measure = named(QComboBox(), "runsMetric", "What the curves show")
        self.measure.addItems(METRICS)
        self.stack = QStackedWidget()
        self._plot_place = QWidget()
        QVBoxLayout(self._plot_place).setContentsMargins(0, 0, 0, 0)
        for content in (self._plot_place, self.settings, self.words):
            self.stack.addWidget(content)
        self.stack.setMinimumSize(220, 60)
        return under(row_of(self.pages, None, self.measure), self.stack)

    def _connect(self) -> None:
        self.search.textChanged.connect(self._soon.start)
        self._soon.timeout.connect(self.refresh)
        self._again.timeout.connect(self._changed)
        self.table.selectionModel().selectionChanged.connect(self._chosen)
        self.table.activated.connect(self.acts.activate)
        self.acts.words_wanted.connect(self.show_words)
        self.pages.currentChanged.connect(self._turn)
        self.measure.currentTextChanged.connect(self._draw)
        self.words.tagged.connect(self._tag)
        self.words.noted.connect(self._note)
        runs = self.desk.runs
        if runs is not None:
            runs.recording.changed.connect(self._changed)
            runs.changed.connect(self._enable)

    # --- the list

    def _changed(self) -> None:
        if self.seen:
            self.refresh()

    def refresh(self) -> None:
        """Ask the store."""
        if self.desk.runs is not None:
            words = self.search.text()
            question = partial(listing, search=words)
            self.desk.runs.recording.ask(question, self.show_listing, self._say)

    def show_listing(self, found: Listing) -> None:
        """Show these runs."""
        new = self.table.show_rows(found.rows)
        self.acts.trashed = found.trashed
        going = any(row.record.state == "running" for row in found.rows)
        self._again.setInterval(LIVE_MS if going else IDLE_MS)
        if found.rows:
            self._left.setCurrentWidget(self.table)
            if not self.table.chosen():
                self.table.choose([found.rows[0].record.id])
        elif self.desk.runs is None:
            self._say(UNRECORDED)
        else:
            self._say(NONE_FOUND if self.search.text() else NONE_YET)
        count = len(found.rows)
        text = f"{count} run{'s' * (count != 1)}  ·  {amount(found.size)} on the disk"
        if found.trashed:
            text += f"  ·  {found.trashed} in the trash"
        self.total.setText(text if self.desk.runs is not None else "")
        if new or not found.rows:
            self._chosen()

    def _say(self, text: str) -> None:
        self.message.setText(text)
        self._left.setCurrentWidget(self.message)

    # --- what is shown of the selected ones

    def _chosen(self) -> None:
        self._enable()
        records = self.table.chosen()[:MOST_COMPARED]
        self.words.show_run(records[0] if len(records) == 1 else None, len(records))
        if self.stack.currentWidget() is self.settings:
            self.settings.show_runs(records)
        if self.stack.currentWidget() is self._plot_place:
            self._fetch(records)

    def _enable(self) -> None:
        self.acts.enable(self.table.chosen())

    def _turn(self, page: int) -> None:
        self.stack.setCurrentIndex(page)
        self.measure.setVisible(page == 0)
        self._chosen()

    def _fetch(self, records: list[RunRecord]) -> None:
        """Curves that are not here yet, or not as they are now."""
        missing = [r for r in records if r.id not in self._curves or self._curves[r.id][0] != r]
        runs = self.desk.runs
        if runs is None or not missing:
            self._draw()
            return

        def read(store: RunStore) -> list[tuple[RunRecord, RunCurves]]:
            return [(each, store.curves(each.id)) for each in missing]

        runs.recording.ask(read, self._keep, lambda why: None)  # gone meanwhile: drawn without

    def _keep(self, found: list[tuple[RunRecord, RunCurves]]) -> None:
        wanted = {record.id for record in self.table.chosen()}
        self._curves = {key: value for key, value in self._curves.items() if key in wanted}
        self._curves |= {record.id: (record, curves) for record, curves in found}
        self._draw()

    def _draw(self) -> None:
        if not self.seen or self.stack.currentWidget() is not self._plot_place:
            return
        if self.plot is None and not self._curves:
            return  # nothing to draw yet is no reason to load pyqtgraph
        from explorer.ui.panels.runs.plots import compare_plot

        if self.plot is None:
            self.plot = compare_plot.ComparePlot(self.desk.theme)
            layout = self._plot_place.layout()
            if layout is not None:
                layout.addWidget(self.plot)
        metric = self.measure.currentText()
        curves = {key: value[1] for key, value in self._curves.items()}
        records = self.table.chosen()[:MOST_COMPARED]
        self.plot.show_lines(compare_plot.lines_of(records, curves, metric), metric)

    def show_words(self) -> None:
        """To the tags."""
        self.pages.setCurrentIndex(PAGES.index("Notes"))
        self.words.tags.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.words.tags.selectAll()

    def _tag(self, run: int, tags: str) -> None:
        if self.desk.runs is not None:
            self.desk.runs.recording.change(lambda store: store.tag(run, tags.split()))

    def _note(self, run: int, note: str) -> None:
        if self.desk.runs is not None:
            self.desk.runs.recording.change(lambda store: store.note(run, note))

    def sizeHint(self) -> QSize:
        """A low, wide dock."""
        return QSize(900, 230)

    def catch_up(self) -> None:
        """What changed while nobody looked."""
        self._again.start()
        self.refresh()
        self._chosen()
