"""Our engine as a contender: headless, and under the open window."""

from argparse import Namespace
from collections.abc import Callable
from dataclasses import replace

import torch

from explorer import resources
from explorer.blocks.catalogue import block_of
from explorer.engine.run import session as sessions
from explorer.engine.run.train import Beat, Run
from explorer.engine.step.data import Data, Samples
from explorer.graph.document import Document
from explorer.graph.edits import set_training
from explorer.graph.files import dump, load
from explorer.plan.plan import plan
from explorer.protocol.mailbox import EventBox
from tests.bench._home import own_home

FOREVER = 10_000  # epochs
LOOK_MS = 50


def long_document() -> Document:
    """The bundled example, with epochs enough for any measurement."""
    text = resources.path("examples", "tutorial-cnn.json").read_bytes()
    return set_training(load(text, block_of).document, {"epochs": FOREVER})


def count_steps(stepped: Callable[[], None]) -> None:
    """From now on every run tells its steps, between two beats as its own clock wants it.

    Its figures on held-out samples are its own time; the test at the end of an epoch, which no
    other contender makes, is on a single batch.
    """

    class CountedRun(Run):
        def __init__(self, number: int, network: torch.nn.Module, data: Data, *rest) -> None:
            batch = Samples(data.test.inputs[:64], data.test.labels[:64])
            super().__init__(number, network, replace(data, test=batch), *rest)

        def advance(self) -> Beat | None:
            beat = super().advance()
            if beat is Beat.STEP:
                stepped()
            return beat

    sessions.Run = CountedRun


def train_engine(work: Namespace, stepped: Callable[[], None]) -> None:
    """Without a window: events go into the mailbox and are taken as a window would."""
    count_steps(stepped)
    session, events = sessions.Session(plan(long_document()), work.device), EventBox()
    run = session.begin(1, events.put)
    if work.threads:
        torch.set_num_threads(work.threads)
    while run.advance() is not Beat.FAULT:
        events.take()
    raise RuntimeError(f"the run failed: {events.take()}")


def train_window(work: Namespace, stepped: Callable[[], None]) -> None:
    """Under the window as it opens, with its curves and thumbnails, recording the run."""
    own_home(work.folder)
    from PySide6.QtCore import QSettings, QTimer
    from PySide6.QtWidgets import QApplication

    from explorer.app import launch

    count_steps(stepped)
    QSettings.setPath(
        QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(work.folder / "settings")
    )
    path = work.folder / "tutorial-cnn.json"
    path.write_text(dump(long_document()), encoding="utf-8")
    window = launch([str(path), "--device", work.device])
    look = QTimer()

    def train_when_ready() -> None:
        if window.runner.ready and window.runner.state == "untrained":
            look.stop()
            window.runner.train()

    look.timeout.connect(train_when_ready)
    look.start(LOOK_MS)
    QApplication.instance().exec()
