"""Searchers: each is asked for the next values and told how good the last ones were."""

from __future__ import annotations

import itertools
import random
from typing import TYPE_CHECKING, Protocol

from explorer.graph.form import Argument
from explorer.plan.ranges import Range, SweepError
from explorer.plan.sweep import Sweep, Values

if TYPE_CHECKING:  # an extra, and slow to load
    from optuna.trial import Trial

TRIES = 200  # draws in a row that were known, before the ranges count as used up
FIRST_BY_CHANCE = 5  # trials of TPE before it has something to go by
MISSING = (
    "The TPE search needs Optuna, which is not installed. "
    "Install it with: pip install 'architecture-explorer[sweep]'. Grid and random work without."
)


class Searcher(Protocol):
    """Proposes values; knows nothing of networks."""

    def ask(self) -> Values | None:
        """The next values, which were not given before; None: there are no others."""

    def tell(self, values: Values, score: float | None) -> None:
        """How good they were; None: there is no telling."""


def searcher_of(sweep: Sweep) -> Searcher:
    """The one that the sweep names; raises SweepError where it is not installed."""
    if sweep.method == "grid":
        return Grid(sweep)
    return Chance(sweep) if sweep.method == "random" else Tpe(sweep)


class Grid:
    """Every combination of the points, the last range varying fastest."""

    def __init__(self, sweep: Sweep) -> None:
        self._names = [each.name for each in sweep.ranges]
        self._rest = itertools.product(*(each.grid() for each in sweep.ranges))

    def ask(self) -> Values | None:
        """The next point."""
        found = next(self._rest, None)
        return None if found is None else dict(zip(self._names, found, strict=True))

    def tell(self, values: Values, score: float | None) -> None:
        """Changes nothing."""


class Chance:
    """Drawn evenly over each range's own scale; the same seed draws the same."""

    def __init__(self, sweep: Sweep) -> None:
        self._ranges = sweep.ranges
        self._random = random.Random(sweep.seed)
        self._known: set[tuple[Argument, ...]] = set()

    def ask(self) -> Values | None:
        """A new draw."""
        for _ in range(TRIES):
            found = tuple(self._drawn(each) for each in self._ranges)
            if found not in self._known:
                self._known.add(found)
                return {each.name: v for each, v in zip(self._ranges, found, strict=True)}
        return None

    def _drawn(self, of: Range) -> Argument:
        if of.whole and of.stepped:
            steps = int((of.high - of.low) // of.distance)
            return int(of.low + of.distance * self._random.randint(0, steps))
        return of.at(self._random.random())

    def tell(self, values: Values, score: float | None) -> None:
        """Changes nothing."""


class Tpe:
    """Optuna's tree-structured Parzen estimator (Bergstra et al. 2011; Akiba et al. 2019)."""

    def __init__(self, sweep: Sweep) -> None:
        try:
            import optuna
        except ImportError as error:
            raise SweepError(MISSING) from error
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        # Optuna passes over what has failed, but ranks what was given up behind all scores.
        self._failed = optuna.trial.TrialState.PRUNED
        self._ranges = sweep.ranges
        sampler = optuna.samplers.TPESampler(
            seed=sweep.seed, n_startup_trials=min(FIRST_BY_CHANCE, max(2, sweep.planned // 3))
        )
        self._study = optuna.create_study(  # in memory
            sampler=sampler, direction="maximize" if sweep.rising else "minimize"
        )
        self._known: dict[tuple[Argument, ...], float | None] = {}
        self._open: dict[tuple[Argument, ...], Trial] = {}

    def ask(self) -> Values | None:
        """The next proposal; one that was tried is answered from memory."""
        for _ in range(TRIES):
            trial = self._study.ask()
            values = {each.name: _suggested(trial, each) for each in self._ranges}
            key = tuple(values.values())
            if key not in self._known and key not in self._open:
                self._open[key] = trial
                return values
            self._answer(trial, self._known.get(key))
        return None

    def tell(self, values: Values, score: float | None) -> None:
        """A trial without a score counts as failed."""
        key = tuple(values[each.name] for each in self._ranges)
        self._known[key] = score
        self._answer(self._open.pop(key), score)

    def _answer(self, trial: Trial, score: float | None) -> None:
        if score is None:
            self._study.tell(trial, state=self._failed)
        else:
            self._study.tell(trial, score)


def _suggested(trial: Trial, of: Range) -> Argument:
    if of.choices:
        place: int = trial.suggest_categorical(of.name, list(range(len(of.choices))))
        return of.choices[place]
    if of.whole:
        step = int(of.distance) if of.stepped else 1
        return trial.suggest_int(of.name, int(of.low), int(of.high), step=step, log=of.log)
    found = trial.suggest_float(of.name, of.low, of.high, step=of.step, log=of.log)
    return min(max(float(f"{found:.4g}"), of.low), of.high)
