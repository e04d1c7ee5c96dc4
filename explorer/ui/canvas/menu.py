"""What a right click on the canvas offers."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QMenu, QWidget

from explorer.graph.document import Wire
from explorer.plan.problems import Fix
from explorer.ui.canvas.editing import Editing


def node_menu(
    parent: QWidget, editing: Editing, fix: Fix | None, rename: Callable[[], None]
) -> QMenu:
    """For the selected blocks; `fix` is the clicked one's repair."""
    menu = _menu(parent)
    if fix is not None:
        menu.addAction(f"Fix: {fix.label}", lambda: editing.fix(fix)).setObjectName("fixAction")
        menu.addSeparator()
    _add(menu, "Rename", "F2", rename)
    _add(menu, "Duplicate", "Ctrl+D", editing.duplicate)
    menu.addSeparator()
    group = editing.groups.chosen
    if group is None:
        _add(menu, "Group", "Ctrl+G", editing.groups.group)
    else:
        verb = "Unfold" if group.folded else "Fold"
        _add(menu, f"{verb} {group.name}", "Ctrl+E", editing.groups.fold)
        _add(menu, f"Ungroup {group.name}", "Ctrl+Shift+G", editing.groups.ungroup)
        if not editing.groups.whole:
            _add(menu, f"Take out of {group.name}", "", editing.groups.take_out)
        _add(menu, f"Keep {group.name} in the palette", "", editing.keep)
    menu.addSeparator()
    _add(menu, "Cut", "Ctrl+X", editing.cut)
    _add(menu, "Copy", "Ctrl+C", lambda: editing.copy())
    menu.addSeparator()
    _add(menu, "Delete", "Del", lambda: editing.delete())
    _add(menu, "Delete and join the wires", "Ctrl+Del", lambda: editing.delete(heal=True))
    return menu


def wire_menu(parent: QWidget, editing: Editing, wire: Wire, fix: Fix | None) -> QMenu:
    """For a wire; `fix` is its problem's repair."""
    menu = _menu(parent)
    if fix is not None:
        menu.addAction(f"Fix: {fix.label}", lambda: editing.fix(fix)).setObjectName("fixAction")
        menu.addSeparator()
    _add(menu, "Remove the wire", "Del", lambda: editing.remove_wire(wire))
    return menu


def note_menu(parent: QWidget, editing: Editing, write: Callable[[], None]) -> QMenu:
    """For a note."""
    menu = _menu(parent)
    menu.addAction("Edit the note", write)
    _add(menu, "Delete the note", "Del", lambda: editing.delete())
    return menu


def canvas_menu(
    parent: QWidget, editing: Editing, fit: Callable[[], None], write: Callable[[], None]
) -> QMenu:
    """For the empty canvas."""
    menu = _menu(parent)
    _add(menu, "Paste", "Ctrl+V", editing.paste)
    _add(menu, "Select all", "Ctrl+A", editing.select_all)
    menu.addAction("Add a note here", write)
    _add(menu, "Tidy up", "Ctrl+L", editing.arrange)
    menu.addSeparator()
    _add(menu, "Show the whole network", "Ctrl+0", fit)
    return menu


def _menu(parent: QWidget) -> QMenu:
    menu = QMenu(parent)
    menu.setObjectName("canvasMenu")
    return menu


def _add(menu: QMenu, text: str, keys: str, action: Callable[[], object]) -> None:
    # Shown as text: a real shortcut of the same keys elsewhere would become ambiguous.
    menu.addAction(f"{text}\t{keys}" if keys else text, action)
