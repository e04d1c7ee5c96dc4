"""The frame around the members of an unfolded group, with its title."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem

from explorer.graph.document import Group
from explorer.ui.canvas.paint import FOLD_SIGN as BUTTON
from explorer.ui.canvas.paint import elided, paint_fold_sign, scene_font
from explorer.ui.canvas.painted_item import SheetItem
from explorer.ui.theme import Colours

PAD = 20.0
TITLE = 26.0
TIMES = "\u00d7"  # the sign
NO_TEXT_BELOW = 0.2
LARGEST_TITLE = 22.0  # grows with the distance, as far as the bar has room


class FrameItem(SheetItem):
    """Mirrors one Group; selected while all its members are. `data(0)` is the group's name."""

    def __init__(self, group: Group, colours: Colours) -> None:
        super().__init__(colours)
        self.framed = group
        self.setZValue(-3)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def show_group(self, group: Group, extent: QRectF) -> None:
        """The group as it is now, around its members."""
        rect = extent.adjusted(-PAD, -PAD - TITLE, PAD, PAD)
        if rect != self.rect():
            self.setRect(rect)
        if group is not self.framed or not self.toolTip():
            self.framed = group
            self.setData(0, group.name)
            self.setToolTip(self.describe())
            self.update()

    def describe(self) -> str:
        """The group in words."""
        times = f", {self.framed.repeat} times in a row" if self.framed.repeat > 1 else ""
        return f"Group {self.framed.name}: {len(self.framed.members)} blocks{times}"

    def title_area(self) -> QRectF:
        """The bar above the members: drag moves the group, a double-click folds it."""
        rect = self.rect()
        return QRectF(rect.left(), rect.top(), rect.width(), TITLE)

    def button_area(self) -> QRectF:
        """The sign that folds it."""
        area = self.title_area()
        top = area.center().y() - BUTTON / 2
        return QRectF(area.right() - BUTTON - 8, top, BUTTON, BUTTON)

    def draw(self, painter: QPainter, option: QStyleOptionGraphicsItem) -> None:
        """A tinted sheet with a title bar."""
        c, rect = self._colours, self.rect().adjusted(1, 1, -1, -1)
        detail = option.levelOfDetailFromTransform(painter.worldTransform())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QColor(c.accent if self.selected else c.faint)
        ground.setAlpha(20)
        painter.setBrush(ground)
        line = QColor(c.accent if self.selected else c.faint)
        painter.setPen(QPen(line, 1.6 if self.selected else 1.2, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(rect, 10, 10)
        if detail < NO_TEXT_BELOW:
            return
        self._paint_title(painter, detail)
        paint_fold_sign(painter, self.button_area(), self._colours, unfold=False)

    def _paint_title(self, painter: QPainter, detail: float) -> None:
        c, area = self._colours, self.title_area().adjusted(12, 2, -BUTTON - 14, 0)
        font = scene_font(min(max(13.0, 9.0 / detail), LARGEST_TITLE), bold=True)
        times = f"  {TIMES} {self.framed.repeat}" if self.framed.repeat > 1 else ""
        painter.setFont(font)
        painter.setPen(QColor(c.text))
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(area, flags, elided(font, f"{self.framed.name}{times}", area.width()))
