"""Paints a block, its ports, words and thumbnail, at the level of detail that the zoom asks for."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from explorer.graph.document import Node
from explorer.graph.folding import FoldedBlock
from explorer.ui.canvas.geometry import PORT_RADIUS, WIDTH, Side, port_offset, ports_of
from explorer.ui.canvas.lettering import (
    DESIGN_PIXELS,
    DETAILS_FROM,
    READABLE,
    paint_letters,
    text_pixels,
)
from explorer.ui.canvas.look import Look, kind_title
from explorer.ui.canvas.node_areas import (
    FAR_STRIPE,
    PAD,
    PORT_PIXELS,
    TEXT,
    body_area,
    fold_area,
    name_area,
    picture_area,
)
from explorer.ui.canvas.paint import (
    FOLD_SIGN,
    paint_changed,
    paint_fold_sign,
    paint_schematic,
    paint_warning,
    scene_font,
)
from explorer.ui.kit.theme import Colours

NAME, SMALL = 13.0, 11.0  # letters, in scene units
PLAIN_BELOW = 0.35  # levels of detail, as zoom: no ports and no round corners
NAME_ONLY_BELOW = 0.28  # the name takes the whole block; for text of DESIGN_PIXELS
NOTHING_BELOW = 0.09  # a block is of some ten pixels
STRIPE = 5.0
CLEAR = 3.0  # between the last line and the thumbnail
PRINTED_SIDE = 240  # pixels of a thumbnail in a picture


def shows_details(zoom: float, text: float) -> bool:
    """Whether lines smaller than names can still be read, where the program's text has this size in
    pixels.
    """
    return SMALL * zoom >= DETAILS_FROM * text


def _enlarged(picture: QImage) -> QImage:
    """Each pixel as a square of several."""
    factor = max(1, round(PRINTED_SIDE / max(picture.width(), picture.height())))
    return picture.scaled(picture.width() * factor, picture.height() * factor)


class NodePainter:
    """One block, painted once."""

    def __init__(
        self,
        painter: QPainter,
        detail: float,
        node: Node,
        look: Look,
        colours: Colours,
        printed: bool = False,
    ) -> None:
        self._painter, self._printed = painter, printed
        self._detail = 1.0 if printed else detail  # a picture can be enlarged
        self._node, self._block, self._look, self._colours = node, node.block, look, colours
        self._text_pixels = DESIGN_PIXELS if printed else text_pixels()
        self._far = NAME_ONLY_BELOW * self._text_pixels / DESIGN_PIXELS
        self._details = shows_details(self._detail, self._text_pixels)
        self._small = max(SMALL, READABLE * self._text_pixels / self._detail)

    def whole(self, picture: QImage | None) -> None:
        """The whole block, with its thumbnail where there is one."""
        self._body()
        if self._detail >= self._far:
            self.picture(picture)
        if self._detail >= PLAIN_BELOW:
            self._ports()
        if self._details:
            self._text()
        elif self._detail >= NOTHING_BELOW:
            self._name_only()
        self._signs()

    def picture(self, picture: QImage | None) -> None:
        """The thumbnail, or what kind of value comes out where there is none yet."""
        area = picture_area(self._block)
        if picture is None:
            if self._look.shape is not None:
                paint_schematic(self._painter, area, self._look.shape, QColor(self._colours.border))
            return
        size = picture.size()
        factor = min(area.width() / size.width(), area.height() / size.height())
        shown = QRectF(0, 0, size.width() * factor, max(size.height() * factor, 6.0))
        shown.moveCenter(area.center())
        if self._printed:  # whatever opens the picture blurs small images
            picture = _enlarged(picture)
        # Enlarged pixels stay squares, as each is one number; shrunk ones are averaged.
        shrunk = factor * self._painter.worldTransform().m11() < 1
        self._painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, shrunk)
        self._painter.drawImage(shown, picture)
        self._painter.setPen(QPen(QColor(self._colours.border), 1))
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.drawRect(shown)

    def _body(self) -> None:
        c, body, look = self._colours, body_area(self._block), self._look
        group = QColor(c.groups.get(self._block.group, c.faint))
        if isinstance(self._block, FoldedBlock):
            self._sheets()
        if self._detail < PLAIN_BELOW:
            self._painter.fillRect(body, QColor(c.raised))
            self._painter.fillRect(
                QRectF(body.left(), body.top(), FAR_STRIPE, body.height()), group
            )
        else:
            if look.selected:
                glow = QColor(c.accent)
                glow.setAlpha(95)
                self._painter.setPen(QPen(glow, 7))
                self._painter.drawRoundedRect(body, 8, 8)
            self._painter.setPen(Qt.PenStyle.NoPen)
            self._painter.setBrush(group)
            self._painter.drawRoundedRect(body, 8, 8)
            self._painter.setBrush(QColor(c.raised))
            inner = body.adjusted(STRIPE, 0, 0, 0)
            self._painter.drawRoundedRect(inner, 7, 7)
            self._painter.drawRect(QRectF(inner.left(), inner.top() + 0.5, 8, inner.height() - 1))
        self._painter.setPen(self._outline())
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.drawRoundedRect(body, 8, 8)

    def _sheets(self) -> None:
        """The blocks that lie behind a folded group's."""
        c, body = self._colours, body_area(self._block)
        self._painter.setPen(QPen(QColor(c.faint), 1))
        self._painter.setBrush(QColor(c.raised))
        for shift in (8.0, 4.0):
            self._painter.drawRoundedRect(body.translated(shift, -shift), 8, 8)

    def _outline(self) -> QPen:
        c, look = self._colours, self._look
        thick = 2.0 / min(max(self._detail, 0.25), 1.0)
        if look.problem:
            return QPen(QColor(c.error), thick)
        if look.selected:
            return QPen(QColor(c.accent), thick)
        pen = QPen(QColor(c.border), thick / 2)
        if look.aside:
            pen.setStyle(Qt.PenStyle.DashLine)
        return pen

    def _text(self) -> None:
        """Name, kind and parameters, each whole: what is long is smaller, or in two lines."""
        c, body = self._colours, body_area(self._block)
        left, width = body.left() + PAD, WIDTH - 2 * PAD
        signs = 18.0 * (bool(self._look.problem) + self._look.changed)
        signs += FOLD_SIGN + 4 if isinstance(self._block, FoldedBlock) else 0
        kind_colour = c.groups.get(self._block.group, c.faint)
        name = QRectF(left, body.top() + 2, width - signs, 19)
        most = max(NAME, NAME / SMALL * self._small)
        paint_letters(self._painter, name, self._node.id, c.text, most, bold=True)
        second = QRectF(left, body.top() + 20, width, 15 if self._look.summary else 30)
        self._write(second, kind_title(self._block), kind_colour)
        third = QRectF(left, body.top() + 35, width, TEXT - CLEAR - 35)
        self._write(third, self._look.summary, c.faint)

    def _write(self, area: QRectF, text: str, colour: str) -> None:
        """Small, from the upper edge on."""
        top = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
        paint_letters(
            self._painter, area, text, colour, self._small, lines=2, align=top, enough=SMALL
        )

    def _name_only(self) -> None:
        """The name as large as there is room for, as everything else is too small to be read."""
        far = self._detail < self._far
        area = (
            body_area(self._block).adjusted(FAR_STRIPE + 2, 4, -2, -4)
            if far
            else name_area(self._block)
        )
        paint_letters(
            self._painter,
            area,
            self._node.id,
            self._colours.text,
            most=max(NAME, self._text_pixels / self._detail),
            bold=True,
            lines=3,
            align=Qt.AlignmentFlag.AlignHCenter,
            enough=READABLE * self._text_pixels / self._detail,
        )

    def _ports(self) -> None:
        block = self._block
        sides: tuple[Side, Side] = ("input", "output")
        for side in sides:
            for port in ports_of(block, side):
                if not self._printed:
                    self._port(side, port)
        if self._details and len(block.inputs) > 1:
            self._name_ports("input", block.inputs)
        if self._details and len(block.outputs) > 1:
            self._name_ports("output", block.outputs)

    def _port(self, side: Side, port: str) -> None:
        c = self._colours
        hot = self._look.hot == (side, port)
        ring = QColor(c.accent if hot else c.faint)
        self._painter.setPen(QPen(ring, 2.0 if hot else 1.5))
        self._painter.setBrush(QColor(c.accent if hot else c.raised))
        radius = PORT_RADIUS + (2.5 if hot else 0)
        self._painter.drawEllipse(port_offset(self._block, port, side), radius, radius)

    def _name_ports(self, side: Side, names: tuple[str, ...]) -> None:
        self._painter.setFont(scene_font(PORT_PIXELS))
        self._painter.setPen(QColor(self._colours.faint))
        for name in names:
            at = port_offset(self._block, name, side)
            if side == "input":
                area = QRectF(at.x() + 10, at.y() - 8, 40, 16)
                self._painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, name)
            else:
                area = QRectF(at.x() - 50, at.y() - 8, 40, 16)
                flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
                self._painter.drawText(area, flags, name)

    def _signs(self) -> None:
        c, body, look = self._colours, body_area(self._block), self._look
        right = body.right() - 14
        fold = fold_area(self._block)
        if not fold.isEmpty() and self._details and not self._printed:
            paint_fold_sign(self._painter, fold, c, unfold=True)
            right = fold.left() - 10
        if look.problem:
            size = 15.0 if self._details else 44.0
            corner = body.bottomRight() - QPointF(28, 26)
            centre = QPointF(right, body.top() + 14) if size < 20 else corner
            paint_warning(self._painter, centre, size, QColor(c.error))
            right -= 18
        if look.changed and self._details:
            paint_changed(self._painter, QPointF(right, body.top() + 14), QColor(c.warning))
