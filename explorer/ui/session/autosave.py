"""Autosaved copies of documents: each is held by the program that writes it, and by nobody else."""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QLockFile

from explorer.graph.document import Document
from explorer.graph.files import dump
from explorer.graph.regular_file import opened
from explorer.graph.texts import plain_line
from explorer.graph.whole_file import tidy, whole_file

SUFFIX = ".json"
FILE = "file"  # where a document with changes came from: beside its other keys, in a copy alone
MOST_BYTES = 9_000_000  # that are looked at
LONGEST_TITLE = 80


@dataclass(frozen=True, slots=True)
class Source:
    """The file that a document came from, and its sha256 as it was last read or written here."""

    path: Path
    sha256: str = ""

    def at_risk(self, path: Path, sha256: str) -> bool:
        """Whether a file of this sha256 would replace, at this path, what another has written;
        a file that is gone has nothing to lose.
        """
        if os.path.realpath(path) != os.path.realpath(self.path):
            return False
        return sha256_of(path) not in ("", self.sha256, sha256)


def sha256_of(path: Path) -> str:
    """Of a file's content (of one too large for a document, of its beginning); empty where it
    can't be read.
    """
    try:
        with opened(path) as file:
            return hashlib.sha256(file.read(MOST_BYTES)).hexdigest()
    except OSError:
        return ""


class Copy:
    """One autosaved copy: a file, and a lock beside it while a program uses it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lock = QLockFile(f"{path}.lock")
        self.lock.setStaleLockTime(0)  # held as long as its program runs, however long that is

    @classmethod
    def new(cls, folder: Path) -> Copy:
        """One that nobody has yet; the file comes with the first `write`."""
        return cls(folder / f"{os.getpid()}-{uuid.uuid4().hex[:8]}{SUFFIX}")

    def claim(self) -> bool:
        """Take hold of it; False where another program has it."""
        return self.lock.isLocked() or self.lock.tryLock(0)

    def free(self) -> bool:
        """Whether no program holds it."""
        if self.lock.isLocked() or not self.lock.tryLock(0):
            return False
        self.lock.unlock()
        return True

    def unlock(self) -> None:
        """Let go; the file stays."""
        self.lock.unlock()

    def write(self, document: Document, source: Source | None) -> None:
        """Keep a document with unsaved changes; raises OSError."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.claim()
        text = dump(document)
        if source is not None and str(source.path).isprintable():
            told = json.dumps([str(source.path), source.sha256])
            text = f'{{\n  "{FILE}": {told},{text.removeprefix("{")}'
        with whole_file(self.path) as file:
            file.write(text.encode())

    def drop(self) -> None:
        """Its document is saved, or was given up."""
        self.path.unlink(missing_ok=True)

    def about(self) -> tuple[str, Source | None]:
        """The title of its document and where that came from; of a damaged one its name."""
        record = self._record()
        title = record.get("title")
        shown = plain_line(title, LONGEST_TITLE) if isinstance(title, str) else self.path.name
        match record.get(FILE):
            case [str(name), str(sha256)] if name and "\0" not in name:
                return shown or "Untitled", Source(Path(name), sha256)
        return shown or "Untitled", None

    def _record(self) -> dict[str, object]:
        try:
            with opened(self.path) as file:
                found = json.loads(file.read(MOST_BYTES))
        except (OSError, ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    def when(self, now: datetime) -> str:
        """When it was written: the time alone where that was today."""
        try:
            then = datetime.fromtimestamp(self.path.stat().st_mtime)
        except (OSError, ValueError, OverflowError):
            return "some time"
        return f"{then:%H:%M}" if then.date() == now.date() else f"{then:%d %b %Y, %H:%M}"


def left_behind(folder: Path) -> list[Copy]:
    """Copies whose program runs no more, the oldest first."""
    tidy(folder)
    for lock in folder.glob(f"*{SUFFIX}.lock"):
        copy = Copy(folder / lock.name.removesuffix(".lock"))
        if not copy.path.exists():
            copy.free()  # nobody's any more: with that it goes
    found = []
    for path in folder.glob(f"*{SUFFIX}"):
        with suppress(OSError):  # answered in another window meanwhile
            copy, when = Copy(path), path.stat().st_mtime
            if path.is_file() and copy.free():
                found.append((when, path.name, copy))
    return [copy for *_, copy in sorted(found, key=lambda each: each[:2])]
