"""Names that are as large as their place allows: cut into lines where a name has joints, never
within a word, and never cut off.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontInfo, QFontMetricsF, QPainter
from PySide6.QtWidgets import QApplication

DESIGN_PIXELS = 12.0  # size of the program's text for which zoom 1 was drawn
MEASURED = 100  # pixels of the font that is measured; other sizes have its proportions
LEADING = 1.12  # from one line to the next, in heights of letters
READABLE = 0.75  # of the program's text: smaller names are hard to read
DETAILS_FROM = 0.58  # of the program's text: smaller lines are left out


@dataclass(frozen=True, slots=True)
class Lettering:
    """A text in lines, and the size of its letters."""

    lines: tuple[str, ...]
    pixels: float


def text_pixels() -> float:
    """The size of the program's text, which the system or the user has chosen."""
    return float(QFontInfo(QApplication.font()).pixelSize())


def natural_zoom() -> float:
    """The zoom at which blocks have the size of the program's text."""
    return max(0.75, text_pixels() / DESIGN_PIXELS)


@lru_cache(maxsize=4096)
def lettered(
    text: str,
    family: str,
    bold: bool,
    width: float,
    height: float,
    most: float,
    enough: float,
    lines: int,
) -> Lettering:
    """The text within this area: in the fewest lines in which its letters have `enough` pixels, or
    else as large as it can be in so many `lines`; never above `most`.
    """
    best = Lettering((text,), 0.0)
    for count in range(1, lines + 1):
        cut = _cut(text, family, bold, count)
        if cut is None:
            break
        widest = _widest(cut, family, bold) / MEASURED
        size = min(most, width / max(widest, 0.01), height / (count * LEADING))
        if size > best.pixels * 1.001:
            best = Lettering(cut, size)
        if best.pixels >= enough:
            break
    return best


def _cut(text: str, family: str, bold: bool, count: int) -> tuple[str, ...] | None:
    """The evenest way to break a text into so many lines at its joints; None if it has too few."""
    joints = [place for place in range(1, len(text)) if _joint(text, place)]
    found = (
        tuple(text[a:b].strip() for a, b in itertools.pairwise((0, *cut, len(text))))
        for cut in itertools.combinations(joints, count - 1)
    )
    return min(found, key=lambda lines: _widest(lines, family, bold), default=None)


def _joint(text: str, place: int) -> bool:
    """Between words; in a name of one word after an underscore, before a capital and before a
    number of several digits: a single one is lost alone in its line.
    """
    if " " in text:
        return text[place - 1] == " "
    before, after = text[place - 1], text[place]
    number = text[place : place + 2].isdigit() and len(text) > place + 1
    return (
        (before in "_-" and after not in "_-")
        or (before.islower() and after.isupper())
        or (number and not before.isdigit())
    )


def _widest(lines: tuple[str, ...], family: str, bold: bool) -> float:
    return max(_width(line, family, bold) for line in lines)


@lru_cache(maxsize=8192)
def _width(text: str, family: str, bold: bool) -> float:
    font = QFont(family)
    font.setPixelSize(MEASURED)
    font.setBold(bold)
    return QFontMetricsF(font).horizontalAdvance(text)


def paint_letters(
    painter: QPainter,
    area: QRectF,
    text: str,
    colour: str,
    most: float,
    bold: bool = False,
    lines: int = 1,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    enough: float = 0.0,
) -> float:
    """Paint a text within an area, with letters of up to `most` pixels; they are broken into lines
    where they would have less than `enough` (`most`, where it is not given). Returns their size.
    """
    family = QApplication.font().family()
    laid = lettered(text, family, bold, area.width(), area.height(), most, enough or most, lines)
    font = QFont(family)
    font.setPixelSize(max(1, int(laid.pixels)))
    font.setBold(bold)
    painter.setFont(font)
    painter.setPen(QColor(colour))
    across = align & Qt.AlignmentFlag.AlignHorizontal_Mask
    flags = across | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip
    step = laid.pixels * LEADING
    top = area.center().y() - step * len(laid.lines) / 2
    if align & Qt.AlignmentFlag.AlignTop:
        top = area.top()
    for place, line in enumerate(laid.lines):
        row = QRectF(area.left(), top + place * step, area.width(), step)
        painter.drawText(row, flags, line)
    return laid.pixels
