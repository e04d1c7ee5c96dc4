"""One training of the command line: who listens to it, what it leaves behind."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.cli.failure import CommandError
from explorer.cli.interrupt import EXIT_STATUS, interruptible
from explorer.cli.metrics import MetricsFile
from explorer.cli.progress import ProgressLine
from explorer.cli.recorded import Found
from explorer.graph.document import Document
from explorer.graph.edits import set_training
from explorer.graph.files import dump
from explorer.plan.amounts import percent
from explorer.plan.run_folder import CHECKPOINTS, DOCUMENT, METRICS, WEIGHTS
from explorer.protocol.events import BestEpoch, EpochDone, Event, HeldOut, StoppedEarly
from explorer.records.record import Outcome, RunRecord
from explorer.records.recorder import RunRecorder
from explorer.records.schema import StoreError
from explorer.records.store import RunStore

if TYPE_CHECKING:
    from explorer.engine.device.team import Team
    from explorer.engine.run.session import Session

RUN = 1  # the engine's number of the only run there is


class CommandTraining:
    """One run of the command; `out` is where its files go, `stage` where they wait until whole."""

    def __init__(
        self,
        options: argparse.Namespace,
        out: Path | None,
        stage: Path | None,
        found: Found | None,
        earlier: Sequence[str] = (),
    ) -> None:
        self._earlier = earlier  # lines of metrics
        self.options = options
        self.out = out
        self.stage = stage
        self.found = found
        self.last_epoch: EpochDone | None = None
        self.measured_step = -1  # the last one with a measurement on all test samples
        self.reached: HeldOut | None = None  # on all of them, after the last step
        self.better: BestEpoch | None = None  # than the weights at the end
        self.record: RunRecord | None = None
        self.recorder: RunRecorder | None = None

    def run(self, session: Session) -> int:
        """Train, save, tell; the exit status."""
        from explorer.engine.run.session import TrainingError

        self._begin_record(session)
        try:
            finished = self._train(session)
            if not finished:
                self._end("stopped")
                told = f"Stopped at step {session.step:,}. {self._save(session)}"
                print(told, file=sys.stderr)
                self._offer_best()
                return EXIT_STATUS
            self._choose_weights(session)
            accuracy = self._accuracy(session)
            self._end("finished")
            print(self._save(session), file=sys.stderr)
            self._offer_best()
            self._tell(session, accuracy)
        except TrainingError as error:
            self._end("failed", str(error))
            saved = f" {self._save(session)}" if session.step else ""
            raise CommandError(f"{error}{saved}") from error
        finally:
            if self.recorder is not None:
                self.recorder.close()
        return 0

    # --- the record

    def _begin_record(self, session: Session) -> None:
        if self.options.no_record:
            return
        try:
            store = RunStore.open()
        except StoreError as error:
            print(f"{error} The run is not recorded.", file=sys.stderr)
            return
        for remark in store.remarks:
            print(remark, file=sys.stderr)
        self.recorder = RunRecorder(store, lambda problem: print(problem, file=sys.stderr))
        before = self.found.record if self.found is not None else None
        self.record = self.recorder.begin(
            RUN, session.plan.document, before.id if before else None, self._own_folder
        )

    def _end(self, outcome: Outcome, message: str = "") -> None:
        if self.recorder is not None:
            self.recorder.end(outcome, message)

    @property
    def _own_folder(self) -> Path | None:
        return self.out / CHECKPOINTS if self.out is not None else None

    # --- training

    def _train(self, session: Session) -> bool:
        """Whether it came to its end."""
        line = ProgressLine(self.options.steps)
        with ExitStack() as stack:
            takers: list[Callable[[Event], None]] = [line, self._note]
            if self.recorder is not None:
                takers.append(self.recorder.take)
            if self.stage is not None:
                path = self.stage / METRICS
                file = stack.enter_context(path.open("w", encoding="utf-8", newline="\n"))
                file.writelines(self._earlier)
                takers.append(MetricsFile(file))
            if self.options.json:
                takers.append(MetricsFile(sys.stdout, live=True))
            interrupted = stack.enter_context(interruptible())
            stack.callback(line.end)

            def take(event: Event) -> None:
                for taker in takers:
                    taker(event)

            finished = session.train(
                RUN,
                take,
                interrupted,
                self.options.steps,
                self.record.folder if self.record is not None else self._own_folder,
                self.found.checkpoint if self.found is not None else None,
                self.options.epochs,
            )
            if finished and session.step != self.measured_step:
                self.reached = self._measured(session)
                take(self.reached)
            return finished

    def _measured(self, session: Session) -> HeldOut:
        """What was reached where no epoch has ended: on all test samples."""
        loss, accuracy = session.evaluate()
        return HeldOut(RUN, session.step, len(session.data.test), loss, accuracy)

    def _note(self, event: Event) -> None:
        if isinstance(event, EpochDone):
            self.last_epoch, self.measured_step = event, event.step
        elif isinstance(event, StoppedEarly) and event.best_epoch:
            self.last_epoch = None  # the weights are those of another one
        elif isinstance(event, BestEpoch):
            self.better = event

    def _accuracy(self, session: Session) -> float:
        """On all test samples; the last epoch's, where no step has followed it."""
        if self.reached is not None:
            return self.reached.accuracy
        if self.last_epoch is not None and self.last_epoch.step == session.step:
            return self.last_epoch.test_accuracy
        return session.evaluate()[1]

    # --- what is left

    def _choose_weights(self, session: Session) -> None:
        """Those of the best epoch, where they are asked for; a run that had none has no others."""
        run = session.run
        if self.options.best and run is not None and run.best.weights:
            run.use_best()
            self.better = self.last_epoch = self.reached = None
            told = f"The weights are those of epoch {run.best.epoch}, the best"
            print(f"{told} (test loss {run.best.loss:.4g}).", file=sys.stderr)

    def _offer_best(self) -> None:
        """How to get the weights of a better epoch than the last."""
        known = self.out or (self.record.id if self.record is not None else None)
        if self.better is not None and known is not None:
            told = f"Those of epoch {self.better.epoch}: train --resume {known} --best"
            print(told, file=sys.stderr)

    def _tell(self, session: Session, accuracy: float) -> None:
        if self.options.json:
            MetricsFile(sys.stdout, live=True).write(
                {
                    "finished": session.step,
                    "test_accuracy": accuracy,
                    "run": self.record.id if self.record is not None else None,
                }
            )
        else:
            print(f"test accuracy {percent(accuracy, 2)}")

    def _save(self, session: Session) -> str:
        """Put the run's files in place, all or none; says where."""
        recorded = f"It is recorded as run {self.record.id}." if self.record is not None else ""
        if self.stage is None:
            return recorded or "Nothing was saved: there was no --out."
        from explorer.engine.export.staging import publish

        session.save(self.stage / WEIGHTS)
        text = dump(_as_trained(session))
        (self.stage / DOCUMENT).write_text(text, encoding="utf-8", newline="\n")
        files = [self.stage / name for name in (WEIGHTS, DOCUMENT, METRICS)]
        publish(files, self.stage.parent)
        names = ", ".join(file.name for file in files)
        return f"Saved in {self.out}: {names}. {recorded}".rstrip()


def _as_trained(session: Session) -> Document:
    """The document with the length that the run came to have."""
    epochs = session.run.training.epochs if session.run is not None else None
    document = session.plan.document
    return document if epochs is None else set_training(document, {"epochs": epochs})


def follow(session: Session, options: argparse.Namespace, found: Found | None, team: Team) -> int:
    """One of several processes, but not the leader: it trains with the others and says nothing
    but what has gone wrong with it alone.
    """
    from explorer.engine.run.session import TrainingError

    checkpoint = found.checkpoint if found is not None else None
    with interruptible() as interrupted:
        try:
            finished = session.train(
                RUN,
                lambda event: None,
                interrupted,
                options.steps,
                None,
                checkpoint,
                options.epochs,
            )
        except TrainingError:
            if team.wait_for_leader():
                return 1
            raise
        if not finished:
            team.wait_for_leader()
    return 0 if finished else EXIT_STATUS
