"""Asks where the diagram goes and writes it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QWidget

from explorer.graph.texts import file_stem
from explorer.ui.canvas.diagram import NO_THUMBNAILS, WRITERS, save_diagram
from explorer.ui.canvas.thumbnail import Thumbnail
from explorer.ui.kit.save_dialog import ask_place
from explorer.ui.session.messages import MessageBar
from explorer.ui.session.store import Store


def ask_diagram(
    parent: QWidget,
    store: Store,
    messages: MessageBar,
    thumbnails: Mapping[str, Thumbnail] = NO_THUMBNAILS,
) -> None:
    """Choose a file, write the drawing there, and say so or why not."""
    endings = {ending: ending[1:].upper() for ending in WRITERS}
    name = f"{file_stem(store.document.title)}.svg"
    path = ask_place(parent, "Export diagram", name, endings)
    if path is None:
        return
    try:
        save_diagram(store.document, path, thumbnails)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        messages.tell("error", f"{path.name} was not written: {why}.")
    else:
        messages.tell("good", f"The diagram was written to {path}.")
