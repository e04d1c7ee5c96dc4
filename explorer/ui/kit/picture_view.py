"""A raw sample, pixel by pixel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.ui.kit.colour_maps import grey_image
from explorer.ui.kit.guard import guarded
from explorer.ui.kit.theme import Theme


class PictureView(QWidget):
    """Every stored pixel is a square of a whole number of screen pixels."""

    def __init__(self, theme: Theme, side: int) -> None:
        super().__init__()
        self.theme, self._side = theme, side
        self.picture: NDArray[np.uint8] | None = None  # (C, H, W)
        self._image: QImage | None = None
        self.setMinimumSize(side, side)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        theme.changed.connect(self.update)

    def show_picture(self, picture: NDArray[np.uint8] | None, level: float) -> None:
        """Show (C, H, W), `level` being white; or nothing."""
        self.picture = picture
        self._image = None if picture is None else grey_image(picture, level)
        self.update()

    def picture_rect(self) -> QRect:
        """Where the pixels are."""
        room = self.rect().adjusted(1, 1, -1, -1)
        size = QSize(28, 28) if self._image is None else self._image.size()
        times = min(room.width() // size.width(), room.height() // size.height())
        drawn = (
            size * times if times else size.scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        )
        found = QRect(0, 0, drawn.width(), drawn.height())
        found.moveTopLeft(room.topLeft())
        return found

    def sizeHint(self) -> QSize:
        """As small as allowed."""
        return QSize(self._side, self._side)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        """The pixels in a frame."""
        painter, rect = QPainter(self), self.picture_rect()
        if self._image is not None:
            painter.drawImage(rect, self._image)
        painter.setPen(QColor(self.theme.colours.border))
        painter.drawRect(rect.adjusted(-1, -1, 0, 0))


class SquareBox(QWidget):
    """Keeps its only child square and as large as there is room."""

    def __init__(self, child: QWidget) -> None:
        super().__init__()
        self._child = child
        child.setParent(self)
        self.setMinimumSize(child.minimumSize())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        """The child's."""
        return self._child.sizeHint()

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the child into the upper left corner."""
        side = min(self.width(), self.height())
        self._child.setGeometry(0, 0, side, side)
