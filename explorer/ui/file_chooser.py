"""From a file on disk into the window and back: dialogs, dropped files, trained weights."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData
from PySide6.QtWidgets import QFileDialog, QWidget

from explorer.protocol.commands import Command, LoadWeights
from explorer.ui.files import Files
from explorer.ui.messages import MessageBar
from explorer.ui.runner import Runner
from explorer.ui.store import Store

DOCUMENTS = "Documents (*.json)"
WEIGHTS = ".safetensors"


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

    def open(self) -> None:
        """Choose a document to open."""
        chosen, _ = QFileDialog.getOpenFileName(self._parent, "Open", "", DOCUMENTS)
        if chosen:
            self._files.open_path(Path(chosen))

    def save(self) -> bool:
        """To where the document came from; asks where that is unknown."""
        return self._files.save_to(self._files.path) if self._files.path else self.save_as()

    def save_as(self) -> bool:
        """Choose where to save; False when cancelled."""
        name = str(self._files.path or f"{self._store.document.title}.json")
        chosen, _ = QFileDialog.getSaveFileName(self._parent, "Save as", name, DOCUMENTS)
        if not chosen:
            return False
        path = Path(chosen)
        return self._files.save_to(path if path.suffix else path.with_suffix(".json"))

    def open_weights(self) -> None:
        """Choose trained weights."""
        kind = f"Weights (*{WEIGHTS})"
        chosen, _ = QFileDialog.getOpenFileName(self._parent, "Load weights", "", kind)
        if chosen:
            self.load_weights(Path(chosen))

    def load_weights(self, path: Path) -> None:
        """Fill the present document's network from a .safetensors file."""
        plan = self._store.plan
        if not plan.ready:
            reason = plan.problems[0].message if plan.problems else "The canvas is empty."
            self._messages.tell("error", f"{path.name} can't be loaded: {reason}")
            return
        self._runner.weights_loaded(plan.document)
        self._send(LoadWeights(plan, path))

    def drop(self, mime: QMimeData) -> None:
        """Open what was dropped: the first file of it."""
        local = [url.toLocalFile() for url in mime.urls() if url.isLocalFile()]
        if local:
            path = Path(local[0])
            if path.suffix == WEIGHTS:
                self.load_weights(path)
            else:
                self._files.open_path(path)
