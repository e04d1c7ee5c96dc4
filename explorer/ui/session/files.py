"""Opening and saving of documents; unsaved changes are autosaved, and offered until answered."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, QSettings, QStandardPaths, QTimer, Signal

from explorer.graph.document import Document
from explorer.graph.files import DocumentError, Loaded, dump
from explorer.plan.documents import examples, read, write
from explorer.ui.session.autosave import Copy, Source, sha256_of
from explorer.ui.session.messages import MessageBar
from explorer.ui.session.places import Place, Places
from explorer.ui.session.recent import Recent
from explorer.ui.session.recovery import Recovery
from explorer.ui.session.store import Store

AUTOSAVE_MS = 5_000


class Files(QObject):
    """Where the present document lives on disk, and the way there and back."""

    changed = Signal()  # path, title or recent files
    place_asked = Signal()  # the user wants to save elsewhere

    def __init__(self, store: Store, messages: MessageBar, settings: QSettings) -> None:
        super().__init__()
        self._store = store
        self._messages = messages
        self._recent = Recent(settings)
        self.laid_out: Callable[[Document], Document] = lambda document: document
        self._fresh: Document | None = None  # an example as it was opened
        self._folder = _autosave_folder()
        self._held: list[Copy] = []
        self._places = Places(self._new_place())
        self._shown = self._place
        self._recovery = Recovery(self._folder, messages, self._restore)
        self._timer = QTimer(self)
        self._timer.setInterval(AUTOSAVE_MS)
        self._timer.timeout.connect(self.autosave)
        self._timer.start()
        self._failing = False  # the last autosave, and that was told
        self._left: Counter[str] = Counter()  # titles of documents that were left unsaved
        store.changed.connect(self._follow)

    @property
    def _place(self) -> Place:
        return self._places.at(self._store.history)

    @property
    def _lock(self) -> QLockFile:
        """Says that the present document's copy is in use."""
        return self._place.copy.lock

    @property
    def path(self) -> Path | None:
        """The present document's file, if it has one."""
        source = self._place.source
        return source.path if source is not None else None

    @property
    def example(self) -> str:
        """The id of the example that is open, if one is."""
        return self._place.example

    @property
    def caption(self) -> str:
        """For the title bar: the file, the document's title where it says more, and a star for
        changes that are not saved.
        """
        star, title, path = "*" * self._store.modified, self._store.document.title, self.path
        if path is None:
            return f"{title}{star}"
        more = f" ({title})" if title not in ("Untitled", "", path.stem, path.name) else ""
        return f"{path.name}{star}{more}"

    def _new_place(self, source: Source | None = None, example: str = "") -> Place:
        copy = Copy.new(self._folder)
        self._held.append(copy)
        return Place(copy, source, example)

    def _follow(self) -> None:
        """Undo may lead to a document of another place."""
        place = self._place
        if place is not self._shown:
            self._shown.saved, self._shown = self._store.kept[1], place
            self._store.mark_saved(place.saved)
            self.changed.emit()

    # --- opening

    def new(self) -> None:
        """An empty document."""
        self._replace(Document(), self._new_place())

    def open_example(self, name: str) -> bool:
        """A bundled example by its id."""
        found = examples().get(name)
        if found is None:
            known = ", ".join(examples())
            self._messages.tell("error", f"There is no example '{name}'. There are: {known}.")
            return False
        return self._open(found, name)

    def lay_out_again(self) -> None:
        """The canvas has another size: an example that nobody has touched is laid out for it."""
        document = self._store.document
        if self.example and document is self._fresh and len(self._store.history.entries) == 1:
            again = self.laid_out(document)
            if again != document:
                self._replace(again, self._new_place(None, self.example))
                self._fresh = again

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
        self._replace(document, self._new_place())

    def _open(self, path: Path, example: str) -> bool:
        path = path.absolute()
        seen = sha256_of(path)  # before it is read: a change in between is asked about
        loaded = self._read(path)
        if loaded is None:
            return False
        source = None if example else Source(path, seen)
        document = self.laid_out(loaded.document) if example else loaded.document
        self._replace(document, self._new_place(source, example))
        self._fresh = document if example else None
        self._tell_remarks(loaded)
        return True

    def _read(self, path: Path) -> Loaded | None:
        try:
            return read(path)
        except DocumentError as error:
            self._messages.tell("error", str(error))
            return None

    def _tell_remarks(self, loaded: Loaded) -> None:
        if loaded.remarks:
            shown = " ".join(loaded.remarks[:3])
            rest = len(loaded.remarks) - 3
            more = f" And {rest} more." if rest > 0 else ""
            self._messages.tell("warning", shown + more, "\n".join(loaded.remarks))

    def _replace(self, document: Document, place: Place) -> None:
        """Open; a document with unsaved changes can be brought back by one click."""
        offer = self._leave()
        self._places, self._shown = Places(place), place
        self._store.open(document)
        self.changed.emit()
        offer()

    def _leave(self) -> Callable[[], None]:
        """Another document is about to come: what is unsaved stays in its copy, and is offered."""
        place = self._place
        if not self._store.modified:
            place.copy.drop()
            return lambda: None
        self.autosave()
        kept, places = self._store.kept, self._places
        title = self._told_apart(self._store.document.title)

        def bring_back() -> None:
            offer = self._leave()
            self._places, self._shown = places, place
            self._store.bring_back(kept)
            self.changed.emit()
            offer()

        def offer() -> None:
            self._messages.tell(
                "warning",
                f"“{title}” had changes that were not saved.",
                actions=(("Bring it back", bring_back), ("Discard", place.copy.drop)),
            )

        return offer

    def _told_apart(self, title: str) -> str:
        """The bar takes equal words for one message: the second of a title has a number."""
        self._left[title] += 1
        return f"{title} ({self._left[title]})" if self._left[title] > 1 else title

    # --- saving

    def save_to(self, path: Path, replace: bool = False) -> bool:
        """Write the document; a message where that fails. A file that was changed by another since
        it was opened here is replaced only if told so; else the user is asked.
        """
        document, place, path = self._store.document, self._place, path.absolute()
        sha256 = hashlib.sha256(dump(document).encode()).hexdigest()
        if not replace and place.source is not None and place.source.at_risk(path, sha256):
            self._ask_about_change(path)
            return False
        try:
            write(path, document)
        except OSError as error:
            self._messages.tell(
                "error",
                f"{path} could not be written: {error.strerror or error}. "
                "The document is unchanged here; choose another place with Save as.",
            )
            return False
        place.source, place.example = Source(path, sha256), ""
        self._store.mark_saved(document)
        place.copy.drop()
        place.kept = None
        self._remember(path)
        return True

    def _ask_about_change(self, path: Path) -> None:
        self._messages.tell(
            "warning",
            f"Not saved: {path.name} was changed on disk by another program since it was opened "
            "here. Replace those changes?",
            actions=(
                ("Replace", lambda: self.save_to(path, replace=True)),
                ("Save as…", self.place_asked.emit),
                ("Open that file", lambda: self.open_path(path)),
            ),
        )

    # --- autosave and recovery

    def autosave(self) -> None:
        """Keep a copy of unsaved changes."""
        document, place = self._store.document, self._place
        if not self._store.modified or document is place.kept:
            return
        try:
            place.copy.write(document, place.source)
        except OSError as error:
            if not self._failing:
                self._messages.tell(
                    "warning",
                    f"Autosave failed: {error.strerror or error}. It is tried again every "
                    f"{AUTOSAVE_MS // 1000} s; save the document elsewhere to be safe.",
                )
            self._failing = True
            return
        place.kept, self._failing = document, False

    def offer_recovery(self) -> None:
        """Offer what earlier programs that ended without saving have left, each by itself."""
        self._recovery.offer()

    def _restore(self, copy: Copy, source: Source | None) -> bool:
        """A copy's document becomes the next step of the present history: undo leads back."""
        loaded = self._read(copy.path)
        if loaded is None:
            return False
        self.autosave()  # what was done meanwhile stays in a copy of its own
        self._held.append(copy)
        place = Place(copy, source, kept=loaded.document)
        self._places.restore(loaded.document, place)
        self._store.restore(loaded.document)
        self._tell_remarks(loaded)
        return True

    def close(self) -> None:
        """The program ends: unsaved changes stay in their copies, to be offered at the next
        start.
        """
        self._timer.stop()
        self.autosave()
        if not self._store.modified:
            self._place.copy.drop()
        for copy in self._held:
            copy.unlock()

    # --- recent files

    @property
    def recent(self) -> list[Path]:
        """Documents opened or saved lately, the latest first."""
        return self._recent.paths

    def _remember(self, path: Path) -> None:
        self._recent.add(path)
        self.changed.emit()


def _autosave_folder() -> Path:
    place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation)
    folder = Path(place) / "autosave"
    with suppress(OSError):  # autosave says so when it first has something to write
        folder.mkdir(parents=True, exist_ok=True)
    return folder
