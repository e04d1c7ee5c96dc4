"""A block on the canvas, its ports and its thumbnail painted as one item."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsRectItem, QStyleOptionGraphicsItem, QWidget

from explorer.graph.block import Block, Shape, UnknownBlock
from explorer.graph.document import Node
from explorer.graph.folding import FoldedBlock
from explorer.ui.canvas.geometry import (
    MARGIN,
    PORT_RADIUS,
    WIDTH,
    Side,
    height_of,
    port_offset,
    ports_of,
)
from explorer.ui.canvas.paint import (
    FOLD_SIGN,
    elided,
    paint_changed,
    paint_fold_sign,
    paint_schematic,
    paint_warning,
    scene_font,
    widest,
)
from explorer.ui.guard import guarded
from explorer.ui.theme import Colours

NO_TEXT_BELOW = 0.45  # levels of detail: readers can't read it, and painting it costs
PLAIN_BELOW = 0.35
STRIPE = 5.0
PAD = 12.0
AROUND = 2.0  # of a thumbnail there is nothing else; exposed parts are rounded to whole pixels
PORT_PIXELS = 10.0


@dataclass(frozen=True, slots=True)
class Look:
    """All about a block that is painted and is not in its Node."""

    summary: str = ""
    problem: str = ""
    fix: str = ""  # the words of the problem's repair
    shape: Shape | None = None  # of the first output
    selected: bool = False
    shapes: tuple[Shape, ...] | None = None  # that come in
    aside: bool = False  # leads nowhere: not trained
    changed: bool = False  # since the run
    hot: tuple[Side, str] | None = None  # the port under the mouse


class NodeItem(QGraphicsRectItem):
    """Mirrors one Node. Its origin is the block's centre; `data(0)` is the node's id."""

    def __init__(self, node: Node, colours: Colours) -> None:
        super().__init__()
        self.node = node
        self.look = Look()
        self.told_of: Block | None = None  # what the summary was written for
        self._colours = colours
        self._picture: QImage | None = None
        self._scale = ""
        self.setPen(Qt.PenStyle.NoPen)
        self.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        # Paint is told what is exposed.
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self.setZValue(1)
        self.set_node(node)

    def set_node(self, node: Node) -> None:
        """Show another version of the node."""
        self.node = node
        self.setData(0, node.id)
        half = height_of(node.block) / 2
        self.setRect(
            QRectF(-WIDTH / 2, -half, WIDTH, 2 * half).adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
        )
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
        """Another scheme."""
        self._colours = colours
        self.update()

    def set_picture(self, picture: QImage | None, scale: str = "") -> None:
        """The live thumbnail and its scale in words."""
        self._picture, self._scale = picture, scale
        self._retell()
        self.update(self.picture_area())

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
        body = self.body()
        left, right = self._inset("input"), self._inset("output")
        width = WIDTH - 2 * PAD - left - right
        return QRectF(body.left() + PAD + left, body.bottom() - 50, width, 42)

    def fold_area(self) -> QRectF:
        """Where a folded group's + is, in the scene; empty for any other block."""
        if not isinstance(self.node.block, FoldedBlock):
            return QRectF()
        body = self.scene_body()
        return QRectF(body.right() - FOLD_SIGN - 7, body.top() + 7, FOLD_SIGN, FOLD_SIGN)

    def _inset(self, side: Side) -> float:
        """What the names of several ports take of the block's width."""
        names = ports_of(self.node.block, side)
        return widest(scene_font(PORT_PIXELS), names) + 4 if len(names) > 1 else 0.0

    @property
    def kind_title(self) -> str:
        """The block's kind as the palette calls it."""
        block = self.node.block
        return block.name if isinstance(block, UnknownBlock) else block.title

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
        if self._picture is not None:
            parts.append(f"Values {self._scale}")
        return "\n".join(parts)

    def _retell(self) -> None:
        self.setToolTip(self.describe())

    @guarded
    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        """The whole block at the level of detail that the zoom asks for."""
        detail = option.levelOfDetailFromTransform(painter.worldTransform())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, detail >= PLAIN_BELOW)
        around = self.picture_area().adjusted(-AROUND, -AROUND, AROUND, AROUND)
        if detail * AROUND > 1 and self._picture and around.contains(option.exposedRect):
            # Several times a second in a run, for every block: nothing but the thumbnail.
            painter.fillRect(around, QColor(self._colours.raised))
            self._paint_picture(painter)
            return
        self._paint_body(painter, detail)
        if detail >= PLAIN_BELOW:
            self._paint_picture(painter)
            self._paint_ports(painter, detail)
        if detail >= NO_TEXT_BELOW:
            self._paint_text(painter)
        self._paint_signs(painter, detail)

    def _paint_body(self, painter: QPainter, detail: float) -> None:
        c, body, look = self._colours, self.body(), self.look
        group = QColor(c.groups.get(self.node.block.group, c.faint))
        if isinstance(self.node.block, FoldedBlock):
            self._paint_sheets(painter)
        if detail < PLAIN_BELOW:
            painter.fillRect(body, QColor(c.raised))
            painter.fillRect(QRectF(body.left(), body.top(), 16, body.height()), group)
        else:
            if look.selected:
                glow = QColor(c.accent)
                glow.setAlpha(95)
                painter.setPen(QPen(glow, 7))
                painter.drawRoundedRect(body, 8, 8)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(group)
            painter.drawRoundedRect(body, 8, 8)
            painter.setBrush(QColor(c.raised))
            inner = body.adjusted(STRIPE, 0, 0, 0)
            painter.drawRoundedRect(inner, 7, 7)
            painter.drawRect(QRectF(inner.left(), inner.top() + 0.5, 8, inner.height() - 1))
        painter.setPen(self._outline(detail))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(body, 8, 8)

    def _paint_sheets(self, painter: QPainter) -> None:
        """The blocks that lie behind a folded group's."""
        c, body = self._colours, self.body()
        painter.setPen(QPen(QColor(c.faint), 1))
        painter.setBrush(QColor(c.raised))
        for shift in (8.0, 4.0):
            painter.drawRoundedRect(body.translated(shift, -shift), 8, 8)

    def _outline(self, detail: float) -> QPen:
        c, look = self._colours, self.look
        thick = 2.0 / min(max(detail, 0.25), 1.0)
        if look.problem:
            return QPen(QColor(c.error), thick)
        if look.selected:
            return QPen(QColor(c.accent), thick)
        pen = QPen(QColor(c.border), thick / 2)
        if look.aside:
            pen.setStyle(Qt.PenStyle.DashLine)
        return pen

    def _paint_text(self, painter: QPainter) -> None:
        c, body = self._colours, self.body()
        left, width = body.left() + PAD, WIDTH - 2 * PAD
        signs = 18.0 * (bool(self.look.problem) + self.look.changed)
        signs += FOLD_SIGN + 4 if isinstance(self.node.block, FoldedBlock) else 0
        kind_colour = c.groups.get(self.node.block.group, c.faint)
        name = QRectF(left, body.top() + 5, width - signs, 20)
        second = QRectF(left, body.top() + 23, width, 15)
        self._write(painter, name, scene_font(13.0, bold=True), self.node.id, c.text)
        if self.look.summary:
            self._write(painter, second, scene_font(11.0), self.kind_title, kind_colour)
            self._write(
                painter, second.translated(0, 14), scene_font(11.0), self.look.summary, c.faint
            )
        else:
            painter.setFont(scene_font(11.0))
            painter.setPen(QColor(kind_colour))
            flags = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft
            painter.drawText(second.adjusted(0, 0, 0, 14), flags, self.kind_title)

    @staticmethod
    def _write(painter: QPainter, area: QRectF, font: QFont, text: str, colour: str) -> None:
        """One line, cut where it is too long."""
        align = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setFont(font)
        painter.setPen(QColor(colour))
        painter.drawText(area, align, elided(font, text, area.width()))

    def _paint_picture(self, painter: QPainter) -> None:
        area = self.picture_area()
        if self._picture is None:
            if self.look.shape is not None:
                paint_schematic(painter, area, self.look.shape, QColor(self._colours.border))
            return
        size = self._picture.size()
        factor = min(area.width() / size.width(), area.height() / size.height())
        shown = QRectF(0, 0, size.width() * factor, max(size.height() * factor, 6.0))
        shown.moveCenter(area.center())
        # Enlarged pixels stay squares, as each is one number; shrunk ones are averaged.
        shrunk = factor * painter.worldTransform().m11() < 1
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, shrunk)
        painter.drawImage(shown, self._picture)
        painter.setPen(QPen(QColor(self._colours.border), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(shown)

    def _paint_ports(self, painter: QPainter, detail: float) -> None:
        block = self.node.block
        sides: tuple[Side, Side] = ("input", "output")
        for side in sides:
            for port in ports_of(block, side):
                self._paint_port(painter, side, port)
        if detail >= NO_TEXT_BELOW and len(block.inputs) > 1:
            self._name_ports(painter, "input", block.inputs)
        if detail >= NO_TEXT_BELOW and len(block.outputs) > 1:
            self._name_ports(painter, "output", block.outputs)

    def _paint_port(self, painter: QPainter, side: Side, port: str) -> None:
        c = self._colours
        hot = self.look.hot == (side, port)
        ring = QColor(c.accent if hot else c.faint)
        painter.setPen(QPen(ring, 2.0 if hot else 1.5))
        painter.setBrush(QColor(c.accent if hot else c.raised))
        radius = PORT_RADIUS + (2.5 if hot else 0)
        painter.drawEllipse(port_offset(self.node.block, port, side), radius, radius)

    def _name_ports(self, painter: QPainter, side: Side, names: tuple[str, ...]) -> None:
        painter.setFont(scene_font(PORT_PIXELS))
        painter.setPen(QColor(self._colours.faint))
        for name in names:
            at = port_offset(self.node.block, name, side)
            if side == "input":
                area = QRectF(at.x() + 10, at.y() - 8, 40, 16)
                painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, name)
            else:
                area = QRectF(at.x() - 50, at.y() - 8, 40, 16)
                flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
                painter.drawText(area, flags, name)

    def _paint_signs(self, painter: QPainter, detail: float) -> None:
        c, body, look = self._colours, self.body(), self.look
        right = body.right() - 14
        fold = self.fold_area().translated(-self.pos())
        if not fold.isEmpty() and detail >= NO_TEXT_BELOW:
            paint_fold_sign(painter, fold, c, unfold=True)
            right = fold.left() - 10
        if look.problem:
            size = 15.0 if detail >= NO_TEXT_BELOW else 44.0
            centre = QPointF(right, body.top() + 14) if size < 20 else body.center()
            paint_warning(painter, centre, size, QColor(c.error))
            right -= 18
        if look.changed and detail >= NO_TEXT_BELOW:
            paint_changed(painter, QPointF(right, body.top() + 14), QColor(c.warning))
