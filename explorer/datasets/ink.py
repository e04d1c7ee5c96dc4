"""From pen strokes to what a dataset's own scanner would have stored: the paths are drawn anew.

A drawing is read as lines, not as pixels, so it doesn't matter where, how large or how thick one
draws. Imports numpy: import this module only where something is drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from explorer.datasets.dataset import Dataset, DatasetError

if TYPE_CHECKING:
    from explorer.datasets.dataset import Strokes

Points = NDArray[np.float64]  # (points, 2): x, y; y points down
Grey = NDArray[np.uint8]

# Radius at which the ink is half black, and width of its soft edge, in pixels of MNIST. Chosen by
# the width of MNIST's strokes and its share of full black, not by its mean ink, which a tail of
# fat pens lifts: CNNs trained on MNIST read people's strokes better so.
RADIUS = 1.1
SOFTNESS = 1.0
STEP = 0.25  # pixels between two dots of a drawn line: 0.01 pixels from a smooth edge
MOST_DOTS = 8_000  # a scribble of 2,000 pixels has covered the box many times over

NIST_SIZE = 32
NIST_BOX = np.array([20.0, 32.0])
NIB = 0.09  # radius of the pen in the scanned form, as a share of the digit's longer side
MOST_STRETCH = 2.0  # a 1 has no width to speak of: it stays narrow

# A stray tap extends less, as a share of the longest stroke, and lies farther from all others.
# (Odd numbers: no drawing on whole pixels lies on the border between the two.)
TAP_SIZE, TAP_AWAY = 0.1001, 0.1501
LEAST_SHARE = 0.2001  # of the whole, that strokes extend where taps beside them are stray


def input_for(dataset: Dataset, strokes: Strokes) -> Grey:
    """The drawing as a stored input (C, H, W) of the dataset; DatasetError where it takes none."""
    if dataset.pen is None:
        raise DatasetError(
            f"{dataset.title} can't be drawn: choose one of its own samples instead."
        )
    return dataset.pen(strokes)


def picture(
    strokes: Strokes,
    size: int = 28,
    box: int = 20,
    radius: float = RADIUS,
    softness: float = SOFTNESS,
) -> Grey:
    """The drawing as MNIST makes its pictures, 0 to 255, (size, size).

    The ink keeps its aspect and just fits into box x box pixels; then its centre of mass moves to
    pixel size / 2, where it is in MNIST, as far as the frame lets it.
    """
    reach = radius + softness / 2  # where the ink ends
    lines = _in_unit_square(strokes)
    if not lines:
        return np.zeros((size, size), np.uint8)
    dots = _dots(lines, np.full(2, box - 2 * reach)) + (size + 1) / 2
    moved = size / 2 - _centre_of_mass(_soft_ink(dots, size, radius, softness))
    room = reach - dots.min(axis=0), size - reach - dots.max(axis=0)
    ink = _soft_ink(dots + np.clip(moved, *room), size, radius, softness)
    grey: Grey = np.rint(255 * ink).astype(np.uint8)
    return grey


def block_counts(strokes: Strokes) -> Grey:
    """The drawing as the 8 x 8 digits were made, 0 to 16, (8, 8).

    NIST's programs took the slant away and stretched the scanned ink, its thickness too, to 20 x 32
    pixels in the middle of a 32 x 32 bitmap; each number counts the black ones in a block of 4 x 4.
    """
    lines = _in_unit_square(_upright(_in_unit_square(strokes)))
    if not lines:
        return np.zeros((8, 8), np.uint8)
    points = np.concatenate(lines)
    ink_size = points.max(axis=0) - points.min(axis=0) + 2 * NIB
    stretch = NIST_BOX / ink_size
    stretch = np.minimum(stretch, MOST_STRETCH * stretch.min())
    dots = _dots(lines, stretch) + NIST_SIZE / 2
    black = _nearest(dots, NIST_SIZE, NIB * stretch) <= 1
    counts: Grey = black.reshape(8, 4, 8, 4).sum(axis=(1, 3), dtype=np.uint8)
    return counts


def _in_unit_square(strokes: Strokes) -> list[Points]:
    """The strokes around the origin with a longer side of 1; points that are no numbers go, and
    stray taps.
    """
    lines = [np.asarray(stroke, np.float64).reshape(-1, 2) for stroke in strokes]
    lines = [line[np.isfinite(line).all(axis=1)] / 2 for line in lines]  # halves can't overflow
    lines = [line for line in lines if len(line)]
    scaled = _scaled(lines)
    stray = _stray_taps(scaled) if len(scaled) == len(lines) else set()
    if not stray:
        return scaled
    return _scaled([line for place, line in enumerate(lines) if place not in stray])


def _scaled(lines: list[Points]) -> list[Points]:
    """As they are, but around the origin and with a longer side of 1."""
    if not lines:
        return []
    points = np.concatenate(lines)
    low, high = points.min(axis=0), points.max(axis=0)
    side = float((high - low).max())
    if side < np.finfo(np.float64).tiny:  # a tap
        return [np.zeros((1, 2))]
    return [((line - low) - (high - low) / 2) / side for line in lines]


def _stray_taps(lines: list[Points]) -> set[int]:
    """Which of these lines a resting hand left beside the drawing: it would shrink and move the
    rest. Where taps are most of what there is they are the drawing.
    """
    sides = [float(np.ptp(line, axis=0).max()) for line in lines]
    longest = max(sides, default=0.0)
    taps = {place for place, side in enumerate(sides) if side < TAP_SIZE * longest}
    strokes = [line for place, line in enumerate(lines) if place not in taps]
    small = bool(taps) and np.ptp(np.concatenate(strokes), axis=0).max() < LEAST_SHARE
    if small and len(taps) > len(strokes):
        return set()
    away = TAP_AWAY * longest
    return {
        place
        for place in taps
        if min(_distance(lines[place][0], stroke) for stroke in strokes) > away
    }


def _distance(point: Points, line: Points) -> float:
    """From a point (2,) to a line."""
    start, along = line[:-1], np.diff(line, axis=0)
    squares = (along**2).sum(axis=1)
    share = ((point - start) * along).sum(axis=1) / np.where(squares > 0, squares, 1)
    nearest = np.concatenate([line[:1], start + np.clip(share, 0, 1)[:, None] * along])
    return float(np.hypot(*(point - nearest).T).min())


def _upright(lines: list[Points]) -> list[Points]:
    """The lines sheared so that their x no longer goes with their y: no slant."""
    if not lines:
        return []
    dots = _dots(lines, np.full(2, NIST_SIZE))
    x, y = (dots - dots.mean(axis=0)).T
    flat = y @ y < 1e-9  # a line that leans on nothing
    slant = 0.0 if flat else np.clip((x @ y) / (y @ y), -1, 1)
    return [line - slant * line[:, 1:] * [1, 0] for line in lines]


def _dots(lines: list[Points], scale: Points) -> Points:
    """Points at even distances along the scaled lines, close enough to look like a line."""
    scaled = [line * scale for line in lines]
    lengths = [_lengths(line) for line in scaled]
    step = max(STEP, sum(float(length[-1]) for length in lengths) / MOST_DOTS)
    return np.concatenate([_resampled(*parts, step) for parts in zip(scaled, lengths, strict=True)])


def _lengths(line: Points) -> NDArray[np.float64]:
    """How far along the line each of its points is."""
    return np.concatenate([[0.0], np.hypot(*np.diff(line, axis=0).T).cumsum()])


def _resampled(line: Points, lengths: NDArray[np.float64], step: float) -> Points:
    moves = np.concatenate([[True], np.diff(lengths) > 0])
    line, lengths = line[moves], lengths[moves]
    places = np.linspace(0, lengths[-1], int(np.ceil(lengths[-1] / step)) + 1)
    return np.stack([np.interp(places, lengths, line[:, axis]) for axis in (0, 1)], axis=1)


def _soft_ink(dots: Points, size: int, radius: float, softness: float) -> NDArray[np.float64]:
    """Ink between 0 and 1 on size x size pixels, with an edge that fades over `softness`."""
    distance = _nearest(dots, size, np.ones(2), radius + softness / 2)
    ink: NDArray[np.float64] = np.clip((radius + softness / 2 - distance) / softness, 0, 1)
    return ink


def _nearest(dots: Points, size: int, unit: Points, reach: float = 1) -> NDArray[np.float64]:
    """From each pixel's centre to the nearest dot, in units of `unit`; inf far beyond reach."""
    margin = int(np.ceil((reach * unit).max()))
    corner = np.floor(dots).astype(np.int64)
    around = np.arange(-margin, margin + 1)
    pixels = corner[:, :, None] + around  # (dots, xy, window)
    squares = ((pixels + 0.5 - dots[:, :, None]) / unit[:, None]) ** 2
    width = size + 2 * margin  # dots near the frame need no special case
    field = np.full(width * width, np.inf)
    pixels += margin
    where = pixels[:, 1, :, None] * width + pixels[:, 0, None, :]
    np.minimum.at(field, where.ravel(), (squares[:, 1, :, None] + squares[:, 0, None, :]).ravel())
    square = field.reshape(width, width)[margin:-margin, margin:-margin]
    distance: NDArray[np.float64] = np.sqrt(square)
    return distance


def _centre_of_mass(ink: NDArray[np.float64]) -> Points:
    """x and y in pixels, 0 being the centre of the first pixel."""
    places = np.arange(len(ink))
    centre: Points = np.array([ink.sum(axis=0) @ places, ink.sum(axis=1) @ places]) / ink.sum()
    return centre
