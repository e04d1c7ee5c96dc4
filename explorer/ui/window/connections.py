"""Which part of the window hears of what another part says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from explorer.graph.block import Block
from explorer.graph.document import Document
from explorer.plan.plan import Plan
from explorer.ui.panels.inside.feature_maps import FeatureMapsPanel
from explorer.ui.panels.inside.node_panel import NodePanel
from explorer.ui.panels.problems import ProblemsPanel
from explorer.ui.panels.try_it.digit_pad import DigitPadPanel
from explorer.ui.session.last_document import remember
from explorer.ui.window.helping import explain
from explorer.ui.window.window import MainWindow


def connect_parts(w: MainWindow) -> None:
    """Connect the signals of the parts with each other."""
    _connect_editing(w)
    _connect_training(w)
    _connect_words(w)
    _connect_panels(w)


def _connect_editing(w: MainWindow) -> None:
    w.palette_list.chosen.connect(w.canvas.insert)
    w.palette_list.piece_chosen.connect(w.canvas.insert_piece)
    w.custom.added.connect(w.canvas.insert_block)
    w.canvas.editing.keep_asked.connect(w.keep_block)
    w.inspector.group_page.keep_asked.connect(w.keep_block)
    w.inspector.node_page.trust_asked.connect(w.custom.ask_trust)
    w.palette_list.left.connect(w.ways.to_canvas)
    w.toolbar.chosen.connect(w.ways.to_canvas)
    w.inspector.left.connect(w.ways.to_canvas)

    def document_changed(before: Document, after: Document, plan: Plan) -> None:
        if after is not before:
            w.messages.edited()
        w.runner.follow(before, after)
        w.refresh()
        w.watcher.refresh()

    w.store.changed.connect(document_changed)
    w.files.changed.connect(w.refresh)
    w.files.changed.connect(lambda: remember(w.settings, w.files))
    w.selection.changed.connect(lambda ids: w.watcher.refresh())


def _connect_training(w: MainWindow) -> None:
    w.canvas.space_tapped.connect(w.runner.toggle)
    w.toolbar.train_pressed.connect(w.runner.train)

    def refused(why: str) -> None:
        w.messages.tell("warning", why, passing=True)
        w.docks.show("problemsPanel")

    def mark_changes() -> None:
        document = w.runner.document if w.runner.changed_since() else None
        w.canvas.canvas.set_run_document(document)

    def ask(why: str, act: Callable[[], object]) -> None:
        w.messages.tell("warning", why, actions=(("Train all the same", act),))

    w.runner.refused.connect(refused)
    w.runner.changed.connect(lambda: w.inspector.show_run(w.runner.settings))
    w.runner.asked.connect(ask)
    w.runner.large.connect(lambda why: w.messages.tell("warning", why, passing=True))
    w.runner.changed.connect(mark_changes)


def _connect_words(w: MainWindow) -> None:
    w.canvas.told.connect(w.status.say)
    w.runs.told.connect(w.status.say)
    w.exporter.doing.connect(w.status.say)
    w.palette_list.told.connect(lambda why: w.messages.tell("error", why))
    w.store.refused.connect(lambda why: w.messages.tell("error", why, passing=True))
    w.recording.problem.connect(lambda why: w.messages.tell("warning", why))


def _connect_panels(w: MainWindow) -> None:
    w.canvas.views_of = partial(_views_of, w)
    w.canvas.view_asked.connect(w.docks.show)
    w.canvas.explanation_asked.connect(lambda: explain(w))
    pad = w.panels["tryPanel"]
    if isinstance(pad, DigitPadPanel):
        pad.expects_answer.connect(w.hurry.start)
        pad.tried.connect(w.docks.make_room_to_try)
    problems = w.panels["problemsPanel"]
    if isinstance(problems, ProblemsPanel):
        problems.trust_asked.connect(w.custom.ask_trust)
        problems.title_changed.connect(lambda title: w.docks.retitle("problemsPanel", title))
        w.docks.retitle("problemsPanel", problems.tab_title)


def _views_of(w: MainWindow, block: Block) -> Mapping[str, str]:
    """The panels that show something of a block's inside, by their titles."""
    return {
        panel.title: panel.name
        for panel in w.panels.values()
        if isinstance(panel, FeatureMapsPanel)
        or (isinstance(panel, NodePanel) and block.kind in panel.kinds)
    }
