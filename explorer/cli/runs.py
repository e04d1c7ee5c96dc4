"""`explorer runs`: the recorded runs, without torch."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from explorer.cli import overwriting
from explorer.cli.failure import CommandError
from explorer.cli.metrics import rows_of
from explorer.cli.recorded import opened
from explorer.cli.table import aligned
from explorer.cli.usage import add_common, print_json
from explorer.plan.amounts import amount, percent
from explorer.plan.literals import prose
from explorer.records.csv_file import write_csv, write_table
from explorer.records.exports import (
    Written,
    csv_files,
    export_csv,
    export_report,
    export_tensorboard,
    folder_name,
)
from explorer.records.record import RunRecord
from explorer.records.schema import StoreError
from explorer.records.store import RunStore

Deed = Callable[[RunStore, argparse.Namespace], None]
HEADS = ("run", "started", "state", "title", "dataset", "epochs", "step", "test acc.", "tags")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `runs` understands; by itself it lists all."""
    parser.set_defaults(deed=_list, words=[], trash=False)
    deeds = parser.add_subparsers(metavar="ACTION")
    listing = _add(deeds, "list", "list runs, newest first", _list)
    listing.add_argument("words", nargs="*", help="only runs with all these words")
    listing.add_argument("--trash", action="store_true", help="those in the trash")
    _add_one(deeds, "show", "all that is known of a run", _show)
    exporting = _add_several(deeds, "export", "the curves of runs as CSV", _export)
    exporting.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="of several runs a file for each, as curves-3.csv; by default: print them",
    )
    overwriting.add_argument(exporting)
    reporting = _add_several(deeds, "report", "a page of HTML: curves, network, settings", _report)
    reporting.add_argument("--out", type=Path, metavar="FILE", help="by default: run3.html")
    overwriting.add_argument(reporting)
    logging = _add_several(deeds, "tensorboard", "logs that TensorBoard reads", _tensorboard)
    logging.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        default=Path("tensorboard"),
        help="by default: tensorboard",
    )
    overwriting.add_argument(logging)
    tagging = _add_one(deeds, "tag", "replace a run's tags", _tag)
    tagging.add_argument("tags", nargs="*")
    noting = _add_one(deeds, "note", "replace a run's note", _note)
    noting.add_argument("text")
    _add_one(deeds, "delete", "put a run into the trash", _delete)
    _add_one(deeds, "restore", "take a run out of the trash", _restore)
    _add(deeds, "empty-trash", "remove what is in the trash for good", _empty)


def run(options: argparse.Namespace) -> int:
    """Do what was asked with the user's store."""
    deed: Deed = options.deed
    with closing(opened()) as store:
        said = len(store.remarks)
        try:
            deed(store, options)
        except StoreError as error:
            raise CommandError(str(error)) from error
        finally:
            for remark in store.remarks[said:]:
                print(prose(remark, 400), file=sys.stderr)
    return 0


def _add(
    deeds: argparse._SubParsersAction[argparse.ArgumentParser], name: str, text: str, deed: Deed
) -> argparse.ArgumentParser:
    parser = deeds.add_parser(name, help=text, description=text)
    add_common(parser)
    parser.set_defaults(deed=deed)
    return parser


def _add_one(
    deeds: argparse._SubParsersAction[argparse.ArgumentParser], name: str, text: str, deed: Deed
) -> argparse.ArgumentParser:
    parser = _add(deeds, name, text, deed)
    parser.add_argument("run", type=int, metavar="RUN", help="its number")
    return parser


def _add_several(
    deeds: argparse._SubParsersAction[argparse.ArgumentParser], name: str, text: str, deed: Deed
) -> argparse.ArgumentParser:
    parser = _add(deeds, name, text, deed)
    parser.add_argument("runs", type=int, nargs="+", metavar="RUN", help="their numbers")
    return parser


def _list(store: RunStore, options: argparse.Namespace) -> None:
    found = store.runs(" ".join(options.words), options.trash)
    if options.json:
        for record in found:
            print_json(_summary(record))
        return
    if not found:
        print("There are no such runs." if options.words else "There are no runs yet.")
        return
    rows = [HEADS] + [
        (
            str(each.id),
            each.started[:16].replace("T", " "),
            each.state,
            prose(each.title, 32),
            each.dataset,
            f"{each.epochs}",
            f"{each.step:,}",
            _percent(each.test_accuracy),
            " ".join(each.tags),
        )
        for each in found
    ]
    for line in aligned(rows, right=(0, 5, 6, 7)):
        print(line)
    print(f"{len(found)} runs, {amount(store.size())} in {store.folder}")


def _summary(record: RunRecord) -> dict[str, object]:
    names = (
        "id state started ended title dataset dataset_sha256 seed versions device threads "
        "total_steps step epochs test_loss test_accuracy parent parent_step message tags note"
    )
    summary = {name: getattr(record, name) for name in names.split()}
    return {**summary, "checkpoint": record.checkpoint and str(record.checkpoint)}


def _percent(share: float | None) -> str:
    return "" if share is None else percent(share, 2)


def _show(store: RunStore, options: argparse.Namespace) -> None:
    record = store.run(options.run)
    changes = store.curves(record.id).changes
    if options.json:
        print_json(_summary(record))
        for change in changes:
            print_json({"step": change.step, "changed": change.name, "value": change.value})
        return
    for name, value in _summary(record).items():
        if value not in (None, "", ()):
            shown = (
                " ".join(f"{key} {each}" for key, each in value.items())
                if isinstance(value, dict)
                else " ".join(map(str, value))
                if isinstance(value, tuple)
                else str(value)
            )
            print(f"{name.replace('_', ' '):<15}{prose(shown, 400)}")
    for change in changes:
        print(f"{'changed':<15}{prose(change.name)} to {change.value:g} at step {change.step:,}")
    if record.state != "running" and record.checkpoint is not None:
        print(f"{'resume':<15}explorer train --resume {record.id}")


def _export(store: RunStore, options: argparse.Namespace) -> None:
    runs = list(dict.fromkeys(options.runs))
    if options.out is not None:
        overwriting.check_free(csv_files(runs, options.out), options.overwrite)
        _told(export_csv(store, runs, options.out), options)
        return
    curves = {run: store.curves(run) for run in runs}
    if options.json:
        for run, each in curves.items():
            for row in rows_of(each.events()):
                print_json({"run": run, **row})
    elif len(runs) == 1:
        write_csv(curves[runs[0]], sys.stdout)
    else:
        write_table(curves, sys.stdout)


def _report(store: RunStore, options: argparse.Namespace) -> None:
    runs = list(dict.fromkeys(options.runs))
    name = f"run{runs[0]}.html" if len(runs) == 1 else "runs.html"
    path = options.out or Path(name)
    overwriting.check_free([path], options.overwrite)
    _told(export_report(store, runs, path), options)


def _tensorboard(store: RunStore, options: argparse.Namespace) -> None:
    runs = list(dict.fromkeys(options.runs))
    folders = [options.out / folder_name(store.run(run)) for run in runs]
    overwriting.check_free(folders, options.overwrite)
    _told(export_tensorboard(store, runs, options.out), options)
    print(f"to see them: tensorboard --logdir {shlex.quote(str(options.out))}", file=sys.stderr)


def _told(written: Written, options: argparse.Namespace) -> None:
    for path in written:
        if options.json:
            print_json({"file": str(path)})
        else:
            print(path)


def _tag(store: RunStore, options: argparse.Namespace) -> None:
    store.tag(options.run, options.tags)
    _changed(store, options)


def _note(store: RunStore, options: argparse.Namespace) -> None:
    store.note(options.run, options.text)
    _changed(store, options)


def _delete(store: RunStore, options: argparse.Namespace) -> None:
    store.delete(options.run)
    _changed(store, options)


def _restore(store: RunStore, options: argparse.Namespace) -> None:
    store.restore(options.run)
    _changed(store, options)


def _changed(store: RunStore, options: argparse.Namespace) -> None:
    """Who reads JSON sees the run as it is now."""
    if options.json:
        print_json(_summary(store.run(options.run)))


def _empty(store: RunStore, options: argparse.Namespace) -> None:
    removed = store.empty_trash()
    if options.json:
        print_json({"removed": removed})
    else:
        print(f"{removed} runs were removed.")
