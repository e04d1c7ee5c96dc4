"""The frame around the members of an unfolded group, with its title."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem

from explorer.graph.document import Group
from explorer.graph.frames import Area, Frame, Meets, frame_of
from explorer.ui.canvas.geometry import area_of, rect_of
from explorer.ui.canvas.lettering import READABLE, paint_letters, text_pixels
from explorer.ui.canvas.paint import FOLD_SIGN as BUTTON
from explorer.ui.canvas.paint import paint_fold_sign
from explorer.ui.canvas.painted_item import SheetItem
from explorer.ui.kit.theme import Colours

PAD = 20.0
TITLE = 26.0
TIMES = "\u00d7"  # the sign
NO_TEXT_BELOW = 0.09


class FrameItem(SheetItem):
    """Mirrors one Group; selected while all its members are. `data(0)` is the group's name."""

    def __init__(self, group: Group, colours: Colours) -> None:
        super().__init__(colours)
        self.framed = group
        self._frame = Frame((), Area(0, 0, 0, 0))
        self.parts: tuple[QRectF, ...] = ()  # each holds members, and members only
        self._outline = QPainterPath()
        self.setZValue(-3)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def show_group(self, group: Group, bodies: list[QRectF], meets: Meets) -> None:
        """The group as it is now, around its members; `meets`: whether others lie in an area."""
        frame = frame_of([area_of(body) for body in bodies], meets, PAD, TITLE)
        if frame != self._frame:
            self._frame = frame
            self.parts = tuple(rect_of(part) for part in frame.parts)
            self._lay()
        if group is not self.framed or not self.toolTip():
            self.framed = group
            self.setData(0, group.name)
            self.setToolTip(self.describe())
            self.update()

    def _lay(self) -> None:
        whole, path = QRectF(), QPainterPath()
        for part in self.parts:
            whole = whole.united(part)
            rounded = QPainterPath()
            rounded.addRoundedRect(part.adjusted(1, 1, -1, -1), 10, 10)
            path = path.united(rounded)
        self._outline = path
        self.setRect(whole)
        self.update()

    def shape(self) -> QPainterPath:
        """The parts only: what lies between them belongs to others."""
        return self._outline

    def describe(self) -> str:
        """The group in words."""
        times = f", {self.framed.repeat} times in a row" if self.framed.repeat > 1 else ""
        return f"Group {self.framed.name}: {len(self.framed.members)} blocks{times}"

    def title_area(self) -> QRectF:
        """The bar beside the members: drag moves the group, a double-click folds it."""
        return rect_of(self._frame.title)

    def button_area(self) -> QRectF:
        """The sign that folds it."""
        area = self.title_area()
        top = area.center().y() - BUTTON / 2
        return QRectF(area.right() - BUTTON - 8, top, BUTTON, BUTTON)

    def draw(self, painter: QPainter, option: QStyleOptionGraphicsItem) -> None:
        """A tinted sheet with a title bar."""
        c = self._colours
        detail = option.levelOfDetailFromTransform(painter.worldTransform())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QColor(c.accent if self.selected else c.faint)
        ground.setAlpha(20)
        line = QColor(c.accent if self.selected else c.faint)
        painter.setPen(QPen(line, 1.2, Qt.PenStyle.DotLine))
        for one, other in self._links():
            painter.drawLine(one.center(), other.center())
        painter.setBrush(ground)
        painter.setPen(QPen(line, 1.6 if self.selected else 1.2, Qt.PenStyle.DashLine))
        painter.drawPath(self._outline)
        if detail < NO_TEXT_BELOW:
            return
        self._paint_title(painter, detail)
        if not self.printed:
            paint_fold_sign(painter, self.button_area(), self._colours, unfold=False)

    def _links(self) -> Iterator[tuple[QRectF, QRectF]]:
        """Parts that a line shows to belong together."""
        return pairwise(self.parts)

    def _paint_title(self, painter: QPainter, detail: float) -> None:
        area = self.title_area().adjusted(12, 2, -BUTTON - 14, PAD - 4)
        times = f"  {TIMES} {self.framed.repeat}" if self.framed.repeat > 1 else ""
        most = max(13.0, READABLE * text_pixels() / detail)
        top = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
        name = f"{self.framed.name}{times}"
        paint_letters(painter, area, name, self._colours.text, most, bold=True, align=top)
