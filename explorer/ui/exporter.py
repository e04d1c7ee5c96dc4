"""Export from the window: choose a file, show progress, tell what the check found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from explorer.protocol.commands import Command, Export, ExportFormat
from explorer.protocol.events import Event, Exported, ExportProgress, Failed
from explorer.ui.messages import MessageBar
from explorer.ui.store import Store

FORMATS: dict[ExportFormat, tuple[str, str]] = {
    "python": ("PyTorch source and weights", ".py"),
    "onnx": ("ONNX", ".onnx"),
    "pt": ("state_dict", ".pt"),
}


class Exporter(QObject):
    """Sends Export commands and shows what comes of them."""

    doing = Signal(str)  # for the status bar; empty when done
    done = Signal(object)  # Exported

    def __init__(
        self, store: Store, messages: MessageBar, send: Callable[[Command], None], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._store, self._messages, self._send, self._parent = store, messages, send, parent
        self._request = 0

    def ask(self, format: ExportFormat) -> None:  # noqa: A002  the field's word
        """Let the user choose where to, then export."""
        words, suffix = FORMATS[format]
        name = "".join(c if c.isalnum() else "_" for c in self._store.document.title).lower()
        chosen, _ = QFileDialog.getSaveFileName(
            self._parent, f"Export {words}", f"{name or 'network'}{suffix}", f"{words} (*{suffix})"
        )
        if chosen:
            path = Path(chosen)
            self.export(format, path if path.suffix else path.with_suffix(suffix))

    def export(self, format: ExportFormat, path: Path) -> int:  # noqa: A002  the field's word
        """Export without asking; returns the request's number."""
        self._request += 1
        self.doing.emit(f"Exporting {path.name}")
        self._send(Export(self._request, format, path))
        return self._request

    def take(self, event: Event) -> None:
        """Progress, the result, or why there is none."""
        if isinstance(event, ExportProgress):
            self.doing.emit(event.doing)
        elif isinstance(event, Exported):
            self.doing.emit("")
            self._tell(event)
            self.done.emit(event)
        elif isinstance(event, Failed) and event.doing == "export":
            self.doing.emit("")

    def _tell(self, event: Exported) -> None:
        files = " and ".join(file.name for file in event.files)
        where = event.files[0].parent if event.files else ""
        check = f"on {event.samples} held-out samples: largest difference {event.difference:.1e}"
        if event.passed:
            self._messages.tell("good", f"Wrote {files} to {where}. Ran it {check}.")
        else:
            self._messages.tell(
                "error",
                f"The export failed: the file, run {check}, above 1e-4. Nothing was written. "
                "Save the document and report it with the program's version.",
            )
