"""From a file on disk into the window and back: dialogs, dropped files, trained weights."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData
from PySide6.QtWidgets import QFileDialog, QWidget

from explorer.blocks.catalogue import block_of
from explorer.graph.document import Document
from explorer.graph.file_kinds import SAFETENSORS, WEIGHTS, header_of, kind_of
from explorer.graph.files import DocumentError, load
from explorer.graph.texts import file_stem
from explorer.plan.run_folder import run_folder
from explorer.protocol.commands import Command, LoadWeights
from explorer.ui.kit.save_dialog import ask_place
from explorer.ui.session.built_from import structure
from explorer.ui.session.files import Files
from explorer.ui.session.messages import MessageBar
from explorer.ui.session.runner import Runner
from explorer.ui.session.store import Store

DOCUMENTS = "Documents (*.json)"
WEIGHT_FILES = "Weights (*.safetensors *.pt *.pth)"
ALL_OPENED = "Documents and weights (*.json *.safetensors *.pt *.pth)"
ANYTHING = "All files (*)"


class FileChooser:
    """Lets the user choose a file, then opens, loads or writes it."""

    def __init__(
        self,
        parent: QWidget,
        store: Store,
        files: Files,
        runner: Runner,
        messages: MessageBar,
        send: Callable[[Command], None],
    ) -> None:
        self._parent, self._store, self._files = parent, store, files
        self._runner, self._messages, self._send = runner, messages, send
        files.place_asked.connect(self.save_as)

    def open(self) -> None:
        """Choose a file to open."""
        kinds = ";;".join((ALL_OPENED, DOCUMENTS, WEIGHT_FILES, ANYTHING))
        chosen, _ = QFileDialog.getOpenFileName(self._parent, "Open", "", kinds)
        if chosen:
            self.take(Path(chosen))

    def save(self) -> bool:
        """To where the document came from; asks where that is unknown."""
        return self._files.save_to(self._files.path) if self._files.path else self.save_as()

    def save_as(self) -> bool:
        """Choose where to save; False when cancelled."""
        name = str(self._files.path or f"{file_stem(self._store.document.title)}.json")
        path = ask_place(self._parent, "Save as", name, {".json": "Documents"})
        return path is not None and self._files.save_to(path, replace=True)

    # --- what comes in

    def take(self, path: Path) -> bool:
        """Open whatever it is: a document, weights, a run's folder; a message where it is none."""
        if path.is_dir():
            return self._take_folder(path)
        if _holds_weights(path):
            return self._take_weights(path)
        return self._files.open_path(path)

    def _take_folder(self, folder: Path) -> bool:
        """A run: its document, with its weights."""
        found = run_folder(folder)
        if found.document is not None:
            opened = self._files.open_path(found.document)
            if opened and found.weights is not None:
                self.load_weights(found.weights)
            return opened
        if found.weights is not None:
            return self._take_weights(found.weights)
        self._messages.tell(
            "error",
            f"{folder.name} is a folder without a run: there is neither a document.json nor "
            "weights nor a checkpoint in it. Open a document (.json) or a run's folder.",
        )
        return False

    def _take_weights(self, path: Path) -> bool:
        """Into the present network; one of another network brings its document with it."""
        own = _document_in(path)
        if own is not None and structure(own) != structure(self._store.document):
            self._files.open_recorded(own)
        return self.load_weights(path)

    def open_weights(self) -> None:
        """Choose trained weights."""
        kinds = ";;".join((WEIGHT_FILES, ANYTHING))
        chosen, _ = QFileDialog.getOpenFileName(self._parent, "Load weights", "", kinds)
        if chosen:
            self.load_weights(Path(chosen))

    def load_weights(self, path: Path) -> bool:
        """Fill the present document's network from a file or a run's folder."""
        if path.is_dir():
            path = run_folder(path).weights or path
        plan = self._store.plan
        if not plan.ready:
            reason = plan.problems[0].message if plan.problems else "The canvas is empty."
            self._messages.tell("error", f"{path.name} can't be loaded: {reason}")
            return False
        self._runner.weights_loaded(plan.document, lambda: self.load_weights(path))
        self._send(LoadWeights(plan, path))
        return True

    def drop(self, mime: QMimeData) -> None:
        """Open what was dropped: the first file of it."""
        local = [url.toLocalFile() for url in mime.urls() if url.isLocalFile()]
        if local:
            self.take(Path(local[0]))


def _holds_weights(path: Path) -> bool:
    try:
        return kind_of(path) in WEIGHTS
    except OSError:
        return False  # told by who opens it


def _document_in(path: Path) -> Document | None:
    """The network that weights belong to, where their file says it."""
    try:
        text = header_of(path).get("document") if kind_of(path) == SAFETENSORS else None
        return load(text, block_of).document if text else None
    except (DocumentError, OSError):
        return None
