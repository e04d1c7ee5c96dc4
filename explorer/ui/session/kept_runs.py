"""Of runs that can go on, the newest checkpoint; and which were broken off."""

from __future__ import annotations

from pathlib import Path

from explorer.records.record import RunCurves, RunRecord
from explorer.records.store import RunStore

Interrupted = tuple[RunRecord | None, RunRecord | None]
Kept = tuple[RunRecord, Path | None, RunCurves]


def interrupted(store: RunStore) -> Interrupted:
    """The newest run that can go on; and the newest of all, where that one can't."""
    left = store.interrupted()
    goes_on = next((each for each in left if newest_checkpoint(store, each)), None)
    newest = left[0] if left else None
    return goes_on, newest if newest is not goes_on else None


def kept_of(store: RunStore, record: RunRecord) -> Kept:
    """The run, its newest checkpoint and its curves."""
    return record, newest_checkpoint(store, record), store.curves(record.id)


def newest_checkpoint(store: RunStore, record: RunRecord) -> Path | None:
    """The newest file that is there; of a run that wrote none, what it began from."""
    found = [row.path for row in store.checkpoints(record.id)]
    if record.parent is not None and record.parent_step is not None:
        found += [
            row.path for row in store.checkpoints(record.parent) if row.step <= record.parent_step
        ]
    return next((path for path in found if path.is_file()), None)
