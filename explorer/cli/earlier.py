"""What a resumed run had told before its checkpoint, so that its metrics are whole."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path

from explorer.cli.metrics import line_of, rows_of
from explorer.cli.recorded import Found
from explorer.plan.run_folder import CHECKPOINTS, METRICS
from explorer.records.record import RunRecord
from explorer.records.schema import StoreError
from explorer.records.store import RunStore


def earlier_lines(found: Found | None) -> list[str]:
    """The lines of metrics.jsonl up to the checkpoint: from the run's record or from what a killed
    process has left beside its checkpoints, whichever has more; else from the run's folder.
    """
    if found is None:
        return []
    from explorer.engine.export.leftovers import left_behind

    step = found.checkpoint.facts.place.step
    home = found.path.parent.parent if found.path.parent.name == CHECKPOINTS else None
    left = left_behind(home) if home is not None else []
    told = [_recorded(found.record), *(_lines(stage / METRICS) for stage in left)]
    most = max((_up_to(step, lines) for lines in told), key=_measured)
    return most if most or home is None else _up_to(step, _lines(home / METRICS))


def _recorded(record: RunRecord | None) -> list[str]:
    if record is None:
        return []
    try:
        with closing(RunStore.open()) as store:
            rows = rows_of(store.curves(record.id).events())
    except StoreError:
        return []
    return [line_of(row) for row in rows]


def _lines(path: Path) -> list[str]:
    with suppress(OSError, UnicodeDecodeError):
        return path.read_text(encoding="utf-8").splitlines(keepends=True)
    return []


def _up_to(step: int, lines: Sequence[str]) -> list[str]:
    return [line for line in lines if step_of(line) <= step]


def _measured(lines: Sequence[str]) -> int:
    return sum('"loss"' in line for line in lines)


def step_of(line: str) -> float:
    """Of a line of metrics; infinite where it can't be read: a killed program left it so."""
    try:
        found = json.loads(line).get("step", 0)
    except (ValueError, AttributeError, RecursionError):
        return math.inf
    return found if isinstance(found, int) else math.inf
