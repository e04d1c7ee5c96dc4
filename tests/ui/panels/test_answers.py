"""An answer stands only beside the very input, network and dataset that it belongs to."""

import random
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from explorer.datasets.catalogue import datasets
from explorer.graph import edits
from explorer.graph.document import Document
from explorer.plan.documents import examples, read
from explorer.plan.plan import plan
from explorer.protocol import commands as do
from explorer.protocol.events import Prediction, Ready, Started, Status, Watched
from explorer.ui.panels.try_it import questions
from explorer.ui.panels.try_it.digit_pad import DigitPadPanel
from explorer.ui.session import untrained
from explorer.ui.session.runner import Runner
from explorer.ui.window.watcher import Watcher
from tests.making import block

EXAMPLES = [read(examples()[name]).document for name in ("tutorial-cnn", "mlp", "tutorial-lstm")]
LATE_MS = 30


@dataclass(frozen=True)
class Fact:
    """What an answer is about."""

    picture: bytes
    network: Document
    run: int
    sample: int | None = None
    label: int | None = None


class Engine:
    """Carries commands out late, as the real one may; every answer of it is another one."""

    def __init__(self, seed):
        self.waiting, self.said = [], []
        self.network, self.run, self.state = None, 0, "untrained"
        self.watch = do.Watch()
        self.facts = {}
        self.numbers = np.random.default_rng(seed)

    def send(self, command):
        if isinstance(command, do.Predict | do.Watch):
            self.waiting = [c for c in self.waiting if type(c) is not type(command)]
        self.waiting.append(command)

    def obey(self):
        """Carry out the next command."""
        command = self.waiting.pop(0)
        acts = {
            do.Prepare: lambda: self.enter("untrained", command.plan, 0),
            do.LoadWeights: lambda: self.enter("loaded", command.plan, 0),
            do.Train: lambda: self.begin(command),
            do.Pause: lambda: self.go("paused" if self.state == "running" else self.state),
            do.Resume: lambda: self.go("running" if self.state == "paused" else self.state),
            do.Stop: lambda: self.go("stopped" if self.state in ACTIVE else self.state),
            do.Rewind: lambda: self.begin(do.Train(self.run, plan(self.network), True)),
            do.Predict: lambda: self.predict(command),
            do.Watch: lambda: self.look(command),
        }
        acts.get(type(command), lambda: None)()

    def begin(self, command):
        self.said.append(Started(command.run, 10, 10, 1, "CPU"))
        self.enter("paused" if command.paused else "running", command.plan, command.run)

    def enter(self, state, planned, run):
        self.network, self.run = planned.document, run
        self.go(state)

    def go(self, state):
        if self.network is not None:
            self.state = state
            self.said.append(Status(self.run, state))
            self.look(self.watch)

    @property
    def dataset(self):
        return datasets()[self.network.dataset]

    def predict(self, command):
        fits = self.network is not None and command.picture.shape == self.dataset.shape.dims
        if fits and self.named(command) in ("", self.network.dataset):
            answer = self.answer(command.picture)
            self.tell(Prediction, self.run, command.request, 0, answer, network=self.network)

    def look(self, watch):
        self.watch = watch
        if self.network is None or self.named(watch) not in ("", self.network.dataset):
            return
        sample = watch.sample
        if not isinstance(sample, int):
            if sample.shape == self.dataset.shape.dims:
                self.tell(
                    Watched, self.run, sample, None, self.answer(sample), network=self.network
                )
            return
        picture = np.full(self.dataset.shape.dims, sample % 16, np.uint8)
        label = int(self.numbers.integers(10))
        answer = self.answer(picture, sample, label)
        self.tell(Watched, self.run, picture, label, answer, network=self.network, sample=sample)

    def named(self, command):
        return getattr(command, "dataset", "")

    def answer(self, picture, sample=None, label=None):
        raw = self.numbers.random(len(self.dataset.classes)).astype(np.float32)
        made = raw / raw.sum()
        self.facts[made.tobytes()] = Fact(picture.tobytes(), self.network, self.run, sample, label)
        return made

    def tell(self, kind, *values, **named):
        known = {field.name for field in fields(kind)}
        self.said.append(kind(*values, **{k: v for k, v in named.items() if k in known}))


ACTIVE = ("running", "paused")


class Pad:
    """The panel with what the window has around it, used at random."""

    def __init__(self, qtbot, table, seed):
        self.qtbot, self.store, self.chance = qtbot, table.store, random.Random(seed)
        self.engine = Engine(seed)
        self.runner = Runner(self.store, self.engine.send)
        self.panel = table.put(DigitPadPanel, 300, 420)
        self.panel.questions._send = self.engine.send
        self.watcher = Watcher((self.panel,), self.engine.send)
        self.store.changed.connect(lambda before, after, plan: self.watcher.refresh())
        self.pictures = []  # of the present drawing, as the pen went on
        self.take(Ready(0, "cpu", "CPU", "2"))
        self.runner._untrained.build()

    def take(self, event):
        self.runner.take(event) if type(event) in (Ready, Started, Status) else None
        if type(event) in self.panel.events:
            self.panel.take(event)
        if isinstance(event, Status | Ready):
            self.watcher.refresh()

    # --- what a user does

    def stroke(self):
        surface = self.panel.drawing.surface
        if not surface.isVisible():
            return
        places = [
            QPoint(self.chance.randrange(surface.width()), self.chance.randrange(surface.height()))
            for _ in range(self.chance.randint(2, 5))
        ]
        QTest.mousePress(surface, Qt.MouseButton.LeftButton, pos=places[0])
        for place in places:
            QTest.mouseMove(surface, place)
            self.note()
            self.check()
        QTest.mouseRelease(surface, Qt.MouseButton.LeftButton, pos=places[-1])

    def clear(self):
        self.panel.drawing.clear_button.click()

    def take_back(self):
        self.panel.drawing.undo_button.click()

    def draw(self):
        self.panel.draw_button.click()

    def test(self):
        self.panel.test_button.click()

    def other_sample(self):
        self.panel.samples.index.setValue(self.chance.randrange(200))

    def dataset(self):
        name = self.chance.choice([*datasets(), "mnist", "no such thing"])
        self.store.edit("Dataset", lambda d: edits.set_dataset(d, name))

    def edit(self):
        kind = self.chance.choice(["relu", "dropout", "linear"])
        wires = self.store.document.wires
        if wires:
            wire = self.chance.choice(wires)
            self.store.edit(
                "Insert",
                lambda d: edits.insert_before(d, wire.target, wire.input, block(kind))[0],
            )

    def undo(self):
        self.store.undo()

    def redo(self):
        self.store.redo()

    def open(self):
        self.store.open(self.chance.choice(EXAMPLES))

    def train(self):
        self.runner.train()

    def pause(self):
        self.runner.pause()

    def stop(self):
        self.runner.stop()

    def rewind(self):
        self.runner.rewind()

    def load(self):
        if self.store.plan.ready:
            self.runner.weights_loaded(self.store.document)
            self.engine.send(do.LoadWeights(self.store.plan, Path("weights")))

    # --- what the engine does

    def obey(self):
        for _ in range(self.chance.randint(1, 4)):
            if self.engine.waiting:
                self.engine.obey()

    def hear(self):
        for _ in range(self.chance.randint(1, 4)):
            if self.engine.said:
                self.take(self.engine.said.pop(0))
                self.check()

    def wait(self):
        self.qtbot.wait(self.chance.choice([1, 2, 5]))

    def settle(self):
        """Until nothing is on its way any more."""
        for _ in range(50):
            self.qtbot.wait(3)
            while self.engine.waiting:
                self.engine.obey()
            while self.engine.said:
                self.take(self.engine.said.pop(0))
            self.check()
        self.check(settled=True)

    # --- the law

    def note(self):
        picture = self.panel.questions.picture
        if picture is None:
            self.pictures.clear()
        elif not self.pictures or self.pictures[-1] != picture.tobytes():
            self.pictures.append(picture.tobytes())

    def check(self, settled=False):
        panel, document = self.panel, self.store.document
        if panel.bars.values is None:
            assert not panel.reply.prediction.text()[:1].isalnum()
            assert panel.verdict.text() == ""
            assert not (settled and self.must_answer())
            return
        fact = self.engine.facts[np.asarray(panel.bars.values, np.float32).tobytes()]
        assert fact.network.dataset == document.dataset
        assert tuple(panel.bars.names) == datasets()[document.dataset].classes
        if panel.draws:
            allowed = self.pictures[-1:] if settled else self.pictures
            assert fact.picture in allowed
            assert panel.verdict.text() == ""
        else:
            assert fact.sample == panel.samples.index.value()
            assert panel.samples.view.picture.tobytes() == fact.picture
            right = int(np.argmax(panel.bars.values)) == fact.label
            assert panel.verdict.text() == ("✓ right" if right else "✗ wrong")
        named = panel.reply.note.text()
        if not named:
            ends = {n.id for n in document.nodes.values() if n.block.role == "output"}
            assert self.store.still_drawn(fact.network) >= ends
        if settled:
            assert fact.network is self.engine.network
            assert fact.run == self.engine.run

    def must_answer(self):
        """There is an input, and a network that takes it."""
        network, document = self.engine.network, self.store.document
        asked = self.panel.questions.picture is not None or not self.panel.draws
        return (
            asked
            and network is not None
            and self.store.plan.ready
            and (network.dataset == document.dataset)
        )


DOES = [Pad.stroke] * 5 + [Pad.clear, Pad.take_back, Pad.draw, Pad.draw, Pad.test, Pad.test]
DOES += [Pad.other_sample] * 2 + [Pad.dataset, Pad.dataset, Pad.edit, Pad.undo, Pad.undo, Pad.redo]
DOES += [Pad.open, Pad.train, Pad.train, Pad.pause, Pad.stop, Pad.rewind, Pad.load]
DOES += [Pad.obey] * 8 + [Pad.hear] * 8 + [Pad.wait] * 2


@pytest.mark.parametrize(
    "seed", [*range(8), *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(8, 200))]
)
def test_an_answer_belongs_to_what_stands_beside_it(qtbot, table, seed, monkeypatch):
    monkeypatch.setattr(untrained, "SETTLE_MS", 1)
    monkeypatch.setattr(questions, "PREDICT_MS", 1)
    monkeypatch.setattr(questions, "LATE_MS", LATE_MS)
    pad = Pad(qtbot, table, seed)
    for number in range(250):
        act = pad.chance.choice(DOES)
        before = pad.panel.draws, pad.store.document.dataset
        act(pad)
        after = pad.panel.draws, pad.store.document.dataset
        if act in (Pad.clear, Pad.take_back) or before != after:
            pad.pictures.clear()
        pad.note()
        pad.check()
        if number % 60 == 59:
            pad.settle()
    pad.settle()
