"""Takes recorded runs out of the store into files: CSV, an HTML report, logs for TensorBoard."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from explorer.graph.whole_file import whole_text
from explorer.records.csv_file import write_csv
from explorer.records.record import RunRecord
from explorer.records.schema import StoreError
from explorer.records.store import RunStore
from explorer.records.tensorboard_log import NotInstalled, write_log

Written = tuple[Path, ...]
Export = Callable[[RunStore, Sequence[int], Path], Written]
LONGEST_NAME = 40


class ExportError(StoreError):
    """An export that was not made, in words for people: the thing, the reason, the next step."""


def export_csv(store: RunStore, runs: Sequence[int], path: Path) -> Written:
    """The curves; of several runs each into its own file, with its number. Raises StoreError."""
    made = csv_files(runs, path)
    for run, own in zip(runs, made, strict=True):
        curves = store.curves(run)
        with _in_words(own), written_whole(own) as file:
            write_csv(curves, file)
    return made


def csv_files(runs: Sequence[int], path: Path) -> Written:
    """What `export_csv` writes."""
    return tuple(path.with_stem(f"{path.stem}-{run}") if len(runs) > 1 else path for run in runs)


def export_report(store: RunStore, runs: Sequence[int], path: Path) -> Written:
    """One page of all these runs. Raises StoreError."""
    from explorer.records.report import report  # only who wants one waits for its libraries

    page = report([(store.run(run), store.curves(run)) for run in runs])
    with _in_words(path), written_whole(path) as file:
        file.write(page)
    return (path,)


def export_tensorboard(store: RunStore, runs: Sequence[int], folder: Path) -> Written:
    """An event file for each run, in a folder of its own within `folder`. Raises StoreError."""
    made = []
    for record in map(store.run, runs):
        curves = store.curves(record.id)
        if not len(curves.losses.steps):
            raise ExportError(
                f"Run {record.id} has no curves: it ended before its first step. Leave it out."
            )
        own = folder / folder_name(record)
        with _in_words(own):
            write_log(record, curves, own)
        made.append(own)
    return tuple(made)


def folder_name(record: RunRecord) -> str:
    """ "run3-tutorial-cnn": TensorBoard shows it beside each curve."""
    title = re.sub(r"[^a-z0-9]+", "-", record.title.lower())[:LONGEST_NAME].strip("-")
    return f"run{record.id}-{title}".rstrip("-")


@contextmanager
def written_whole(path: Path) -> Iterator[TextIO]:
    """A text file that is there when it is whole, or not at all; raises OSError."""
    if path.exists() and not path.is_file():  # a pipe or terminal, which nothing may replace
        with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
            yield file
        return
    with whole_text(path, errors="replace") as file:
        yield file


@contextmanager
def _in_words(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        why = error.strerror or str(error)
        raise ExportError(f"{path} can't be written: {why}. Give another place.") from error
    except NotInstalled as error:
        raise ExportError(str(error)) from error
