"""Files appear whole and together, or not at all: written aside first, moved at the end."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from explorer.engine.export.failure import ExportError, not_written
from explorer.engine.export.leftovers import WHOLE, claimed, tidy
from explorer.graph.whole_file import destination, take_after


@contextmanager
def staged(folder: Path) -> Iterator[Path]:
    """A new folder within `folder`, so on the same disk, gone afterwards; raises ExportError. What
    killed processes have left there is tidied first.
    """
    if not folder.is_dir():
        what = "is a file, not a folder" if folder.exists() else "does not exist"
        raise ExportError(f"The folder {folder} {what}. Choose another place.")
    tidy(folder)
    with ExitStack() as stack:
        try:
            stage = stack.enter_context(claimed(folder))
        except OSError as error:
            raise not_written(folder, error) from error
        yield stage


def publish(files: Sequence[Path], folder: Path) -> tuple[Path, ...]:
    """Move staged files into `folder`, in place of older ones, whose mode they take and whose links
    they follow; when one can't be moved, all is as before. Raises ExportError.
    """
    try:
        places = [destination(folder / file.name) for file in files]
    except OSError as error:
        raise not_written(Path(error.filename), error) from error
    with ExitStack() as stack:
        try:
            (files[0].parent / WHOLE).touch()
            ready = [_beside(file, place, stack) for file, place in zip(files, places, strict=True)]
            _swap(list(zip(ready, places, strict=True)))
        except OSError as error:
            raise not_written(folder / files[0].name, error) from error
    return tuple(folder / file.name for file in files)


def _beside(file: Path, place: Path, stack: ExitStack) -> Path:
    """The file on the disk of its place: a link may lead to another one than the folder's."""
    if file.stat().st_dev == place.parent.stat().st_dev:
        return file
    stage = stack.enter_context(staged(place.parent))
    return Path(shutil.copy(file, stage / file.name))


def _swap(moves: Sequence[tuple[Path, Path]]) -> None:
    """Move each file to its place; those that were there come back if one can't be moved."""
    aside: list[tuple[Path, Path]] = []
    placed: list[Path] = []
    try:
        for file, place in moves:
            take_after(file, place)
            if place.exists():
                aside.append((place.replace(file.with_name(f"{file.name}.old")), place))
        for file, place in moves:
            placed.append(file.replace(place))
    except OSError:
        for place in placed:
            place.unlink()
        for old, place in aside:
            old.replace(place)
        raise
