"""What lies in a folder that a training has written: its document, its weights, its checkpoints."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

DOCUMENT, WEIGHTS, METRICS = "document.json", "weights.safetensors", "metrics.jsonl"
CHECKPOINTS = "checkpoints"


@dataclass(frozen=True, slots=True)
class RunFolder:
    """The files that are there. `weights`: as they were at the end, else the newest checkpoint."""

    document: Path | None
    weights: Path | None


def run_folder(folder: Path) -> RunFolder:
    """Of a run's folder, or of that of its checkpoints."""
    document, weights = folder / DOCUMENT, folder / WEIGHTS
    places = (folder / CHECKPOINTS, folder)
    steps = [path for place in places for path in place.glob("step-*.safetensors")]
    newest = max(steps, key=lambda path: (path.stat().st_mtime_ns, path.name), default=None)
    return RunFolder(
        document if document.is_file() else None, weights if weights.is_file() else newest
    )
