"""A sweep while it goes on: asks for values, makes documents, keeps what came of each."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from explorer.graph.document import Document
from explorer.graph.edits import EditError, set_training
from explorer.plan.amounts import percent
from explorer.plan.plan import Plan, plan
from explorer.plan.ranges import shown
from explorer.plan.search import searcher_of
from explorer.plan.sweep import RISING, Measure, Sweep, Values, document_with

TrialState = Literal["running", "finished", "failed", "stopped"]


@dataclass(frozen=True, slots=True)
class Trial:
    """Some values and what came of them; `run` is the record's number, where there is one."""

    number: int
    values: Values
    state: TrialState = "running"
    scores: Mapping[Measure, float] = field(default_factory=dict)
    run: int | None = None
    reason: str = ""  # why there are no scores


class Trials:
    """Gives one document after the other; raises SweepError where the search can't be made.

    Values with which the network can't be trained count as failed trials. `planned` makes the plan
    of a trial's document.
    """

    def __init__(
        self, document: Document, sweep: Sweep, planned: Callable[[Document], Plan] = plan
    ) -> None:
        self.document, self.sweep = document, sweep
        self._planned = planned
        self.done: list[Trial] = []
        self.present: Trial | None = None
        self._searcher = searcher_of(sweep)

    @property
    def all(self) -> list[Trial]:
        """Those that are over, and the present one."""
        return self.done + ([self.present] if self.present is not None else [])

    @property
    def left(self) -> int:
        """Trials that are still to come, the present one aside."""
        return max(0, self.sweep.planned - len(self.all))

    @property
    def best(self) -> Trial | None:
        """The one with the best score; of equal ones the first."""
        return best_of(self.done, self.sweep.measure)

    def next(self) -> Document | None:
        """The next trial's document; None: the sweep is over."""
        while len(self.done) < self.sweep.planned:
            values = self._searcher.ask()
            if values is None:
                return None
            self.present = Trial(len(self.done) + 1, values)
            document, fault = self._made(values)
            if document is not None:
                return document
            self.end("failed", reason=fault)
        return None

    def _made(self, values: Values) -> tuple[Document | None, str]:
        base = self.document
        if self.sweep.epochs is not None:
            base = set_training(base, {"epochs": self.sweep.epochs})
        try:
            document = document_with(base, values)
        except EditError as error:
            return None, f"{error}."
        made = self._planned(document)
        if made.ready:
            return document, ""
        return None, made.problems[0].message if made.problems else "Nothing leads to the Output."

    def begun(self, run: int | None) -> None:
        """The present trial's run has a number."""
        if self.present is not None:
            self.present = replace(self.present, run=run)

    def end(
        self, state: TrialState, scores: Mapping[Measure, float] | None = None, reason: str = ""
    ) -> Trial:
        """The present trial is over. A score that is no number makes it a failed one."""
        if self.present is None:
            raise RuntimeError("no trial has begun")
        known = {name: score for name, score in (scores or {}).items() if math.isfinite(score)}
        if state == "finished" and self.sweep.measure not in known:
            state, reason = "failed", reason or f"The {self.sweep.measure} is no number."
        kept = known if state == "finished" else {}
        ended = replace(self.present, state=state, scores=kept, reason=reason)
        self.done.append(ended)
        self.present = None
        self._searcher.tell(ended.values, kept.get(self.sweep.measure))
        return ended


def best_of(trials: Iterable[Trial], measure: Measure) -> Trial | None:
    """The one with the best score; of equal ones the first."""
    scored = [each for each in trials if measure in each.scores]
    pick = max if measure in RISING else min
    return pick(scored, key=lambda each: each.scores[measure]) if scored else None


def score_text(measure: Measure, score: float | None) -> str:
    """As people read it: accuracies in per cent."""
    if score is None:
        return ""
    return percent(score, 2) if measure in RISING else f"{score:.4f}"


def values_text(values: Values) -> str:
    """In one line."""
    return ", ".join(f"{name} {shown(value)}" for name, value in values.items())
