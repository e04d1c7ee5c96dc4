"""Where a card stands in a window: beside what it speaks of, and where it stood if it can."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QPoint, QRect, QSize

GAP = 14  # pixels between the card and what it speaks of, and to the window's edge


def place(card: QRect, spot: QRect, room: QRect, later: Sequence[QRect]) -> QRect:
    """Of a card that stood at `card`: the same lower right corner, where its buttons are, unless
    that would hide the spot; else beside, below or above it, where it hides least of what comes
    `later`; without a free place in the middle of the spot.
    """
    if spot.isEmpty() and room.contains(card):
        return card
    free = [each for each in (card, *_around(card.size(), spot, room)) if _free(each, spot, room)]
    if card in free:
        return card
    if not free or spot.isEmpty():
        middle = (room if spot.isEmpty() else spot).center() - QRect(QPoint(), card.size()).center()
        return _inside(QRect(middle, card.size()), room)
    return min(free, key=lambda each: sum(each.intersects(other) for other in later))


def _free(card: QRect, spot: QRect, room: QRect) -> bool:
    return room.contains(card) and not card.intersects(spot)


def _around(size: QSize, spot: QRect, room: QRect) -> Iterator[QRect]:
    """All sides, the long ones first, aligned at either end."""
    columns = (spot.left() - GAP - size.width(), spot.right() + GAP)
    rows = (spot.bottom() + GAP, spot.top() - GAP - size.height())
    beside = [QPoint(x, y) for x in columns for y in (spot.top(), spot.bottom() - size.height())]
    along = [QPoint(x, y) for y in rows for x in (spot.left(), spot.right() - size.width())]
    sides = (*beside, *along) if spot.height() > size.height() else (*along, *beside)
    for corner in sides:
        yield _inside(QRect(corner, size), room)


def _inside(rect: QRect, room: QRect) -> QRect:
    corner = QPoint(
        max(room.left(), min(rect.left(), room.right() - rect.width())),
        max(room.top(), min(rect.top(), room.bottom() - rect.height())),
    )
    return QRect(corner, rect.size())
