"""`explorer train`: a training without a window."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.cli.documents import DOCUMENT, METRICS, WEIGHTS, named, trainable
from explorer.cli.failure import CommandError
from explorer.cli.interrupt import EXIT_STATUS, interruptible
from explorer.cli.metrics import MetricsFile
from explorer.cli.progress import ProgressLine
from explorer.graph.document import Document
from explorer.graph.edits import EditError, set_training
from explorer.graph.files import dump
from explorer.plan.plan import Plan
from explorer.protocol.events import EpochDone, Event

if TYPE_CHECKING:  # torch takes seconds to load, and mistakes should be told at once
    from explorer.engine.session import Session

SETTINGS = {"epochs": "epochs", "seed": "seed", "batch": "batch", "lr": "rate"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `train` understands."""
    parser.add_argument("document", help="an example's name, a document, or a run's folder")
    parser.add_argument("--epochs", type=int, help="passes over the training data")
    parser.add_argument("--seed", type=int, help="where the random numbers start")
    parser.add_argument("--batch", type=int, help="samples per step")
    parser.add_argument("--lr", type=float, help="learning rate")
    parser.add_argument("--steps", type=_count, help="end after so many steps")
    parser.add_argument(
        "--device", type=_device, help="cpu, cuda, mps or xpu; by default as there is"
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="where the run is saved")


def run(options: argparse.Namespace) -> int:
    """Train, save, and print the accuracy on the test samples."""
    made = trainable(_configured(named(options.document), options))
    if options.out is None:
        return _Training(made, options, None).run()
    folder = _folder(options.out)
    from explorer.engine.export.staging import staged

    with staged(folder) as stage:
        return _Training(made, options, stage).run()


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is less than 1")
    return number


def _device(text: str) -> str:
    if re.fullmatch(r"(cpu|cuda|mps|xpu)(:\d+)?", text) is None:
        raise argparse.ArgumentTypeError(f"{text!r} is none of cpu, cuda, mps, xpu")
    return text


def _configured(document: Document, options: argparse.Namespace) -> Document:
    given = {setting: getattr(options, option) for option, setting in SETTINGS.items()}
    changes = {setting: value for setting, value in given.items() if value is not None}
    try:
        return set_training(document, changes)
    except EditError as error:
        raise CommandError(str(error)) from error


def _folder(path: Path) -> Path:
    folder = path.expanduser().absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise CommandError(f"{path} is a file. Give the name of a folder.") from error
    except OSError as error:
        raise CommandError(
            f"The folder {path} can't be made: {error.strerror or error}. Give another one."
        ) from error
    return folder


class _Training:
    """One run of the command; `stage` is where its files wait until they are whole."""

    def __init__(self, made: Plan, options: argparse.Namespace, stage: Path | None) -> None:
        self.made = made
        self.options = options
        self.stage = stage
        self.last_epoch: EpochDone | None = None

    def run(self) -> int:
        from explorer.engine.session import Session, TrainingError

        session = Session(self.made, self.options.device)
        try:
            finished = self._train(session)
        except TrainingError as error:
            saved = f" {self._save(session)}" if session.step else ""
            raise CommandError(f"{error}{saved}") from error
        if not finished:
            print(f"Stopped at step {session.step:,}. {self._save(session)}", file=sys.stderr)
            return EXIT_STATUS
        accuracy = self._accuracy(session)
        print(self._save(session), file=sys.stderr)
        print(f"test accuracy {accuracy * 100:.2f} %")
        return 0

    def _train(self, session: Session) -> bool:
        """Whether it came to its end."""
        opened = (
            (self.stage / METRICS).open("w", encoding="utf-8", newline="\n")
            if self.stage
            else nullcontext()
        )
        line = ProgressLine(self.options.steps)
        with opened as file, interruptible() as interrupted:
            takers: list[Callable[[Event], None]] = [line, self._note]
            if file is not None:
                takers.append(MetricsFile(file))

            def take(event: Event) -> None:
                for taker in takers:
                    taker(event)

            try:
                return session.train(1, take, interrupted, self.options.steps)
            finally:
                line.end()

    def _note(self, event: Event) -> None:
        if isinstance(event, EpochDone):
            self.last_epoch = event

    def _accuracy(self, session: Session) -> float:
        """On all test samples; the last epoch's, where no step has followed it."""
        if self.last_epoch is not None and self.last_epoch.step == session.step:
            return self.last_epoch.test_accuracy
        return session.evaluate()[1]

    def _save(self, session: Session) -> str:
        """Put the run's files in place, all or none; says where."""
        if self.stage is None:
            return "Nothing was saved: there was no --out."
        from explorer.engine.export.staging import publish

        session.save(self.stage / WEIGHTS)
        text = dump(self.made.document)
        (self.stage / DOCUMENT).write_text(text, encoding="utf-8", newline="\n")
        files = [self.stage / name for name in (WEIGHTS, DOCUMENT, METRICS)]
        publish(files, self.stage.parent)
        return f"Saved in {self.options.out}: {', '.join(file.name for file in files)}."
