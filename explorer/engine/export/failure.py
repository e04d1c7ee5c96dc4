"""Why an export could not be made, in words for people."""

from __future__ import annotations

from pathlib import Path

from explorer.engine.device.failures import EngineError


class ExportError(EngineError):
    """An export that could not be made; what was there before is untouched."""


def not_written(path: Path, error: OSError) -> ExportError:
    """The file, what the system said of it, and what to do."""
    return ExportError(
        f"{path} could not be written: {error.strerror or error}. "
        "Choose another place, or make room and try again."
    )
