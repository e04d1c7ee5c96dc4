"""Export from the window: choose a file, show progress, tell what the check found."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from explorer.graph.texts import file_stem
from explorer.protocol.commands import Command, Export, ExportFormat
from explorer.protocol.events import Event, Exported, ExportProgress, Failed
from explorer.protocol.export_files import SUFFIXES, export_files
from explorer.ui.kit.save_dialog import ask_place
from explorer.ui.session.messages import MessageBar
from explorer.ui.session.runner import Runner
from explorer.ui.session.store import Store

FORMATS: dict[ExportFormat, str] = {
    "python": "PyTorch source and weights",
    "onnx": "ONNX",
    "pt": "state_dict",
}


class Exporter(QObject):
    """Sends Export commands and shows what comes of them."""

    doing = Signal(str)  # for the status bar; empty when done
    done = Signal(object)  # Exported

    def __init__(
        self,
        store: Store,
        runner: Runner,
        messages: MessageBar,
        send: Callable[[Command], None],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._store, self._runner, self._messages = store, runner, messages
        self._send, self._parent = send, parent
        self._request = 0

    def ask(self, format: ExportFormat) -> None:  # noqa: A002  the field's word
        """Let the user choose where to, then export."""
        words, suffix = FORMATS[format], SUFFIXES[format]
        stem = re.sub(r"\W+", "_", self._store.document.title).strip("_").lower()
        path = ask_place(
            self._parent,
            f"Export {words}",
            f"{file_stem(stem, 'network')}{suffix}",
            {suffix: words},
            partial(export_files, format),
        )
        if path is not None:
            self.export(format, path)

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
        check = f"on {event.samples} test samples: {difference_text(event.difference)}"
        if event.passed:
            changed = self._runner.changed_since()
            what = event.what + "; the drawing has changed since" * changed
            said = f"Wrote {files} to {where}: {what}. Ran it {check}."
            self._messages.tell("good" if event.step and not changed else "warning", said)
        else:
            self._messages.tell(
                "error",
                f"The export failed: the file, run {check}, above 1e-4. Nothing was written. "
                "Save the document and report it with the program's version.",
            )


def difference_text(difference: float) -> str:
    """Of the file's answers and the network's."""
    return f"largest difference {difference:.1e}" if difference else "identical answers"
