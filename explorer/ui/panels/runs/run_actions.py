"""What can be done with the selected runs: buttons, keys, context menu, and why not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QSpinBox, QToolButton, QWidget

from explorer.records.record import RunRecord
from explorer.ui.kit.named import named
from explorer.ui.panels.runs.run_exports import RunExports
from explorer.ui.panels.runs.runs_table import RunsTable
from explorer.ui.session.runs import SEEDS, Runs

Chosen = Sequence[RunRecord]
NATIVE = QKeySequence.SequenceFormat.NativeText


@dataclass(frozen=True, slots=True)
class Act:
    """One thing to do; `why_not` is empty where it can be done."""

    name: str
    text: str
    tip: str
    keys: str
    do: Callable[[Chosen], object]
    why_not: Callable[[Chosen], str]
    button: bool = True


class RunActs(QObject):
    """The acts on a table's selected runs. Keys hold while it has the focus."""

    words_wanted = Signal()  # tags and note should be seen

    def __init__(self, table: RunsTable, epochs: QSpinBox, runs: Runs | None) -> None:
        """`epochs`: how many more are trained."""
        super().__init__(table)
        self._table, self._epochs, self._runs = table, epochs, runs
        self.trashed = 0  # runs in the trash
        self._acts = self._all()
        self.actions = {act.name: self._action(act) for act in self._acts}
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        table.addActions(list(self.actions.values()))

    def _all(self) -> tuple[Act, ...]:
        return (
            Act(
                "load",
                "&Load",
                "Its document on the canvas, with its weights",
                "Return",
                lambda chosen: self._need().look_at(chosen[0]),
                self._no_load,
            ),
            Act(
                "best",
                "Load its &best",
                "Its document on the canvas, with the weights of the epoch whose test loss was "
                "smallest",
                "Shift+Return",
                lambda chosen: self._need().look_at(chosen[0], best=True),
                self._no_best,
                button=False,
            ),
            Act(
                "resume",
                "Res&ume",
                "Go on exactly where its last checkpoint was written",
                "Ctrl+Return",
                lambda chosen: self._need().resume(chosen[0]),
                self._no_resume,
            ),
            Act(
                "again",
                "Run &again",
                "The same document from its initial weights",
                "Ctrl+R",
                lambda chosen: self._need().again(chosen[0]),
                self._no_again,
            ),
            Act(
                "seeds",
                f"{SEEDS} &seeds",
                f"{SEEDS} runs of the same document one after the other, each with a seed that it "
                "has not had yet",
                "Ctrl+Shift+R",
                lambda chosen: self._need().again(chosen[0], SEEDS, self._table.records()),
                self._no_again,
            ),
            Act(
                "more",
                "Train &more",
                "So many epochs more than it was to have; the rate follows the new length",
                "Ctrl+M",
                lambda chosen: self._need().more(chosen[0], self._epochs.value()),
                self._no_more,
            ),
            Act(
                "words",
                "&Tags and note…",
                "What you have to say of it",
                "F2",
                lambda chosen: self.words_wanted.emit(),
                _one,
                button=False,
            ),
            Act(
                "csv",
                "Export as &CSV…",
                "All that was measured, as a table; one file for each run",
                "Ctrl+E",
                lambda chosen: self._exports().ask_csv(chosen),
                _no_curves,
                button=False,
            ),
            Act(
                "report",
                "Export as HTML &report…",
                "One page to read, send or print: curves, diagram, confusion matrix, settings; "
                "several runs are compared",
                "Ctrl+Shift+E",
                lambda chosen: self._exports().ask_report(chosen),
                lambda chosen: "" if chosen else NONE_CHOSEN,
                button=False,
            ),
            Act(
                "tensorboard",
                "Export as Tensor&Board log…",
                "All that was measured, in a folder for each run that TensorBoard reads",
                "",
                lambda chosen: self._exports().ask_tensorboard(chosen),
                _no_curves,
                button=False,
            ),
            Act(
                "delete",
                "&Delete",
                "Into the trash; Undo brings it back",
                "Del",
                lambda chosen: self._need().delete(chosen),
                self._no_delete,
            ),
            Act(
                "trash",
                "Empty the tras&h…",
                "Remove what is in the trash, with its checkpoints",
                "",
                lambda chosen: self._need().empty_trash(self.trashed),
                lambda chosen: "" if self.trashed else "The trash is empty.",
                button=False,
            ),
        )

    def _action(self, act: Act) -> QAction:
        action = named(QAction(act.text, self._table), f"{act.name}RunAction")
        if act.keys:
            action.setShortcut(QKeySequence(act.keys))
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(lambda: act.do(self._table.chosen()))
        return action

    def buttons(self) -> list[QWidget]:
        """For the panel's head, in order; the epochs stand before the button that reads them."""
        made: list[QWidget] = []
        for act in self._acts:
            if not act.button:
                continue
            if act.name == "more":
                made.append(self._epochs)
            button = named(QToolButton(), f"{act.name}RunButton", act.text.replace("&", ""))
            button.setDefaultAction(self.actions[act.name])
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            made.append(button)
        return [*made, self._rest()]

    def _rest(self) -> QToolButton:
        button = named(QToolButton(), "moreRunActions", "More to do with runs")
        button.setText("More ▾")
        button.setStyleSheet("QToolButton::menu-indicator { image: none; }")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        menu.addActions([self.actions[act.name] for act in self._acts if not act.button])
        menu.setToolTipsVisible(True)
        button.setMenu(menu)
        return button

    def activate(self) -> None:
        """Enter, or a double click."""
        self.actions["load"].trigger()

    def enable(self, chosen: Chosen) -> None:
        """What can be done can be pressed; what can't says why."""
        for act in self._acts:
            why_not = "Runs are not recorded here." if self._runs is None else act.why_not(chosen)
            action = self.actions[act.name]
            action.setText(_named(act, chosen))
            action.setEnabled(not why_not)
            keys = f" ({QKeySequence(act.keys).toString(NATIVE)})" if act.keys else ""
            action.setToolTip(f"{act.tip}{keys}" + (f"\nNot now: {why_not}" if why_not else ""))
            action.setStatusTip(why_not)

    # --- why not

    def _need(self) -> Runs:
        if self._runs is None:
            raise RuntimeError("no act is enabled where nothing is recorded")
        return self._runs

    def _exports(self) -> RunExports:
        return RunExports(self._table, self._need())

    def _busy(self) -> str:
        going = self._runs is not None and self._runs.busy
        return "a run goes on; stop it first." if going else ""

    def _no_load(self, chosen: Chosen) -> str:
        return _one(chosen) or self._busy() or _no_checkpoint(chosen[0])

    def _no_best(self, chosen: Chosen) -> str:
        return self._no_load(chosen) or ("" if chosen[0].epochs else "no epoch of it has ended.")

    def _no_resume(self, chosen: Chosen) -> str:
        why = self._no_load(chosen)
        if not why and chosen[0].state == "running":
            return "another program is training it."
        if not why and chosen[0].state == "finished":
            return "it has come to its end; Train more lengthens it."
        return why

    def _no_again(self, chosen: Chosen) -> str:
        return _one(chosen) or self._busy()

    def _no_more(self, chosen: Chosen) -> str:
        one = _one(chosen)
        if not one and self._runs is not None and self._runs.goes_on(chosen[0]):
            return ""
        if not one and chosen[0].state == "running" and not self._busy():
            return "another program is training it."
        return one or self._no_load(chosen)

    def _no_delete(self, chosen: Chosen) -> str:
        if not chosen:
            return NONE_CHOSEN
        return "a run that goes on can't be deleted." if _any_running(chosen) else ""


NONE_CHOSEN = "no run is selected."
OF_RUN = {"again": "Run {} &again", "seeds": f"{SEEDS} &seeds of {{}}"}  # with the run's number


def _named(act: Act, chosen: Chosen) -> str:
    """What begins runs names the one that it repeats."""
    pattern = OF_RUN.get(act.name) if len(chosen) == 1 else None
    return pattern.format(chosen[0].id) if pattern is not None else act.text


def _one(chosen: Chosen) -> str:
    if len(chosen) > 1:
        return "several runs are selected; choose one."
    return "" if chosen else NONE_CHOSEN


def _no_curves(chosen: Chosen) -> str:
    without = next((record.id for record in chosen if not record.step), None)
    if without is not None:
        return f"run {without} has no curves yet: no step of it was recorded."
    return "" if chosen else NONE_CHOSEN


def _no_checkpoint(record: RunRecord) -> str:
    kept = record.checkpoint is not None or record.parent is not None
    return "" if kept else "it has no checkpoint: it ended before its first."


def _any_running(chosen: Chosen) -> bool:
    return any(each.state == "running" for each in chosen)
