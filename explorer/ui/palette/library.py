"""The user's own blocks: groups kept as documents in a folder of theirs."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QFile, QObject, QStandardPaths, Signal

from explorer.graph.document import Document
from explorer.graph.edits import fragment, set_title
from explorer.graph.files import DocumentError, dump
from explorer.graph.groups import fold
from explorer.graph.whole_file import tidy
from explorer.plan.documents import read, write

SUFFIX = ".json"
LONGEST = 60
MOST = 500  # files that are read


class LibraryError(ValueError):
    """What could not be kept, renamed or deleted, in words for people."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the library: its group as text for the clipboard, or why it can't be used."""

    path: Path
    title: str
    text: str = ""
    told: str = ""  # what is in it
    fault: str = ""


class Library(QObject):
    """Reads and writes the folder; the palette shows what is in it."""

    changed = Signal()

    def __init__(self, folder: Path | None = None) -> None:
        super().__init__()
        self.folder = folder or _own_folder()
        self._entries: tuple[Entry, ...] | None = None

    @property
    def entries(self) -> tuple[Entry, ...]:
        """By title."""
        if self._entries is None:
            tidy(self.folder)
            with suppress(OSError):  # no folder: nothing was kept yet
                files = sorted(self.folder.glob(f"*{SUFFIX}"))[:MOST]
                found = [_entry(path) for path in files]
                self._entries = tuple(sorted(found, key=lambda entry: entry.title.casefold()))
        return self._entries or ()

    def entry(self, path: str) -> Entry | None:
        """The entry of a file."""
        return next((entry for entry in self.entries if str(entry.path) == path), None)

    def keep(self, document: Document, name: str) -> Entry:
        """Save a group under its name, beside others of that name; raises LibraryError."""
        group = document.group(name)
        if group is None:
            raise LibraryError(f"There is no group named '{name}'.")
        piece = fold(set_title(fragment(document, group.members), name), name)
        path = self._free(name)

        def save() -> None:
            self.folder.mkdir(parents=True, exist_ok=True)
            write(path, piece)

        self._do(f"{name} can't be kept in {self.folder}", save)
        return next(entry for entry in self.entries if entry.path == path)

    def rename(self, entry: Entry, title: str) -> None:
        """Give an entry another title; raises LibraryError."""
        title = " ".join(title.split())[:LONGEST]
        if not title or title == entry.title:
            self.changed.emit()  # what was typed goes
            return
        if entry.fault:
            raise LibraryError(f"{entry.path.name} can't be renamed: {entry.fault}")

        def save() -> None:
            write(entry.path, set_title(read(entry.path).document, title))

        self._do(f"{entry.title} can't be renamed", save)

    def delete(self, entry: Entry) -> None:
        """To the system's bin, where there is one; raises LibraryError."""

        def remove() -> None:
            if not QFile.moveToTrash(str(entry.path)):
                entry.path.unlink()

        self._do(f"{entry.title} can't be deleted", remove)

    def refresh(self) -> None:
        """Read the folder anew."""
        self._entries = None
        self.changed.emit()

    def _do(self, failure: str, action: Callable[[], None]) -> None:
        try:
            action()
        except (OSError, DocumentError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else error
            raise LibraryError(f"{failure}: {reason}.") from error
        finally:
            self.refresh()

    def _free(self, name: str) -> Path:
        path, number = self.folder / f"{name}{SUFFIX}", 2
        while path.exists():
            path, number = self.folder / f"{name}-{number}{SUFFIX}", number + 1
        return path


def _entry(path: Path) -> Entry:
    try:
        document = read(path).document
    except DocumentError as error:
        return Entry(path, path.stem, fault=str(error))
    fault = _fault(document)
    if fault:
        return Entry(path, path.stem, fault=f"{path.name}: {fault}")
    (group,) = document.groups
    kinds = ", ".join(node.block.title or node.id for node in document.nodes.values())
    text = dump(replace(document, groups=(replace(group, folded=True),)))
    return Entry(path, document.title[:LONGEST], text, kinds)


def _fault(document: Document) -> str:
    if len(document.groups) != 1:
        return f"it holds {len(document.groups)} groups; a block of your own is one group."
    loose = [name for name in document.nodes if name not in document.group_of]
    return f"{loose[0]} is outside the group." if loose else ""


def _own_folder() -> Path:
    place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation)
    return Path(place) / "library"
