"""A block on the canvas: one item with its ports and its thumbnail, and what it tells."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem

from explorer.graph.block import Block
from explorer.graph.document import Node
from explorer.ui.canvas.geometry import MARGIN, Side, port_offset
from explorer.ui.canvas.look import Look, kind_title
from explorer.ui.canvas.node_areas import body_area, fold_area, picture_area
from explorer.ui.canvas.node_painter import PLAIN_BELOW, NodePainter
from explorer.ui.canvas.painted_item import PaintedItem
from explorer.ui.canvas.thumbnail import Thumbnail
from explorer.ui.kit.theme import Colours

AROUND = 2.0  # of a thumbnail there is nothing else; exposed parts are rounded to whole pixels


class NodeItem(PaintedItem):
    """Mirrors one Node. Its origin is the block's centre; `data(0)` is the node's id."""

    def __init__(self, node: Node, colours: Colours) -> None:
        super().__init__(colours)
        self.node = node
        self.look = Look()
        self.told_of: Block | None = None  # what the summary was written for
        self._thumbnail: Thumbnail | None = None
        self._picture: QImage | None = None  # it, in the colours of the scheme
        self.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        # Paint is told what is exposed.
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self.setZValue(1)
        self.set_node(node)

    def set_node(self, node: Node) -> None:
        """Show another version of the node."""
        self.node = node
        self.setData(0, node.id)
        self.setRect(body_area(node.block).adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN))
        self.setPos(node.x, node.y)
        self._retell()
        self.update()

    def set_look(self, look: Look) -> None:
        """Show other circumstances; nothing happens where they are the same."""
        if look != self.look:
            self.look = look
            self.setZValue(2 if look.selected else 1)
            self._retell()
            self.update()

    def alter(self, **changes: object) -> None:
        """Change some of the circumstances."""
        self.set_look(replace(self.look, **changes))  # type: ignore[arg-type]  # fields of Look

    def set_colours(self, colours: Colours) -> None:
        """Another scheme, which may have other colours for numbers too."""
        super().set_colours(colours)
        self.set_picture(self._thumbnail)

    def set_picture(self, thumbnail: Thumbnail | None) -> None:
        """The live thumbnail."""
        self._thumbnail = thumbnail
        self._picture = thumbnail.coloured(self._colours.dark) if thumbnail is not None else None
        self._retell()
        self.update(self.picture_area())

    @property
    def thumbnail(self) -> Thumbnail | None:
        """The same, whatever the scheme."""
        return self._thumbnail

    @property
    def picture(self) -> QImage | None:
        """The live thumbnail that is shown."""
        return self._picture

    def body(self) -> QRectF:
        """The block without margin, in its own coordinates."""
        return self.rect().adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)

    def scene_body(self) -> QRectF:
        """The block without margin, in the scene."""
        return self.body().translated(self.pos())

    def port(self, port: str, side: Side) -> QPointF:
        """A port's centre in the scene."""
        return self.pos() + port_offset(self.node.block, port, side)

    def picture_area(self) -> QRectF:
        """Where the thumbnail is."""
        return picture_area(self.node.block)

    def fold_area(self) -> QRectF:
        """Where a folded group's + is, in the scene; empty for any other block."""
        return fold_area(self.node.block).translated(self.pos())

    @property
    def kind_title(self) -> str:
        """The block's kind as the palette calls it."""
        return kind_title(self.node.block)

    def describe(self) -> str:
        """The block in words, for screen readers and the tooltip."""
        look = self.look
        parts = [f"{self.node.id}: {self.kind_title}"]
        if look.summary:
            parts[0] += f" ({look.summary})"
        if look.shape is not None:
            parts.append(f"gives {look.shape.kind} of {look.shape}")
        if look.problem:
            parts.append(look.problem)
        if look.fix:
            parts.append(f"Fix on offer (right click): {look.fix}.")
        if look.aside:
            parts.append("Not on the way to the Output: it is not trained.")
        if look.changed:
            parts.append("Changed since the run.")
        if self._thumbnail is not None:
            parts.append(f"Values {self._thumbnail.scale}")
        return "\n".join(parts)

    def _retell(self) -> None:
        self.setToolTip(self.describe())

    def draw(self, painter: QPainter, option: QStyleOptionGraphicsItem) -> None:
        """The whole block at the level of detail that the zoom asks for."""
        detail = option.levelOfDetailFromTransform(painter.worldTransform())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, detail >= PLAIN_BELOW)
        paint = NodePainter(painter, detail, self.node, self.look, self._colours, self.printed)
        around = self.picture_area().adjusted(-AROUND, -AROUND, AROUND, AROUND)
        if detail * AROUND > 1 and self._picture and around.contains(option.exposedRect):
            # Several times a second in a run, for every block: nothing but the thumbnail.
            painter.fillRect(around, QColor(self._colours.raised))
            paint.picture(self._picture)
        else:
            paint.whole(self._picture)
