"""The trainings of a sweep without a window: one after the other, each recorded as a run."""

from __future__ import annotations

import argparse
import csv
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from explorer.cli.documents import TABLE
from explorer.cli.failure import CommandError
from explorer.cli.interrupt import interruptible
from explorer.cli.progress import ProgressLine
from explorer.cli.sizes import check_size
from explorer.engine.device.failures import EngineError, in_words
from explorer.engine.export.staging import publish
from explorer.engine.run.session import Session
from explorer.graph.document import Document
from explorer.graph.files import dump
from explorer.plan.literals import prose
from explorer.plan.plan import plan
from explorer.plan.run_folder import DOCUMENT, WEIGHTS
from explorer.plan.sweep import MEASURES, Measure
from explorer.plan.trials import Trial, Trials, score_text, values_text
from explorer.protocol.events import EpochDone, Event
from explorer.protocol.scores import scores_of
from explorer.records.recorder import RunRecorder
from explorer.records.schema import StoreError
from explorer.records.store import RunStore
from explorer.records.sweeps import new_tag

Outcome = Literal["finished", "failed", "stopped"]


class Sweeping:
    """Works the trials off; `stage` is where the best one's files wait."""

    def __init__(self, trials: Trials, options: argparse.Namespace, stage: Path | None) -> None:
        self.trials, self.options, self._stage = trials, options, stage
        self.stopped = False
        self._recorder = None if options.no_record else _recorder()
        self.tag = new_tag() if self._recorder is not None else None
        self._told = 0  # trials

    def run(self) -> bool:
        """To the last trial; False where Ctrl-C came first."""
        with interruptible() as interrupted:
            while not self.stopped and (document := self.trials.next()) is not None:
                self._tell_done()  # those that could not be made
                self._try(document, interrupted)
                self._tell_done()
        self._tell_done()
        if self.stopped and self.trials.left:
            print(f"Stopped; {self.trials.left} trials are left.", file=sys.stderr)
        return not self.stopped

    def summary(self, best: Trial | None) -> str:
        """The best trial and the sweep's tag, as a line of JSON."""
        return json.dumps({"best": row(best) if best else None, "tag": self.tag})

    def close(self) -> None:
        """Let go of the store."""
        if self._recorder is not None:
            self._recorder.close()

    def _try(self, document: Document, interrupted: Callable[[], bool]) -> None:
        """One training; whatever goes wrong with it, the next one can begin."""
        number = len(self.trials.all)
        self._began_s = time.monotonic()
        folder = self._begin_record(number, document)
        listener = _Listener(number, self.trials.sweep.planned, self._recorder)
        try:
            made = plan(document)
            check_size(made, self.options)
            session = Session(made, self.options.device)
            whole = session.train(number, listener, interrupted, folder=folder)
        except CommandError as error:
            self._end("failed", listener, reason=str(error))
            return
        except (EngineError, RuntimeError, OSError, MemoryError) as error:
            self._end("failed", listener, reason=in_words(error))
            return
        finally:
            listener.clear()
        if not whole:
            self.stopped = True
            self._end("stopped", listener, reason="Ctrl-C was pressed.")
            return
        ended = self._end("finished", listener)
        if ended == self.trials.best:
            self._keep(session, document)

    def _begin_record(self, number: int, document: Document) -> Path | None:
        if self._recorder is None:
            return None
        made = self._recorder.begin(number, document, tags=(self.tag or "",))
        self.trials.begun(made.id if made is not None else None)
        return made.folder if made is not None else None

    def _end(self, state: Outcome, listener: _Listener, reason: str = "") -> Trial:
        if self._recorder is not None:
            self._recorder.end(state, reason)
        return self.trials.end(state, listener.scores, reason)

    def _keep(self, session: Session, document: Document) -> None:
        if self._stage is not None:
            session.save(self._stage / WEIGHTS)
            (self._stage / DOCUMENT).write_text(dump(document), encoding="utf-8", newline="\n")

    # --- what is told

    def _tell_done(self) -> None:
        for trial in self.trials.done[self._told :]:
            if self.options.json:
                print(json.dumps(row(trial)), flush=True)
            print(self._line(trial), file=sys.stderr, flush=True)
        self._told = len(self.trials.done)

    def _line(self, trial: Trial) -> str:
        sweep = self.trials.sweep
        said = f"trial {trial.number} of {sweep.planned}  {values_text(trial.values)}"
        if trial.state != "finished":
            return f"{said}  {trial.state}: {prose(trial.reason, 200)}"
        seconds = time.monotonic() - self._began_s
        run = f"  run {trial.run}" if trial.run is not None else ""
        best = "  best so far" if trial == self.trials.best else ""
        score = score_text(sweep.measure, trial.scores[sweep.measure])
        return f"{said}  {sweep.measure} {score}  {seconds:.1f} s{run}{best}"

    def publish(self, out: Path | None) -> str:
        """The files of the best trial and the table into the folder; says so."""
        if self._stage is None or out is None:
            return ""
        names = [each.name for each in self.trials.sweep.ranges]
        with (self._stage / TABLE).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["trial", *names, *MEASURES, "run", "state", "reason"])
            for each in self.trials.done:
                values = [each.values[name] for name in names]
                scores = [each.scores.get(measure, "") for measure in MEASURES]
                run = "" if each.run is None else each.run
                writer.writerow([each.number, *values, *scores, run, each.state, each.reason])
        files = [self._stage / name for name in (TABLE, DOCUMENT, WEIGHTS)]
        publish(files, out.expanduser())
        return f"Saved in {out}: {TABLE} and, of the best trial, {DOCUMENT} and {WEIGHTS}."


class _Listener:
    """Takes a trial's events: for the record, for the line on the terminal, for its scores."""

    def __init__(self, number: int, planned: int, recorder: RunRecorder | None) -> None:
        self.scores: dict[Measure, float] = {}
        self._recorder = recorder
        self._line = _TrialLine(number, planned)

    def __call__(self, event: Event) -> None:
        if isinstance(event, EpochDone):
            self.scores = scores_of(event)
        if self._recorder is not None:
            self._recorder.take(event)
        self._line(event)

    def clear(self) -> None:
        """The terminal's line is free again."""
        self._line.end()


class _TrialLine(ProgressLine):
    """The moving line alone: a trial has one line of its own when it is over."""

    def __init__(self, number: int, planned: int) -> None:
        super().__init__()
        self._prefix = f"trial {number}/{planned} "

    def _line(self, text: str) -> None:
        """Not told here."""

    def _overwrite(self, text: str) -> None:
        super()._overwrite(self._prefix + text if text else "")


def _recorder() -> RunRecorder | None:
    try:
        store = RunStore.open()
    except StoreError as error:
        print(f"{error} The trials are not recorded.", file=sys.stderr)
        return None
    for remark in store.remarks:
        print(remark, file=sys.stderr)
    return RunRecorder(store, lambda problem: print(problem, file=sys.stderr))


def row(trial: Trial) -> dict[str, object]:
    """A trial as JSON has it."""
    scores = {name.replace(" ", "_"): trial.scores.get(name) for name in MEASURES}
    return {
        "trial": trial.number,
        "values": dict(trial.values),
        "state": trial.state,
        **scores,
        "run": trial.run,
        "reason": trial.reason,
    }
