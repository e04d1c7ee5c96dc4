"""Pictures as files: Qt encodes them in memory, so that they are written whole like all else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QRect, QSize, QSizeF
from PySide6.QtGui import QImage, QPageSize, QPainter, QPdfWriter

from explorer.graph.texts import printable
from explorer.graph.whole_file import whole_file

SVG_DPI = 96


def write_png(path: Path, picture: QImage) -> None:
    """Raises OSError where the file can't be written."""
    buffer = _opened()
    if not picture.save(buffer, "PNG"):  # type: ignore[call-overload]  # the stub wants bytes
        raise OSError(0, "the picture could not be encoded", str(path))
    _write(path, bytes(buffer.data().data()))


def write_svg(path: Path, size: QSize, title: str, paint: Callable[[QPainter], object]) -> None:
    """What `paint` paints, well-formed whatever its texts hold; raises OSError."""
    from PySide6.QtSvg import QSvgGenerator  # a library that only this needs

    buffer, generator = _opened(), QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(size)
    generator.setViewBox(QRect(0, 0, size.width(), size.height()))
    generator.setResolution(SVG_DPI)
    generator.setTitle(title)
    _paint(QPainter(generator), paint)
    text = bytes(buffer.data().data()).decode("utf-8", "replace")
    _write(path, printable(text).encode())


def write_pdf(path: Path, points: QSizeF, title: str, paint: Callable[[QPainter], object]) -> None:
    """One page of this size (1/72 inch) with what `paint` paints; raises OSError."""
    buffer = _opened()
    writer = QPdfWriter(buffer)
    writer.setTitle(title)
    writer.setPageSize(QPageSize(points, QPageSize.Unit.Point))
    writer.setPageMargins(QMarginsF())
    _paint(QPainter(writer), paint)
    _write(path, bytes(buffer.data().data()))


def _opened() -> QBuffer:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    return buffer


def _paint(painter: QPainter, paint: Callable[[QPainter], object]) -> None:
    try:
        paint(painter)
    finally:
        painter.end()


def _write(path: Path, content: bytes) -> None:
    with whole_file(path) as file:
        file.write(content)
