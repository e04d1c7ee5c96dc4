"""What menus and keys do to groups: make, fold, unfold, take apart, rename."""

from __future__ import annotations

from collections.abc import Callable

from explorer.graph.document import Document, Group
from explorer.graph.drawn_edits import move_drawn
from explorer.graph.folding import drawn, whole_group
from explorer.graph.groups import fold, make_group, rename_group, ungroup
from explorer.graph.names import BadName, check_name
from explorer.ui.canvas.frame_item import PAD, TITLE
from explorer.ui.canvas.geometry import GRID, WIDTH, body_of
from explorer.ui.store import Selection, Store


class Grouping:
    """A group is selected where all its members are."""

    def __init__(self, store: Store, selection: Selection, tell: Callable[[str], None]) -> None:
        self._store, self._selection, self._tell = store, selection, tell

    @property
    def chosen(self) -> Group | None:
        """The group that is selected whole, or that the selected block is in."""
        document, ids = self._store.document, self._selection.ids
        return whole_group(document, ids) or document.group_of.get(ids[-1] if ids else "")

    def group(self) -> None:
        """Make the selected blocks a group."""
        ids, made = self._selection.ids, []

        def edit(document: Document) -> Document:
            document, name = make_group(document, ids)
            made.append(name)
            return document

        if self._store.edit("Group", edit):
            self.select(made[0])

    def ungroup(self) -> None:
        """Take the group apart; its blocks stay."""
        group = self.chosen
        if group is None:
            self._tell("Select a group, or a block in one, to ungroup it.")
            return
        self._store.edit(
            f"Ungroup {group.name}", lambda d: ungroup(_with_room(d, group), group.name)
        )

    def fold(self) -> None:
        """Fold the chosen group to one block, or unfold it."""
        group = self.chosen
        if group is None:
            self._tell("Select a group, or a block in one, to fold it.")
            return
        self.set_folded(group.name, not group.folded)

    def set_folded(self, name: str, folded: bool) -> None:
        """Draw the group as one block, or its members; these get room."""
        group = self._store.document.group(name)
        if group is None:
            return
        if folded:
            self._store.edit(f"Fold {name}", lambda d: fold(d, name))
        else:
            self._store.edit(f"Unfold {name}", lambda d: fold(_with_room(d, group), name, False))
        self.select(name)

    def select(self, name: str) -> None:
        """All members."""
        group = self._store.document.group(name)
        if group is not None:
            self._selection.set(group.members)

    def rename(self, name: str, new: str) -> str:
        """Give a group another name; returns why it can't have it, or nothing."""
        try:
            check_name(new, self._store.document.names)
        except BadName as error:
            return str(error)
        self._store.edit(f"Rename {name} to {new}", lambda d: rename_group(d, name, new))
        return ""


def _with_room(document: Document, group: Group) -> Document:
    """Before a group unfolds: what lies where its members will be is pushed to the right."""
    if not group.folded:
        return document
    bodies = [body_of(document.nodes[name]) for name in group.members]
    area = bodies[0]
    for body in bodies[1:]:
        area = area.united(body)
    area = area.adjusted(-PAD, -PAD - TITLE, PAD, PAD)
    drawing = drawn(document)
    here = drawing.nodes[group.name]
    others = [node for node in drawing.nodes.values() if node.id != group.name]
    if not any(area.intersects(body_of(node)) for node in others):
        return document
    half = area.width() / 2 - WIDTH / 2
    step = -(-half // GRID) * GRID
    places = {}
    for node in others:
        shift = step if node.x > here.x else -step
        places[node.id] = (node.x + shift, node.y)
    return move_drawn(document, places)
