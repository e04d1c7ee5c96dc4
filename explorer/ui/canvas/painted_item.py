"""Items that paint themselves, in the colours of the scheme in use."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsRectItem, QStyleOptionGraphicsItem, QWidget

from explorer.ui.kit.guard import guarded
from explorer.ui.kit.theme import Colours


class PaintedItem(QGraphicsRectItem):
    """Qt draws nothing of it. `printed`: for a picture, without what only a hand needs."""

    printed = False

    def __init__(self, colours: Colours) -> None:
        super().__init__()
        self._colours = colours
        self.setPen(Qt.PenStyle.NoPen)

    def set_colours(self, colours: Colours) -> None:
        """Another scheme."""
        self._colours = colours
        self.update()

    @guarded
    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        """Qt asks here; a fault in `draw` is told and does not end the program."""
        self.draw(painter, option)

    def draw(self, painter: QPainter, option: QStyleOptionGraphicsItem) -> None:
        """Paint it, in its own coordinates."""
        raise NotImplementedError


class SheetItem(PaintedItem):
    """Lies below blocks and wires, and can be selected."""

    def __init__(self, colours: Colours) -> None:
        super().__init__(colours)
        self.selected = False

    def set_selected(self, selected: bool) -> None:
        """Whether it is selected now."""
        if selected != self.selected:
            self.selected = selected
            self.update()
