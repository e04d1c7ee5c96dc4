"""The palette's small pictures: one for each kind of block, in the colour of its group."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from explorer import resources

SIZE = 18
RATIO = 3  # drawn larger, so that it is sharp at 200 % and more
PLAIN = (  # of a block that has no picture: a user's own, or a plug-in's
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 18 18"><path d="M4.5 4.5h9v9h-9Z"'
    ' fill="none" stroke="currentColor" stroke-width="1.4" stroke-linejoin="round"/></svg>'
)


def block_icon(kind: str, colour: str) -> QIcon:
    """The picture of resources/icons/blocks/KIND.svg in this colour on a pale ground of it."""
    pixmap = QPixmap(SIZE * RATIO, SIZE * RATIO)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    ground = QColor(colour)
    ground.setAlpha(34)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    area = QRectF(0, 0, SIZE * RATIO, SIZE * RATIO)
    painter.drawRoundedRect(area, 4 * RATIO, 4 * RATIO)
    drawing = _drawing(kind).replace("currentColor", colour)
    QSvgRenderer(QByteArray(drawing.encode())).render(painter, area)
    painter.end()
    pixmap.setDevicePixelRatio(RATIO)
    icon = QIcon(pixmap)
    icon.addPixmap(pixmap, QIcon.Mode.Selected)  # not tinted: it would drown in the highlight
    return icon


def _drawing(kind: str) -> str:
    file = resources.root() / "icons" / "blocks" / f"{kind}.svg"
    return file.read_text(encoding="utf-8") if kind and file.is_file() else PLAIN
