"""`explorer sweep`: many trainings of one document with other settings, and which was best."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.cli import overwriting, sizes, trusting
from explorer.cli.documents import TABLE, named, trainable
from explorer.cli.failure import CommandError
from explorer.cli.interrupt import EXIT_STATUS
from explorer.cli.table import aligned
from explorer.cli.usage import DEVICES, device
from explorer.graph.document import Document
from explorer.plan.literals import prose
from explorer.plan.ranges import Range, SweepError, parsed, shown
from explorer.plan.run_folder import DOCUMENT, WEIGHTS
from explorer.plan.sweep import MEASURES, METHODS, Sweep, checked, unknown, variable
from explorer.plan.trials import Trial, Trials, score_text

if TYPE_CHECKING:  # torch takes seconds to load, and mistakes should be told at once
    from explorer.cli.sweeping import Sweeping

TRIALS = 10
EXAMPLE = "fc1.out_features=32..256:log"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `sweep` understands."""
    parser.add_argument("document", help="an example's name, a document, or a run's folder")
    parser.add_argument(
        "--vary",
        metavar="NAME=RANGE",
        action="append",
        default=[],
        help=f"a setting of the training, BLOCK.PARAMETER or GROUP.repeat, and its range: "
        f"{EXAMPLE}, rate=1e-4..1e-2:log:points=3, batch=32..128:step=32, optimiser=adam,sgd; "
        "may be given several times",
    )
    parser.add_argument("--method", choices=list(METHODS), default="random", help=_methods())
    parser.add_argument(
        "--trials", type=int, help=f"how many; by default {TRIALS}, or a grid's every point"
    )
    parser.add_argument("--epochs", type=int, help="of each trial; by default the document's")
    parser.add_argument(
        "--measure", choices=MEASURES, default=MEASURES[0], help="what decides which is best"
    )
    parser.add_argument(
        "--seed",
        type=int,
        default=0,
        help="where the random numbers of the search start; each training has the document's seed",
    )
    parser.add_argument("--device", type=device, help=DEVICES)
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="where the table of trials, and document and weights of the best one, are saved",
    )
    parser.add_argument(
        "--no-record", action="store_true", help="leave the trials out of the recorded runs"
    )
    overwriting.add_argument(parser)
    sizes.add_argument(parser)
    trusting.add_argument(parser)


def _methods() -> str:
    return "; ".join(f"{name}: {words[0].lower()}{words[1:]}" for name, words in METHODS.items())


def run(options: argparse.Namespace) -> int:
    """Train one trial after the other, and print them with the best one."""
    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        raise CommandError("A sweep runs in one process. Start it without torchrun.")
    trusting.trust(options.trust)
    document = trainable(named(options.document)).document
    trials = _trials(document, options)
    if options.out is not None:
        files = [options.out.expanduser() / name for name in (TABLE, DOCUMENT, WEIGHTS)]
        overwriting.check_free(files, options.overwrite)
    with _folder(options.out) as stage:
        from explorer.cli.sweeping import Sweeping

        sweeping = Sweeping(trials, options, stage)
        try:
            whole = sweeping.run()
        finally:
            sweeping.close()
        saved = sweeping.publish(options.out) if trials.best is not None else ""
        _tell(trials, sweeping, options)
    recorded = f"Recorded; explorer runs list {sweeping.tag} shows them." if sweeping.tag else ""
    if said := " ".join(filter(None, (saved, recorded))):
        print(said, file=sys.stderr)
    return 0 if whole else EXIT_STATUS


def _trials(document: Document, options: argparse.Namespace) -> Trials:
    try:
        ranges = tuple(_range(document, text) for text in options.vary)
        if not ranges:
            raise SweepError(f"Nothing is varied. Add for instance --vary {EXAMPLE}")
        trials = options.trials
        if trials is None and options.method != "grid":
            trials = TRIALS
        sweep = Sweep(ranges, options.method, trials, options.measure, options.epochs, options.seed)
        if options.epochs is not None and options.epochs < 1:
            raise SweepError(f"--epochs {options.epochs}: a trial has at least 1 epoch.")
        left_out = sweep.combinations - sweep.planned if options.method == "grid" else 0
        if left_out > 0:
            print(
                f"The grid has {sweep.combinations:,} points; --trials leaves {left_out:,} out.",
                file=sys.stderr,
            )
        return Trials(document, sweep, trusting.planned)
    except SweepError as error:
        raise CommandError(prose(str(error), 400)) from error


def _range(document: Document, text: str) -> Range:
    name, sign, words = (part.strip() for part in text.partition("="))
    if not sign:
        raise SweepError(f"--vary {text[:60]!r} has no '='. Write for instance {EXAMPLE}")
    found = variable(document, name)
    if found is None:
        raise SweepError(unknown(document, name))
    return checked(document, parsed(name, words, found[0]))


@contextmanager
def _folder(out: Path | None) -> Iterator[Path | None]:
    """A place within the folder where files wait until they are whole."""
    if out is None:
        yield None
        return
    try:
        out.expanduser().mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(
            f"The folder {out} can't be made: {error.strerror or error}. Give another one."
        ) from error
    from explorer.engine.export.staging import staged

    with staged(out.expanduser()) as stage:
        yield stage


def _tell(trials: Trials, sweeping: Sweeping, options: argparse.Namespace) -> None:
    """The table, and the best of all; raises CommandError where there is none."""
    best = trials.best
    if not options.json and trials.done:
        for line in table(trials):
            print(line)
    if best is None and not sweeping.stopped:
        raise CommandError(
            f"None of the {len(trials.done)} trials came to its end. "
            f"The last one: {prose(trials.done[-1].reason, 300) if trials.done else '-'}"
        )
    words = f"best: {_best(best, trials)}" if best is not None else "No trial came to its end."
    print(sweeping.summary(best) if options.json else words)


def _best(best: Trial, trials: Trials) -> str:
    measure = trials.sweep.measure
    where = f", run {best.run}" if best.run is not None else ""
    settings = ", ".join(f"{name}={shown(value)}" for name, value in best.values.items())
    return f"{measure} {score_text(measure, best.scores[measure])} with {settings} (trial " + (
        f"{best.number}{where})"
    )


def table(trials: Trials) -> list[str]:
    """A line for each trial, the best one first."""
    measure = trials.sweep.measure
    names = [each.name for each in trials.sweep.ranges]
    heads = ("trial", *names, *MEASURES, "run", "state")
    sign = -1.0 if trials.sweep.rising else 1.0
    ranked = sorted(trials.done, key=lambda t: sign * t.scores.get(measure, sign * float("inf")))
    rows = [
        (
            str(each.number),
            *(shown(each.values[name]) for name in names),
            *(score_text(one, each.scores.get(one)) for one in MEASURES),
            "" if each.run is None else str(each.run),
            each.state + (f": {prose(each.reason, 60)}" if each.reason else ""),
        )
        for each in ranked
    ]
    return aligned([heads, *rows], right=range(len(heads) - 1))
