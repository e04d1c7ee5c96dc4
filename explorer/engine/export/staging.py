"""Files appear whole and together, or not at all: written aside first, moved at the end."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from explorer.engine.export.failure import ExportError, not_written


@contextmanager
def staged(folder: Path) -> Iterator[Path]:
    """A new folder within `folder`, so on the same disk, gone afterwards; raises ExportError."""
    if not folder.is_dir():
        what = "is a file, not a folder" if folder.exists() else "does not exist"
        raise ExportError(f"The folder {folder} {what}. Choose another place.")
    try:
        stage = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=folder))
    except OSError as error:
        raise not_written(folder, error) from error
    try:
        yield stage
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def publish(files: Sequence[Path], folder: Path) -> tuple[Path, ...]:
    """Move staged files into `folder`, in place of older ones; when one fails, all is as before."""
    old = [(folder / file.name, file.with_name(f"{file.name}.old")) for file in files]
    moved: list[tuple[Path, Path]] = []
    placed: list[Path] = []
    try:
        for place, aside in old:
            if place.exists():
                place.replace(aside)
                moved.append((place, aside))
        for file in files:
            placed.append(file.replace(folder / file.name))
    except OSError as error:
        for place in placed:
            place.unlink()
        for place, aside in moved:
            aside.replace(place)
        raise not_written(folder / files[0].name, error) from error
    return tuple(placed)
