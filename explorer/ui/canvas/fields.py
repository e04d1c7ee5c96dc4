"""What is typed over the canvas: names, notes, searches, and the block for a loose wire."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import QPointF, QRect, QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWhatsThis

from explorer.graph.block import Block, Kind
from explorer.graph.document import Wire
from explorer.graph.folding import whole_group
from explorer.plan.fitting import Offer, everything, givers, takers
from explorer.ui.canvas.chosen_block import ChosenBlock
from explorer.ui.canvas.editing import Editing
from explorer.ui.canvas.find import FindBar
from explorer.ui.canvas.geometry import Port
from explorer.ui.canvas.note_item import NoteField, NoteItem
from explorer.ui.canvas.offer import OfferBox
from explorer.ui.canvas.rename import RenameField
from explorer.ui.canvas.scene import CanvasScene
from explorer.ui.canvas.stage import Hand, Stage
from explorer.ui.canvas.surface import Surface
from explorer.ui.kit.guard import guarded
from explorer.ui.kit.theme import Theme
from explorer.ui.session.store import Selection, Store

MEANINGS: Mapping[Kind, str] = {
    "image": "Channels, height, width: each channel is a picture.",
    "sequence": "Steps, features: one row of numbers for each step.",
    "vector": "Features: one number for each.",
    "tokens": "Steps: one whole number for each, such as a letter or a word.",
}


class FieldSurface(Surface):
    """Opens a field over the thing that it is about; what is typed becomes an edit."""

    view_asked = Signal(str)  # objectName of the panel that shows the selected block's inside
    explanation_asked = Signal()  # of the selected block

    def __init__(self, store: Store, selection: Selection, theme: Theme) -> None:
        super().__init__(CanvasScene(store, selection, theme))
        self.editing = Editing(self.canvas)
        self.chosen = ChosenBlock(self.editing, store, selection)
        self.views_of: Callable[[Block], Mapping[str, str]] = lambda block: {}  # panels by title
        self.stage = Stage(self, self.canvas, self.bubble, self._offer)
        self.find_bar = FindBar(self, self.canvas, lambda name: self.centre((name,)))

    def start_rename(self, name: str | None = None) -> None:
        """Edit the name of a block or group (the selected one, where none is given) on the spot."""
        ids, document = self.stage.selection.ids, self.stage.store.document
        group = document.group(name) if name else whole_group(document, ids)
        name = group.name if group is not None else name or self.stage.selection.one
        if name is None:
            return
        self.reveal(group.members if group is not None else (name,))
        frame = self.canvas.frames.get(name)
        body = frame.title_area() if frame is not None else self.canvas.item(name).scene_body()
        area = self.mapFromScene(body).boundingRect()
        height = max(round(26 * self.camera.zoom), 26)
        field = QRect(area.left(), area.top(), max(area.width(), 140), height)
        RenameField(
            self.viewport(),
            name,
            field,
            lambda new: self.editing.rename(name, new),
            lambda fault: self.stage.say(fault, "error", field.bottomLeft()),
        )

    def add_note(self, place: QPointF | None = None) -> None:
        """Put an empty note here, or in the middle of what is in sight, and write in it."""
        middle = self.mapToScene(self.viewport().rect().center())
        name = self.canvas.notes.add(place or middle)
        if name is not None:
            self.start_note(name)

    def start_note(self, name: str) -> None:
        """Write in a note."""
        body = self.canvas.notes.items[name].body()
        self.ensureVisible(body, 10, 10)
        area = self.mapFromScene(body).boundingRect()
        area.setSize(area.size().expandedTo(QSize(200, 80)))
        NoteField(
            self,
            self.canvas.notes.items[name].note.text,
            area,
            lambda text: self.canvas.notes.write(name, text),
        )

    def note_at(self, place: QPointF) -> NoteItem | None:
        """A note that no wire covers here."""
        covered = self.canvas.wire_at(place, 8 / self.camera.zoom) is not None
        return None if covered else self.canvas.notes.at(place)

    def start_find(self) -> None:
        """Search the canvas for a block."""
        self.find_bar.open()

    def offer_instead(self, name: str, place: QPointF) -> None:
        """Choose what shall stand in the place of a block."""
        plan = self.stage.store.plan
        shapes = plan.input_shapes(name)
        offers = takers(shapes[0] if shapes else None)
        self._choose(offers, f"Replace {name} by", place, partial(self.chosen.instead, name))

    def offer_into_wire(self, wire: Wire, place: QPointF) -> None:
        """Choose what shall be put into a wire."""
        shape = self.editing.shape_at(wire.source, wire.output)
        offers = tuple(o for o in takers(shape) if o.gives)
        insert = partial(self.chosen.into, wire, place)
        self._choose(offers, f"Insert into {wire}", place, insert)

    def offer_here(self, place: QPointF) -> None:
        """Choose a block for this place."""
        self._choose(everything(), "Insert here", place, partial(self.chosen.here, place))

    def tell_of_wire(self, wire: Wire, place: QPointF) -> None:
        """Say what runs through a wire, until the mouse moves on."""
        item = self.canvas.wires.get(wire)
        shape = item.look.shape if item is not None else None
        if item is not None:
            meaning = f"\n{MEANINGS[shape.kind]}" if shape is not None else ""
            spot = self.viewport().mapToGlobal(self.mapFromScene(place))
            words = html.escape(item.describe() + meaning).replace("\n", "<br>")
            QWhatsThis.showText(spot, words, self)

    def _choose(
        self, offers: tuple[Offer, ...], title: str, place: QPointF, take: Callable[[str], None]
    ) -> None:
        OfferBox(self, offers, title, self.mapFromScene(place), self.stage.colours, take)

    def _offer(self, port: Port, hand: Hand) -> None:
        """A wire was let go here: choose the block that it shall lead to, or come from."""
        name, side, label = port
        shape = self.editing.shape_at(name, label) if side == "output" else None
        offers = takers(shape) if side == "output" else givers()
        title = f"{name} gives {shape.kind} of {shape}" if shape else f"Connect {name} with"
        OfferBox(
            self,
            offers,
            title,
            hand.spot,
            self.stage.colours,
            lambda kind: self.editing.insert_at(kind, hand.place, port),
        )

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        """What floats over the canvas keeps its corner."""
        super().resizeEvent(event)
        self.find_bar.place()
