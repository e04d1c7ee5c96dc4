"""What a right click on the canvas offers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtWidgets import QMenu, QWidget

from explorer.graph.document import Wire
from explorer.plan.problems import Fix
from explorer.ui.canvas.editing import Editing

Asked = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Next:
    """What one would do next with a block, beside editing it."""

    views: Mapping[str, Asked]  # of its inside, by title
    replace: Asked | None = None  # by a block of another kind; None where it is no single layer
    explain: Asked | None = None


def node_menu(
    parent: QWidget,
    editing: Editing,
    fix: Fix | None,
    rename: Asked,
    following: Next | None = None,
) -> QMenu:
    """For the selected blocks; `fix` is the clicked one's repair."""
    menu = _menu(parent)
    if following is not None:
        _add_next(menu, following)
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


def _add_next(menu: QMenu, following: Next) -> None:
    for title, show in following.views.items():
        menu.addAction(f"Show {title[0].lower()}{title[1:]}", show).setObjectName("showAction")
    if following.replace is not None:
        menu.addAction("Replace by…", following.replace).setObjectName("replaceAction")
    if following.explain is not None:
        menu.addAction("What is this?\tF1", following.explain).setObjectName("explainThisAction")
    menu.addSeparator()


def wire_menu(
    parent: QWidget,
    editing: Editing,
    wire: Wire,
    fix: Fix | None,
    insert: Asked | None = None,
    explain: Asked | None = None,
) -> QMenu:
    """For a wire; `fix` is its problem's repair."""
    menu = _menu(parent)
    if insert is not None:
        menu.addAction("Insert a block here…", insert).setObjectName("insertHereAction")
    if explain is not None:
        menu.addAction("What is this?", explain).setObjectName("explainThisAction")
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
    parent: QWidget, editing: Editing, fit: Asked, write: Asked, insert: Asked | None = None
) -> QMenu:
    """For the empty canvas."""
    menu = _menu(parent)
    if insert is not None:
        menu.addAction("Insert a block here…", insert).setObjectName("insertHereAction")
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
