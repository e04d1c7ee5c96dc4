"""The longest step of the GUI thread, panel by panel: many runs, many blocks, long texts.

Each panel is brought to the front, gets what the engine tells while it trains, the document is
edited, and all its tabs, lists and tables are gone through. What is printed is the longest time
that the thread worked before it looked at the mouse again.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from tests.bench._home import own_home

BAR_MS = 100
RUNS = 200
BLOCKS = 300
ROUNDS = 5
CHOSEN = 12  # runs, at once
LONG = "A long text that somebody has pasted. " * 60


@dataclass(frozen=True)
class Longest:
    """One step: milliseconds that the thread computed, and that passed; what was done."""

    worked_ms: float
    passed_ms: float
    what: str


def main() -> None:
    """Print the figures, a line each."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        own_home(Path(folder))
        found = measured(Path(folder) / "runs", RUNS, BLOCKS, ROUNDS)
    print(f"longest step of the GUI thread; {RUNS} runs, {BLOCKS} blocks (bar: {BAR_MS} ms)")
    for name, step in found.items():
        told = "" if step.worked_ms < BAR_MS else "   NOT REACHED"
        print(
            f"  {name:<18} {step.worked_ms:7.0f} ms at work, {step.passed_ms:7.0f} ms in all: "
            f"{step.what}{told}"
        )


def measured(folder: Path, runs: int, blocks: int, rounds: int) -> dict[str, Longest]:
    """The longest step of each panel, by its name; the store of runs is in this folder."""
    from explorer.ui.kit.application import ensure_application
    from explorer.ui.window.assembly import main_window

    ensure_application()
    fill_store(folder, runs, blocks)
    window = main_window(lambda command: None, list, lambda: None)
    window.resize(1440, 900)
    try:
        window.store.open(chain(blocks))
        window.show()
        live()  # the docks are laid out
        return {name: longest_of(window, name, rounds) for name in window.panels}
    finally:
        window.store.mark_saved(window.store.document)
        window.close()
        window.deleteLater()


# --- much of everything


def chain(blocks: int):
    """Linear layers and activations, with names as long as they may be; it can be trained."""
    from explorer.blocks.catalogue import catalogue
    from explorer.graph.document import Document, Wire
    from explorer.graph.edits import add_node, connect, rename, set_dataset, set_title

    kinds = catalogue()
    document = set_title(set_dataset(Document(), "digits-8x8"), LONG[:200])
    document, before = add_node(document, kinds["input"]())
    for place in range(1, blocks):
        kind = "flatten" if place == 1 else ("linear", "relu")[place % 2]
        block = kinds[kind](out_features=16) if kind == "linear" else kinds[kind]()
        document, name = add_node(document, block, place % 20 * 228.0, place // 20 * 168.0)
        document = connect(document, Wire(before, name))
        long_name = f"{kind}{place}_{'x' * 40}"[:40]
        document, before = rename(document, name, long_name), long_name
    for kind in ("linear", "output"):
        block = kinds[kind](out_features=10) if kind == "linear" else kinds[kind]()
        document, name = add_node(document, block, 0.0, -168.0)
        document, before = connect(document, Wire(before, name)), name
    return document


def fill_store(folder: Path, runs: int, blocks: int) -> None:
    """Runs of different networks, with curves, tags and notes."""
    from explorer.graph.edits import set_training
    from explorer.plan.documents import examples, read
    from explorer.records.store import RunStore

    documents = [read(file).document for file in examples().values()] + [chain(blocks)]
    store = RunStore.open(folder)
    for number in range(runs):
        document = documents[number % len(documents)]
        record = store.begin(set_training(document, {"seed": number}), {"torch": "2"})
        store.add(record.id, told_of(record.id))
        store.note(record.id, LONG)
        store.tag(record.id, [f"tag{k}" for k in range(20)])
        store.end(record.id, "finished")
    store.close()


def told_of(run: int):
    """What a run has told by its end, but for Started."""
    from explorer.protocol.events import EpochDone, HeldOut, Losses

    steps = np.arange(1, 2001)
    losses = (1 / steps + 0.01 * (run % 7)).astype(np.float32)
    yield Losses(run, steps, losses, losses)
    for epoch in range(1, 11):
        yield HeldOut(run, 200 * epoch, 500, 0.5, 0.8)
        matrix = np.full((10, 10), 100, np.int64)
        yield EpochDone(run, epoch, 200 * epoch, 0.4, 0.9, 0.5, 0.9, 1.0, matrix)


def told_while_training(run: int, turn: int, node: str, names: list[str]):
    """What the engine tells at each look, of every kind."""
    from explorer.protocol import events as e

    chance = np.random.default_rng(turn)

    def normal(*shape: int):
        return chance.standard_normal(shape).astype(np.float32)

    step = 2000 + turn
    yield e.Losses(run, np.array([step]), np.ones(1, np.float32), np.ones(1, np.float32))
    yield e.Progress(run, step, 10_000, 100.0, 60.0, 0.001)
    yield e.SettingChanged(run, step, "rate", 0.001 * turn)
    yield e.Activation(run, node, step, normal(64, 28, 28))
    yield e.Kernels(run, node, step, normal(64, 32, 3, 3), normal(64))
    yield e.Attention(run, node, step, normal(8, 64, 64))
    gates = {name: normal(64, 128) for name in ("input", "forget", "cell", "output", "state")}
    yield e.Hidden(run, node, step, normal(64, 128), gates)
    yield e.Thumbnails(run, step, {name: normal(8, 8) for name in names})
    yield e.StepTimes(run, step, 64, dict.fromkeys(names, 0.001))
    yield e.Watched(run, np.zeros((1, 8, 8), np.uint8), 3, np.full(10, 0.1, np.float32))


# --- hands


def longest_of(window, name: str, rounds: int) -> Longest:
    """Bring it to the front, and do all that can be done in it."""
    window.docks.show(name)
    watch = Watch()
    live()
    for turn in range(rounds):
        for what, act in acts(window, name, turn):
            watch.now = what
            act()
            live()
    return watch.stop()


def acts(window, name: str, turn: int):
    """What happens around a panel, then everything in it that can be chosen, one after another."""
    from explorer.graph.edits import set_training
    from explorer.protocol.events import Started

    names = list(window.store.document.nodes)
    node = names[turn * 7 % len(names)]
    run = 1000 + turn
    yield "select a block", lambda: window.selection.set((node,))
    yield "a run begins", lambda: window.pump.hand(Started(run, 200, 10_000, 1, "CPU"))
    yield "a run's events", lambda: hand(window, told_of(run))
    for _ in range(3):
        yield "training", lambda: hand(window, told_while_training(run, turn, node, names))
    batch = 32 + turn
    yield "edit", lambda: window.store.edit("Set", lambda d: set_training(d, {"batch": batch}))
    yield "undo", window.store.undo
    yield from choices(window.panels[name])


def choices(panel):
    """Each tab, each entry of each list, rows of each table: few, as many as one compares, all."""
    from PySide6.QtWidgets import QAbstractItemView, QComboBox, QTabBar

    for tabs in panel.findChildren(QTabBar):
        for page in range(tabs.count()):
            yield f"{tabs.objectName()}: {page}", lambda t=tabs, p=page: t.setCurrentIndex(p)
            for table in panel.findChildren(QAbstractItemView):
                if table.isVisible():
                    yield from rows_of(table, f" on page {page}")
    for box in panel.findChildren(QComboBox):
        for place in range(min(box.count(), 4) if box.isVisible() else 0):
            yield f"{box.objectName()}: {place}", lambda b=box, p=place: b.setCurrentIndex(p)


def rows_of(table, where: str):
    """Some of its rows, and all."""
    for count in (1, CHOSEN, table.model().rowCount()):
        yield f"{count} rows of {table.objectName()}{where}", lambda n=count: choose(table, n)


def choose(table, count: int) -> None:
    """The first rows."""
    from PySide6.QtCore import QItemSelection, QItemSelectionModel

    model = table.model()
    last = model.index(min(count, model.rowCount()) - 1, max(model.columnCount() - 1, 0))
    flags = QItemSelectionModel.SelectionFlag
    table.selectionModel().select(QItemSelection(model.index(0, 0), last), flags.ClearAndSelect)


def hand(window, events) -> None:
    """As one delivery of the pump."""
    for event in events:
        window.pump.hand(event)


def live(milliseconds: int = 60) -> None:
    """Let the window live."""
    from explorer.ui.tour.guide import rest

    rest(milliseconds)


class Watch:
    """The longest time between two turns of the event loop."""

    def __init__(self) -> None:
        from PySide6.QtCore import QTimer

        self.now = "show"
        self.longest = Longest(0.0, 0.0, "")
        self._timer = QTimer(interval=0)
        self._timer.timeout.connect(self._turn)
        self._worked, self._passed = time.thread_time(), time.perf_counter()
        self._timer.start()

    def _turn(self) -> None:
        worked, passed = time.thread_time(), time.perf_counter()
        step = Longest(1e3 * (worked - self._worked), 1e3 * (passed - self._passed), self.now)
        if step.worked_ms > self.longest.worked_ms:
            self.longest = step
        self._worked, self._passed = worked, passed

    def stop(self) -> Longest:
        """The longest one so far."""
        self._turn()
        self._timer.stop()
        return self.longest


if __name__ == "__main__":
    main()
