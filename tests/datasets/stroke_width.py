"""How wide the strokes of written digits are: their ink by the length of their middle line."""

import numpy as np


def stroke_widths(pictures):
    """Of each of (N, rows, columns) pictures, 0 to 255."""
    ink = pictures.sum(axis=(1, 2), dtype=float) / 255
    return ink / (_lengths(_thinned(pictures > 127)) + 1)


def _thinned(black):
    """Lines of one pixel in the middle of the strokes (Zhang and Suen 1984)."""
    inside = np.pad(black, ((0, 0), (1, 1), (1, 1)))
    before = -1
    while before != (before := inside.sum()):
        for first in (True, False):
            inside[:, 1:-1, 1:-1] &= ~_removable(inside, first)
    return inside[:, 1:-1, 1:-1]


def _removable(inside, first):
    around = _neighbours(inside)  # clockwise from above
    count = sum(each.astype(np.int8) for each in around)
    turns = zip(around, [*around[1:], around[0]], strict=True)
    begins = sum((~here & after).astype(np.int8) for here, after in turns)
    up, right, down, left = around[::2]
    if first:
        edge = ~(up & right & down) & ~(right & down & left)
    else:
        edge = ~(up & right & left) & ~(up & down & left)
    return inside[:, 1:-1, 1:-1] & (count >= 2) & (count <= 6) & (begins == 1) & edge


def _neighbours(inside):
    low, mid, high = slice(None, -2), slice(1, -1), slice(2, None)
    places = [(low, mid), (low, high), (mid, high), (high, high)]
    places += [(high, mid), (high, low), (mid, low), (low, low)]
    return [inside[:, rows, columns] for rows, columns in places]


def _lengths(lines):
    """Steps from pixel to pixel; a diagonal one where no straight ones lead there."""
    across = (lines[:, :, 1:] & lines[:, :, :-1]).sum(axis=(1, 2))
    down = (lines[:, 1:] & lines[:, :-1]).sum(axis=(1, 2))
    corners = lines[:, :-1, :-1], lines[:, :-1, 1:], lines[:, 1:, :-1], lines[:, 1:, 1:]
    one, two, three, four = corners
    diagonal = (one & four & ~two & ~three) | (two & three & ~one & ~four)
    return across + down + np.sqrt(2) * diagonal.sum(axis=(1, 2))
