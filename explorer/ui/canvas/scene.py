"""Mirrors the store's document: compares nodes by identity and touches only what changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QTimer, Signal
from PySide6.QtWidgets import QGraphicsItem

from explorer.graph.document import Document, Wire
from explorer.graph.folding import drawn, middle
from explorer.plan.given import shown_as_given
from explorer.plan.plan import Plan
from explorer.ui.canvas.frame_item import FrameItem
from explorer.ui.canvas.geometry import body_of
from explorer.ui.canvas.group_look import group_look
from explorer.ui.canvas.item_scene import ItemScene
from explorer.ui.canvas.look import node_look
from explorer.ui.canvas.node_item import NodeItem
from explorer.ui.canvas.painted_item import PaintedItem
from explorer.ui.canvas.routing import Router
from explorer.ui.canvas.run_changes import changed_nodes
from explorer.ui.canvas.thumbnail import Thumbnail, thumbnail
from explorer.ui.canvas.wire_item import WireItem
from explorer.ui.kit.theme import Theme
from explorer.ui.session.store import Selection, Store

PIECE = 0.02  # seconds that wires are laid in one go, where there are very many
PAUSE = 10  # milliseconds between, for all else


class CanvasScene(ItemScene):
    """Nothing here is ever the original: the document is."""

    wire_chosen = Signal(object)  # Wire | None: a wire is selected, instead of blocks

    def __init__(self, store: Store, selection: Selection, theme: Theme) -> None:
        super().__init__(store, selection, theme)
        self._router = Router(self.nodes)
        self._later = QTimer(self, interval=PAUSE)
        self._later.timeout.connect(self._go_on)
        self.wire: Wire | None = None  # the selected one
        self._labels = True
        self._given: frozenset[str] = frozenset()  # blocks with the Input's numbers, unchanged
        self._run: Document | None = None
        self._pictures: Mapping[str, NDArray[np.floating]] = {}
        self._network: Document | None = None  # whose pictures these are
        store.changed.connect(self._mirror)
        selection.changed.connect(self._show_selection)
        theme.changed.connect(self._recolour)
        self._mirror(Document(), store.document, store.plan)

    # What the program tells the canvas

    def set_thumbnails(
        self, pictures: Mapping[str, NDArray[np.floating]], network: Document | None = None
    ) -> None:
        """Show (rows, columns) arrays on the blocks of these names, as far as they are what they
        were in the document that the network was built from; by default the present one.
        """
        self._pictures, self._network = pictures, network or self.store.document
        self._show_pictures(anew=True)

    def thumbnails(self) -> dict[str, Thumbnail]:
        """What the blocks show, by their names."""
        shown = ((name, item.thumbnail) for name, item in self.nodes.items())
        return {name: picture for name, picture in shown if picture is not None}

    def prepare_picture(self, thumbnails: Mapping[str, Thumbnail]) -> None:
        """For a picture: these on the blocks, lines and text instead of pixels, and nothing that
        only a hand needs.
        """
        self._router.go_on()
        for name, picture in thumbnails.items():
            if name in self.nodes:
                self.nodes[name].set_picture(picture)
        for item in self.items():
            item.setCacheMode(QGraphicsItem.CacheMode.NoCache)
            if isinstance(item, PaintedItem):
                item.printed = True

    def clear_thumbnails(self) -> None:
        """There is no network any more."""
        self.set_thumbnails({})

    def _show_pictures(self, anew: bool) -> None:
        """On each block its own picture or none; `anew`: also where it has one already."""
        still, given = self.store.still_drawn(self._network), self._given
        for name, item in self.nodes.items():
            terminals = self.drawing.terminals.get(name)
            giver = terminals.giver if terminals is not None else name
            values = self._pictures.get(giver) if giver in still else None
            if values is None or not values.size:
                if item.picture is not None:
                    item.set_picture(None)
            elif anew or item.picture is None:
                first = item.node.block.role == "input" or giver in given
                item.set_picture(thumbnail(values, given=first))

    def set_run_document(self, document: Document | None) -> None:
        """The document that the run was started with: blocks that differ from it are marked."""
        self._run = document
        self._show_changes()

    def select_wire(self, wire: Wire | None) -> None:
        """Select a wire, or none."""
        if wire is not None:
            self.selection.set(())
            self.notes.choose(None)
        if wire != self.wire:
            self.wire = wire
            for key, item in self.wires.items():
                item.set_look(replace(item.look, selected=key == wire))
            self.wire_chosen.emit(wire)

    def show_labels(self, shown: bool) -> None:
        """Shapes on the wires, or none: too small to be read."""
        if shown != self._labels:
            self._labels = shown
            for item in self.wires.values():
                item.label.setVisible(shown)

    # While a gesture lasts

    def preview(self, places: Mapping[str, tuple[float, float]]) -> None:
        """Show blocks elsewhere without an edit."""
        document = self.store.document
        shown = {name: place for name, place in places.items() if name in self.nodes}
        for name, group in self.drawing.groups.items():
            inside = [places[member] for member in group.members if member in places]
            if inside:
                shown[name] = middle(inside)
        for name, (x, y) in shown.items():
            self.nodes[name].setPos(x, y)
            self._router.placed(name)
        self._route(self._wires_of(set(shown)))
        self._frame_groups(document)

    # Mirroring

    def _mirror(self, before: Document, after: Document, plan: Plan) -> None:
        self.drawing = drawn(after)
        stale = self._remove_gone()
        fresh = self._place_nodes(stale)
        wires = self._place_wires()
        self._tell_nodes(plan)
        self._given = shown_as_given(plan)
        self._show_pictures(anew=False)
        resized = self._tell_wires(plan)
        for name in fresh:
            self._router.placed(name)
        wires |= self._wires_of(fresh)
        wires |= self._router.touched([*stale, *self._bodies(fresh)], self.wires)
        self._route(wires)
        self._router.label(resized - wires)
        self._frame_groups(after)
        self._follow_selection(before, after)
        if self._run is not None:
            self._show_changes()

    def _route(self, wires: set[WireItem]) -> None:
        self._router.route(wires)
        if self._router.waiting:
            self._later.start()

    def _go_on(self) -> None:
        """Lay a piece of the wires that go straight as yet."""
        self._router.go_on(PIECE)
        if not self._router.waiting:
            self._later.stop()

    def _remove_gone(self) -> list[QRectF]:
        """Take away items without a node or wire; returns where blocks were."""
        kept = self.drawing.wires
        for wire in [wire for wire in self.wires if wire not in kept]:
            item = self.wires.pop(wire)
            self._router.unwired(wire)
            self.removeItem(item.label)
            self.removeItem(item)
        if self.wire is not None and self.wire not in kept:
            self.select_wire(None)
        left = []
        for name in [name for name in self.nodes if name not in self.drawing.nodes]:
            left.append(self.nodes[name].scene_body())
            self._router.gone(name)
            self.removeItem(self.nodes.pop(name))
        return left

    def _place_nodes(self, stale: list[QRectF]) -> set[str]:
        """Items for new nodes, changes for changed ones; returns those that lie otherwise now."""
        placed = set()
        for name, node in self.drawing.nodes.items():
            item = self.nodes.get(name)
            if item is not None and name in self.drawing.groups and item.node == node:
                node = item.node  # equal, though made anew with each drawing
            if item is None:
                self.nodes[name] = item = NodeItem(node, self.theme.colours)
                self.addItem(item)
                placed.add(name)
            elif item.node is not node or item.pos() != QPointF(node.x, node.y):
                old = item.scene_body()
                item.set_node(node)
                if old != body_of(node) or item.node.block is not node.block:
                    stale.append(old)
                placed.add(name)
        return placed

    def _place_wires(self) -> set[WireItem]:
        added = set()
        for wire in self.drawing.wires:
            if wire not in self.wires:
                item = WireItem(wire, self.theme.colours)
                self.wires[wire] = item
                self.addItem(item)
                self.addItem(item.label)
                item.label.setVisible(self._labels)
                added.add(item)
        return added

    def _tell_nodes(self, plan: Plan) -> None:
        asides = set(plan.asides)
        for name, node in self.drawing.nodes.items():
            if name in self.drawing.groups:
                self.nodes[name].set_look(
                    group_look(self.nodes[name].look, self.drawing, name, plan)
                )
                continue
            item = self.nodes[name]
            edited = node.block is not item.told_of
            item.told_of = node.block
            item.set_look(node_look(item.look, node, plan, name in asides, edited))

    def _tell_wires(self, plan: Plan) -> set[WireItem]:
        """Shapes and problems; returns the wires whose label has another size."""
        problems = {problem.wire: problem.message for problem in plan.problems if problem.wire}
        resized = set()
        for wire, item in self.wires.items():
            real = self.drawing.wires[wire]
            shape = plan.shapes.get((real[0].source, real[0].output))
            message = next((problems[one] for one in real if one in problems), "")
            if (shape, message) != (item.look.shape, item.look.problem):
                size = item.label.rect()
                item.set_look(replace(item.look, shape=shape, problem=message))
                if item.label.rect() != size:
                    resized.add(item)
        return resized

    def _wires_of(self, names: set[str]) -> set[WireItem]:
        if not names:
            return set()
        return {
            item
            for wire, item in self.wires.items()
            if wire.source in names or wire.target in names
        }

    def _bodies(self, names: set[str]) -> list[QRectF]:
        return [self.nodes[name].scene_body() for name in names]

    def _follow_selection(self, before: Document, after: Document) -> None:
        """A renamed block stays selected; one that is gone is not."""
        gone = [name for name in before.nodes if name not in after.nodes]
        new = [name for name in after.nodes if name not in before.nodes]
        renamed = {}
        if len(gone) == len(new) == 1:
            old, now = before.nodes[gone[0]], after.nodes[new[0]]
            renamed = {old.id: now.id} if old.block is now.block else {}
        ids = [renamed.get(name, name) for name in self.selection.ids]
        self.selection.set(name for name in ids if name in after.nodes)
        self._show_selection(self.selection.ids)

    def _show_selection(self, ids: tuple[str, ...]) -> None:
        if ids:
            self.select_wire(None)
        chosen = set(ids)
        for name, item in self.nodes.items():
            selected = not chosen.isdisjoint(self.drawing.ids(name))
            if item.look.selected != selected:
                item.alter(selected=selected)
        for frame in self.frames.values():
            frame.set_selected(chosen.issuperset(frame.framed.members))

    def _show_changes(self) -> None:
        run, changed = self._run, frozenset[str]()
        if run is not None:
            changed = changed_nodes(run, self.store.document)
        for name, item in self.nodes.items():
            item.alter(changed=not changed.isdisjoint(self.drawing.ids(name)))

    def _frame_groups(self, document: Document) -> None:
        """Frames around the members of unfolded groups, where these are shown at present."""
        groups = {group.name: group for group in document.groups if not group.folded}
        for name in [name for name in self.frames if name not in groups]:
            self.removeItem(self.frames.pop(name))
        for name, group in groups.items():
            if name not in self.frames:
                self.frames[name] = FrameItem(group, self.theme.colours)
                self.addItem(self.frames[name])
                self.frames[name].set_selected(set(self.selection.ids) >= set(group.members))
            bodies = [self.nodes[member].scene_body() for member in group.members]
            self.frames[name].show_group(group, bodies, partial(self._router.others_in, group))

    def _recolour(self) -> None:
        for frame in self.frames.values():
            frame.set_colours(self.theme.colours)
        for node in self.nodes.values():
            node.set_colours(self.theme.colours)
        for wire in self.wires.values():
            wire.set_colours(self.theme.colours)
        self.update()
