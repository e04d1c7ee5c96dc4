"""What the user names by a run's number or a folder: its record, its checkpoints."""

from __future__ import annotations

import hashlib
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.cli.failure import CommandError
from explorer.plan.literals import prose
from explorer.plan.run_folder import CHECKPOINTS
from explorer.records.record import RunRecord
from explorer.records.schema import StoreError
from explorer.records.store import RunStore

if TYPE_CHECKING:  # torch takes seconds to load
    from explorer.engine.checkpoints.checkpoint import Checkpoint


@dataclass(frozen=True, slots=True)
class Found:
    """A checkpoint that can be used, its file, and the record that it belongs to."""

    checkpoint: Checkpoint
    path: Path
    record: RunRecord | None


def opened() -> RunStore:
    """The user's store of runs; raises CommandError."""
    try:
        store = RunStore.open()
    except StoreError as error:
        raise CommandError(str(error)) from error
    for remark in store.remarks:
        print(remark, file=sys.stderr)
    return store


def is_number(name: str) -> bool:
    """Whether a run's number is meant: there is no folder or file of that name."""
    return name.isascii() and name.isdigit() and len(name) < 16 and not Path(name).exists()


def newest(name: str) -> Found:
    """The newest sound checkpoint of a run's number, of a folder that train wrote, or of a file."""
    from explorer.engine.checkpoints.checkpoint import CheckpointError, load_checkpoint

    paths, record = _candidates(name)
    for path in paths:
        try:
            checkpoint = load_checkpoint(path)
            return Found(checkpoint, path, record or _record_of(path))
        except CheckpointError as error:
            reason = str(error)
            print(f"{prose(reason, 300)} Passed over.", file=sys.stderr)
    raise CommandError(f"There is no checkpoint of {prose(name, 200)} to go on from.")


def _candidates(name: str) -> tuple[list[Path], RunRecord | None]:
    if is_number(name):
        return _of_run(int(name))
    path = Path(name).expanduser().absolute()
    if path.is_file():
        return [path], None
    if not path.is_dir():
        raise CommandError(f"There is no run, folder or file {prose(name, 200)}.")
    from explorer.engine.checkpoints.checkpoint_keeper import checkpoints_in

    folder = path / CHECKPOINTS if (path / CHECKPOINTS).is_dir() else path
    return checkpoints_in(folder), None


def _of_run(number: int) -> tuple[list[Path], RunRecord | None]:
    store = opened()
    try:
        record = store.run(number)
        found = [row.path for row in store.checkpoints(number)]
        if not found and record.parent is not None:
            found = [
                row.path
                for row in store.checkpoints(record.parent)
                if row.step <= (record.parent_step or 0)
            ]
    except StoreError as error:
        raise CommandError(str(error)) from error
    finally:
        store.close()
    return found, record


def _record_of(path: Path) -> RunRecord | None:
    """The run that wrote this checkpoint, if it was recorded. One that was killed before it could
    say so is known by its folder.
    """
    try:
        with closing(RunStore.open()) as store:
            found = store.with_checkpoint(hashlib.sha256(path.read_bytes()).hexdigest())
            beside = (each for each in store.interrupted() if each.folder == path.parent)
            return found or next(beside, None)
    except (StoreError, OSError):
        return None  # the run can be resumed without its record
