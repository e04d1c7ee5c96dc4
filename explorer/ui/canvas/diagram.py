"""The drawing as a picture for papers and slides: SVG, PNG or PDF, light, without the grid."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter

from explorer.graph.document import Document
from explorer.ui.canvas.legend import LegendItem, kinds_shown
from explorer.ui.canvas.scene import CanvasScene
from explorer.ui.canvas.thumbnail import Thumbnail
from explorer.ui.kit.picture_file import write_pdf, write_png, write_svg
from explorer.ui.kit.theme import Theme
from explorer.ui.session.store import Selection, Store

NO_THUMBNAILS: Mapping[str, Thumbnail] = {}
BORDER = 24.0  # scene units
PNG_SCALE = 2.0  # so that it stays sharp in a document
MOST_PIXELS = 16_000  # of a PNG's side
POINTS = 0.75  # a scene unit is a pixel of 96 an inch; a point is one of 72


def save_diagram(
    document: Document, path: Path, thumbnails: Mapping[str, Thumbnail] = NO_THUMBNAILS
) -> None:
    """Write what the canvas shows, with these thumbnails by block, and a legend of its wires; the
    ending chooses the format. Raises OSError, or ValueError where there is nothing to show or the
    ending is none of the three.
    """
    write = WRITERS.get(path.suffix.lower())
    if write is None:
        raise ValueError(f"“{path.suffix}” is none of {', '.join(WRITERS)}")
    scene = CanvasScene(Store(document), Selection(), Theme())
    if not scene.nodes:
        raise ValueError("the canvas is empty")
    scene.prepare_picture(thumbnails)
    _add_legend(scene)
    area = scene.itemsBoundingRect().adjusted(-BORDER, -BORDER, BORDER, BORDER)
    write(scene, area, document.title, path)


def _add_legend(scene: CanvasScene) -> None:
    kinds = kinds_shown(scene)
    if kinds:
        below = scene.itemsBoundingRect().bottomLeft()
        legend = LegendItem(kinds, scene.theme.colours)
        legend.setPos(below.x(), below.y() + BORDER / 2)
        scene.addItem(legend)


def _svg(scene: CanvasScene, area: QRectF, title: str, path: Path) -> None:
    size = area.size().toSize()
    sheet = QRectF(0, 0, size.width(), size.height())
    write_svg(path, size, title, lambda painter: scene.render(painter, sheet, area))


def _png(scene: CanvasScene, area: QRectF, title: str, path: Path) -> None:
    scale = min(PNG_SCALE, MOST_PIXELS / max(area.width(), area.height()))
    picture = QImage(
        QSize(round(area.width() * scale), round(area.height() * scale)),
        QImage.Format.Format_RGB32,
    )
    picture.fill(Qt.GlobalColor.white)
    picture.setText("Title", title)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    scene.render(painter, QRectF(picture.rect()), area)
    painter.end()
    write_png(path, picture)


def _pdf(scene: CanvasScene, area: QRectF, title: str, path: Path) -> None:
    def paint(painter: QPainter) -> None:
        device = painter.device()
        scene.render(painter, QRectF(0, 0, device.width(), device.height()), area)

    write_pdf(path, QSizeF(area.width() * POINTS, area.height() * POINTS), title, paint)


WRITERS: Mapping[str, Callable[[CanvasScene, QRectF, str, Path], None]] = {
    ".svg": _svg,
    ".png": _png,
    ".pdf": _pdf,
}
