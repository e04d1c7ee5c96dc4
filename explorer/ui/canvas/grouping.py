"""What menus and keys do to groups: make, fold, unfold, take apart, rename."""

from __future__ import annotations

from collections.abc import Callable

from explorer.graph.document import Document, Group
from explorer.graph.folding import whole_group
from explorer.graph.groups import extend_group, fold, make_group, rename_group, take_out, ungroup
from explorer.graph.names import name_fault
from explorer.ui.canvas.placing import make_room
from explorer.ui.canvas.unfolding import drawn_in, with_room
from explorer.ui.session.store import Selection, Store


class Grouping:
    """A group is selected where all its members are."""

    def __init__(self, store: Store, selection: Selection, tell: Callable[[str], None]) -> None:
        self._store, self._selection, self._tell = store, selection, tell

    @property
    def chosen(self) -> Group | None:
        """The group that is selected whole, or that the selected block is in."""
        document, ids = self._store.document, self._selection.ids
        return whole_group(document, ids) or document.group_of.get(ids[-1] if ids else "")

    @property
    def whole(self) -> bool:
        """Whether all blocks of a group are selected, and nothing else."""
        return whole_group(self._store.document, self._selection.ids) is not None

    def group(self) -> None:
        """Make the selected blocks a group, or add them to the one that is selected with them."""
        ids, document = self._selection.ids, self._store.document
        whole = [group for group in document.groups if set(group.members) <= set(ids)]
        if len(whole) == 1 and len(ids) > len(whole[0].members):
            name = whole[0].name
            if self._store.edit(f"Add to {name}", lambda d: extend_group(d, name, ids)):
                self.select(name)
            return
        made: list[str] = []

        def edit(document: Document) -> Document:
            document, name = make_group(document, ids)
            made.append(name)
            return document

        if self._store.edit("Group", edit):
            self.select(made[0])

    def take_out(self) -> None:
        """The selected blocks are no members of their group any more."""
        ids = self._selection.ids
        group = self.chosen
        if group is None:
            self._tell("Select blocks in a group to take them out of it.")
            return
        what = ids[0] if len(ids) == 1 else f"{len(ids)} blocks"
        self._store.edit(f"Take {what} out of {group.name}", lambda d: take_out(d, ids))

    def ungroup(self) -> None:
        """Take the group apart; its blocks stay."""
        group = self.chosen
        if group is None:
            self._tell("Select a group, or a block in one, to ungroup it.")
            return
        self._store.edit(
            f"Ungroup {group.name}", lambda d: ungroup(_unfolded_room(d, group), group.name)
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
            self._store.edit(f"Fold {name}", lambda d: _folded(d, group))
        else:
            self._store.edit(
                f"Unfold {name}", lambda d: fold(_unfolded_room(d, group), name, False)
            )
        self.select(name)

    def select(self, name: str) -> None:
        """All members."""
        group = self._store.document.group(name)
        if group is not None:
            self._selection.set(group.members)

    def rename(self, name: str, new: str) -> str:
        """Give a group another name; returns why it can't have it, or nothing."""
        if fault := name_fault(new, self._store.document.names):
            return fault
        self._store.edit(f"Rename {name} to {new}", lambda d: rename_group(d, name, new))
        return ""


def _unfolded_room(document: Document, group: Group) -> Document:
    return with_room(document, group) if group.folded else document


def _folded(document: Document, group: Group) -> Document:
    """Folded, without a gap where its members were and not on what lay between them."""
    return make_room(drawn_in(fold(document, group.name), group), group.name)
