"""What was open last comes back at the next start."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSettings

from explorer.plan.documents import examples
from explorer.ui.session.files import Files

KEY = "lastDocument"  # in the settings: a path, or an example's id


def remember(settings: QSettings, files: Files) -> None:
    """Another document is open, or it has another place. One without a place leaves what was."""
    place = str(files.path.absolute()) if files.path is not None else files.example
    if place:
        settings.setValue(KEY, place)


def last_document(settings: QSettings) -> str | None:
    """A path or an example's id; None at the first start, and where it is there no more."""
    place = str(settings.value(KEY, "") or "")
    try:
        known = place in examples() or (bool(place) and Path(place).is_file())
    except (OSError, ValueError):  # no path at all
        return None
    return place if known else None
