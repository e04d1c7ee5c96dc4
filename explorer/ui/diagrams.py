"""Asks where the diagram goes and writes it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from explorer.ui.canvas.diagram import WRITERS, save_diagram
from explorer.ui.messages import MessageBar
from explorer.ui.store import Store


def ask_diagram(parent: QWidget, store: Store, messages: MessageBar) -> None:
    """Choose a file, write the drawing there, and say so or why not."""
    filters = ";;".join(f"{ending[1:].upper()} (*{ending})" for ending in WRITERS)
    name = f"{store.document.title}.svg"
    chosen, kind = QFileDialog.getSaveFileName(parent, "Export diagram", name, filters)
    if not chosen:
        return
    path = Path(chosen)
    if not path.suffix:
        ending = kind[:3].lower() if f".{kind[:3].lower()}" in WRITERS else "svg"
        path = path.with_suffix(f".{ending}")
    try:
        save_diagram(store.document, path)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        messages.tell("error", f"{path.name} was not written: {why}.")
    else:
        messages.tell("good", f"The diagram was written to {path}.")
