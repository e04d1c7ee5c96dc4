"""Opening, saving, autosave and recovery of documents."""

from __future__ import annotations

import os
import uuid
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, QSettings, QStandardPaths, QTimer, Signal

from explorer.graph.document import Document
from explorer.graph.files import DocumentError
from explorer.plan.documents import examples, read, write
from explorer.ui.messages import MessageBar
from explorer.ui.store import Store

AUTOSAVE_MS = 5_000
MOST_RECENT = 10
SUFFIX = ".json"


class Files(QObject):
    """Where the present document lives on disk, and the way there and back."""

    changed = Signal()  # path, title or recent files

    def __init__(self, store: Store, messages: MessageBar, settings: QSettings) -> None:
        super().__init__()
        self._store = store
        self._messages = messages
        self._settings = settings
        self.path: Path | None = None
        self.example = ""  # id of the example that is open, if one is
        self._folder = _autosave_folder()
        self._copy = self._folder / f"{os.getpid()}-{uuid.uuid4().hex[:8]}{SUFFIX}"
        self._lock = QLockFile(f"{self._copy}.lock")
        self._lock.tryLock(0)
        self._timer = QTimer(self)
        self._timer.setInterval(AUTOSAVE_MS)
        self._timer.timeout.connect(self.autosave)
        self._timer.start()
        self._autosaved: Document | None = None
        self._failing = False  # the last autosave, and that was told

    # --- opening

    def new(self) -> None:
        """An empty document."""
        self._replace(Document(), None, "")

    def open_example(self, name: str) -> bool:
        """A bundled example by its id."""
        found = examples().get(name)
        if found is None:
            known = ", ".join(examples())
            self._messages.tell("error", f"There is no example '{name}'. There are: {known}.")
            return False
        return self._open(found, name)

    def open_path(self, path: Path) -> bool:
        """A document's file, or a run's folder; a message where it can't be opened."""
        if path.is_dir():
            path = path / "document.json"
        if self._open(path, ""):
            self._remember(path)
            return True
        return False

    def open_recorded(self, document: Document) -> None:
        """The document of a run: a copy, which Save asks a place for."""
        self._replace(document, None, "")

    def _open(self, path: Path, example: str) -> bool:
        try:
            loaded = read(path)
        except DocumentError as error:
            self._messages.tell("error", str(error))
            return False
        self._replace(loaded.document, None if example else path, example)
        if loaded.remarks:
            shown = " ".join(loaded.remarks[:3])
            rest = len(loaded.remarks) - 3
            more = f" And {rest} more." if rest > 0 else ""
            self._messages.tell("warning", shown + more, "\n".join(loaded.remarks))
        return True

    def _replace(self, document: Document, path: Path | None, example: str) -> None:
        """Open; a document with unsaved changes can be brought back by one click."""
        before, before_path, was_example = self._store.document, self.path, self.example
        lost = self._store.modified
        self.path, self.example = path, example
        self._store.open(document)
        self.changed.emit()
        if lost:

            def bring_back() -> None:
                self.path, self.example = before_path, was_example
                self._store.open(before, saved=False)
                self.changed.emit()

            self._messages.tell(
                "warning",
                f"“{before.title}” had changes that were not saved.",
                actions=(("Bring it back", bring_back),),
            )

    # --- saving

    def save_to(self, path: Path) -> bool:
        """Write the document; a message where that fails."""
        document = self._store.document
        try:
            write(path, document)
        except OSError as error:
            self._messages.tell(
                "error",
                f"{path} could not be written: {error.strerror or error}. "
                "The document is unchanged here; choose another place with Save as.",
            )
            return False
        self.path, self.example = path, ""
        self._store.mark_saved(document)
        self._drop_copy()
        self._remember(path)
        self.changed.emit()
        return True

    # --- autosave and recovery

    def autosave(self) -> None:
        """Keep a copy of unsaved changes."""
        document = self._store.document
        if not self._store.modified or document is self._autosaved:
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            write(self._copy, document)
        except OSError as error:
            if not self._failing:
                self._messages.tell(
                    "warning",
                    f"Autosave failed: {error.strerror or error}. It is tried again every "
                    f"{AUTOSAVE_MS // 1000} s; save the document elsewhere to be safe.",
                )
            self._failing = True
            return
        self._autosaved, self._failing = document, False

    def offer_recovery(self) -> None:
        """Offer what an earlier program that ended without saving has left."""
        found = sorted(self._left_behind(), key=lambda copy: copy.stat().st_mtime)
        if not found:
            return
        newest = found[-1]

        def restore() -> None:
            try:
                loaded = read(newest)
            except DocumentError as error:
                self._messages.tell("error", str(error))
                return
            self.path, self.example = None, ""
            self._store.open(loaded.document, saved=False)
            self.changed.emit()
            self.autosave()
            discard()

        def discard() -> None:
            for copy in found:
                copy.unlink(missing_ok=True)

        self._messages.tell(
            "warning",
            "The program ended with unsaved changes. They were kept.",
            actions=(("Restore", restore), ("Discard", discard)),
        )

    def _left_behind(self) -> list[Path]:
        """Copies whose program runs no more."""
        left = []
        for copy in self._folder.glob(f"*{SUFFIX}"):
            lock = QLockFile(f"{copy}.lock")
            lock.setStaleLockTime(0)
            if copy != self._copy and lock.tryLock(0):
                lock.unlock()
                left.append(copy)
        return left

    def close(self) -> None:
        """The program ends: unsaved changes stay in the copy, to be offered at the next start."""
        self._timer.stop()
        self.autosave()
        if not self._store.modified:
            self._drop_copy()
        self._lock.unlock()

    def _drop_copy(self) -> None:
        self._copy.unlink(missing_ok=True)
        self._autosaved = None

    # --- recent files

    @property
    def recent(self) -> list[Path]:
        """Documents opened or saved lately, the latest first."""
        stored = self._settings.value("recent", [])
        names = stored if isinstance(stored, list) else [stored] if stored else []
        return [Path(str(name)) for name in names]

    def _remember(self, path: Path) -> None:
        path = path.resolve()
        names = [path, *(each for each in self.recent if each != path)][:MOST_RECENT]
        self._settings.setValue("recent", [str(name) for name in names])
        self.changed.emit()


def _autosave_folder() -> Path:
    place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation)
    folder = Path(place) / "autosave"
    with suppress(OSError):  # autosave says so when it first has something to write
        folder.mkdir(parents=True, exist_ok=True)
    return folder
