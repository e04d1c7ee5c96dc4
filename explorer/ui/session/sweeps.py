"""A sweep of the window: its trials are runs that follow one another; the panel only looks on."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from explorer.graph.document import Document
from explorer.plan.sweep import Measure, Sweep
from explorer.plan.trials import Trial, Trials, score_text, values_text
from explorer.protocol.scores import scores_of
from explorer.records.store import RunStore
from explorer.records.sweeps import new_tag
from explorer.ui.session.messages import Level, MessageBar
from explorer.ui.session.run_queue import Ended
from explorer.ui.session.runner import Runner
from explorer.ui.session.runs import Runs
from explorer.ui.session.store import Store


class Course:
    """One sweep as the queue of runs sees it."""

    patient = True  # a trial that fails is one of many

    def __init__(self, trials: Trials, tell: Callable[[], object], over: Callable[[bool], object]):
        """`tell`: something is new; `over`: it has ended, or was given up (False)."""
        self.trials, self._tell, self._over = trials, tell, over
        self.tag = new_tag()

    @property
    def tags(self) -> tuple[str, ...]:
        """By which its runs are found again."""
        return (self.tag,)

    def next(self) -> Document | None:
        """The next trial's document."""
        document = self.trials.next()
        self._tell()
        if document is None:
            self._over(True)
        return document

    def begun(self, run: int) -> None:
        """The trial's run."""
        self.trials.begun(run)
        self._tell()

    def ended(self, how: Ended) -> None:
        """A score for the searcher; a trial whose settings were changed meanwhile has none."""
        if how.changed and how.state == "finished":
            what = " and ".join(how.changed)
            self.trials.end("failed", reason=f"While it ran, {what} was set to something else.")
        else:
            scores = scores_of(how.epoch) if how.epoch is not None else {}
            self.trials.end(how.state, scores, how.message)
        self._tell()

    def given_up(self) -> None:
        """The user has stopped it, or wants something else."""
        if self.trials.present is not None:
            self.trials.end("stopped", reason="The sweep was stopped.")
        self._over(False)


class Sweeps(QObject):
    """Starts and stops sweeps; keeps the last one of this window."""

    changed = Signal()  # trials of the last sweep, or whether it goes on

    def __init__(self, store: Store, runner: Runner, runs: Runs, messages: MessageBar) -> None:
        super().__init__()
        self._store, self._runner, self.runs, self._messages = store, runner, runs, messages
        self.course: Course | None = None
        runner.changed.connect(self.changed)

    @property
    def going(self) -> bool:
        """Whether trials are being trained."""
        return self.course is not None and self.runs.queue.series is self.course

    @property
    def busy(self) -> bool:
        """Whether any run goes on or is held."""
        return self._runner.active

    def start(self, sweep: Sweep) -> None:
        """Begin with the document on the canvas; raises SweepError where the search can't be made.

        A run that goes on is ended first.
        """
        trials = Trials(self._store.document, sweep)
        self.course = Course(trials, self.changed.emit, self._over)
        self._runner.once_ended(self._begin)

    def _begin(self) -> None:
        if self.course is not None:
            self.runs.queue.start(self.course)
            self.changed.emit()

    def stop(self) -> None:
        """End the present trial and the sweep with it."""
        if self.going:
            self.runs.queue.stop()

    def look_at(self, run: int) -> None:
        """Its document on the canvas, with its weights."""
        self.runs.recording.ask(lambda store: RunStore.run(store, run), self.runs.look_at)

    def _over(self, whole: bool) -> None:
        if self.course is None:
            return
        trials, best = self.course.trials, self.course.trials.best
        count = len(trials.done)
        said = (
            f"The sweep of {count} trial{'s' * (count != 1)} is done."
            if whole
            else f"The sweep was stopped at trial {count} of {trials.sweep.planned}; "
            f"{trials.left} are left."
        )
        actions: list[tuple[str, Callable[[], object]]] = []
        if best is not None:
            said += f" Best: {described(best, trials.sweep.measure)}."
        elif whole:
            said += " None came to its end." + (f" {trials.done[-1].reason}" if count else "")
        if best is not None and best.run is not None:
            run = best.run
            actions.append(("Load the best", lambda: self.look_at(run)))
        if not whole and trials.left:
            actions.append(("Go on", lambda: self._runner.once_ended(self._begin)))
        level: Level = "good" if whole and best is not None else "warning"
        self._messages.tell(level, said, actions=tuple(actions))
        self.changed.emit()


def described(trial: Trial, measure: Measure) -> str:
    """A trial in one line."""
    number = f"trial {trial.number}" + (f", run {trial.run}" if trial.run is not None else "")
    score = score_text(measure, trial.scores.get(measure))
    told = f"{measure} {score}" if score else trial.state
    values = f": {values_text(trial.values)}" if trial.values else ""
    return f"{told} ({number}{values})"


def progress_of(trials: Sequence[Trial], planned: int, best: Trial | None, measure: Measure) -> str:
    """How far a sweep has come, in one line."""
    count = f"{len(trials)} trial{'s' * (len(trials) != 1)}"
    running = any(each.state == "running" for each in trials)
    words = f"Trial {len(trials)} of {planned} runs" if running else count
    failed = sum(each.state == "failed" for each in trials)
    if failed:
        words += f"  ·  {failed} failed"
    if best is not None:
        words += f"  ·  best {described(best, measure)}"
    return words
