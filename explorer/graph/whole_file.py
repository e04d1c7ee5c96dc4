"""Files that are there when they are whole, or not at all: written aside, then moved."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TextIO

UNFINISHED = ".unfinished"


@contextmanager
def whole_text(path: Path, errors: str = "strict") -> Iterator[TextIO]:
    """A UTF-8 file that takes the place of `path` at the end; raises OSError. Two may write to the
    same place at once: the last one whole stays.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:80]}.", suffix=".part")
    part = Path(name)
    with _moved(part, path):
        with os.fdopen(handle, "w", encoding="utf-8", errors=errors, newline="") as file:
            yield file
            _onto_disk(file)
        part.chmod(0o644)  # others could not read what mkstemp makes


def write_whole(path: Path, content: bytes) -> None:
    """Write bytes; raises OSError. They are aside under a name that is known, so that what a killed
    process left there is found and replaced.
    """
    part = path.with_name(f"{path.name}{UNFINISHED}")
    with _moved(part, path), part.open("wb") as file:
        file.write(content)
        _onto_disk(file)


@contextmanager
def _moved(part: Path, path: Path) -> Iterator[None]:
    """What is written to `part` meanwhile becomes `path`; after a fault `part` is gone."""
    try:
        yield
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _onto_disk(file: IO[str] | IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())
