"""The items on the canvas, by node id and by wire, and which of them is where."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtWidgets import QGraphicsScene

from explorer.graph.document import Document, Wire
from explorer.graph.folding import Drawing, drawn
from explorer.ui.canvas.frame_item import FrameItem
from explorer.ui.canvas.geometry import PORT_REACH, Port, Side, ports_of
from explorer.ui.canvas.node_item import NodeItem
from explorer.ui.canvas.notes import Notes
from explorer.ui.canvas.wire_item import WireItem
from explorer.ui.kit.theme import Theme
from explorer.ui.session.store import Selection, Store


class ItemScene(QGraphicsScene):
    """Finds what is at a place, and the place of what has a name."""

    def __init__(self, store: Store, selection: Selection, theme: Theme) -> None:
        super().__init__()
        self.store, self.selection, self.theme = store, selection, theme
        self.drawing: Drawing = drawn(Document())  # what the items show
        self.nodes: dict[str, NodeItem] = {}
        self.wires: dict[Wire, WireItem] = {}
        self.frames: dict[str, FrameItem] = {}  # around the members of unfolded groups
        self.notes = Notes(self, store, selection, theme)

    def node_at(self, place: QPointF) -> NodeItem | None:
        """The block at this place of the scene."""
        for item in self.items(place):
            if isinstance(item, NodeItem) and item.scene_body().contains(place):
                return item
        return None

    def port_at(self, place: QPointF, reach: float = PORT_REACH) -> Port | None:
        """The nearest port within reach."""
        box = QRectF(place.x() - reach, place.y() - reach, 2 * reach, 2 * reach)
        near: list[tuple[float, Port]] = []
        sides: tuple[Side, Side] = ("input", "output")
        for item in self.items(box):
            if not isinstance(item, NodeItem):
                continue
            for side in sides:
                for port in ports_of(item.node.block, side):
                    away = item.port(port, side) - place
                    square = away.x() ** 2 + away.y() ** 2
                    if square <= reach**2:
                        near.append((square, (item.node.id, side, port)))
        return min(near)[1] if near else None

    def wire_at(self, place: QPointF, reach: float = 8.0) -> WireItem | None:
        """The nearest wire within reach; its label counts as the wire."""
        box = QRectF(place.x() - reach, place.y() - reach, 2 * reach, 2 * reach)
        near = [item for item in self.items(box) if isinstance(item, WireItem)]
        near.sort(key=lambda item: item.course.distance(place))
        if near and near[0].course.distance(place) <= reach:
            return near[0]
        return next((i for i in self.wires.values() if self._on_label(i, place)), None)

    @staticmethod
    def _on_label(item: WireItem, place: QPointF) -> bool:
        label = item.label
        return label.isVisible() and label.rect().translated(label.pos()).contains(place)

    def extent(self, names: Iterable[str] = ()) -> QRectF:
        """The rectangle around these blocks, or around all and the notes; a hidden block is where
        its group is.
        """
        chosen = tuple(names)
        bodies = [self.item(name).scene_body() for name in chosen or self.nodes]
        around = QRectF() if chosen else self.notes.extent()
        for body in bodies:
            around = around.united(body)
        return around

    def item(self, name: str) -> NodeItem:
        """The block of this name, or the folded group that it is in; raises KeyError."""
        return self.nodes[self.drawing.item(name)]

    def frame_at(self, place: QPointF) -> FrameItem | None:
        """The group whose title is at this place of the scene."""
        found = (item for item in self.frames.values() if item.title_area().contains(place))
        return next(found, None)
