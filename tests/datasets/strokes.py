"""Digits as people write them, drawn by hand as pen paths: for the pad, the ink and the journeys.

Coordinates are in a square of 100 x 100, x to the right and y down, as a mouse would give them.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Drawing:
    digit: int
    style: str
    paths: tuple[tuple[tuple[float, float], ...], ...]

    @property
    def name(self) -> str:
        return f"{self.digit}, {self.style}"

    @property
    def strokes(self) -> list[np.ndarray]:
        return [np.array(path, float) for path in self.paths]


def _drawing(digit: int, style: str, *paths: str) -> Drawing:
    """Each path is written "x,y x,y ..."."""
    return Drawing(
        digit, style, tuple(tuple(_point(word) for word in path.split()) for path in paths)
    )


def _point(word: str) -> tuple[float, float]:
    x, y = word.split(",")
    return float(x), float(y)


DRAWINGS = (
    _drawing(
        0,
        "round",
        "52,12 40,15 30,25 25,40 25,58 30,75 40,86 52,89 64,84 72,72 76,55 74,36 68,22 58,13 50,12",
    ),
    _drawing(
        0,
        "narrow and leaning",
        "60,10 48,20 38,38 33,58 34,76 42,88 52,86 62,72 68,52 70,30 66,14 58,10",
    ),
    _drawing(1, "bare", "52,10 51,30 50,50 49,70 48,90"),
    _drawing(1, "leaning", "62,10 56,30 50,50 44,70 38,90"),
    _drawing(1, "with an upstroke", "36,28 44,20 52,10 52,35 52,60 52,90"),
    _drawing(1, "with serif and foot", "38,26 50,10 50,50 50,88", "34,89 50,88 66,89"),
    _drawing(
        2,
        "sharp corner",
        "28,30 32,18 44,11 58,12 68,22 70,36 62,52 48,68 36,80 26,89 44,88 60,88 76,88",
    ),
    _drawing(
        2,
        "with a loop",
        "26,28 36,14 52,10 66,18 68,34 60,50 46,66 32,80 26,86 30,78 40,76 50,82 62,88 76,84",
    ),
    _drawing(
        3,
        "two bows",
        "28,18 42,10 58,12 67,22 65,36 55,45 44,48 58,50 69,60 71,74 62,86 46,90 30,84 26,78",
    ),
    _drawing(
        3,
        "flat top",
        "28,12 46,12 68,12 58,28 46,42 60,44 70,56 71,70 63,84 48,90 32,86 26,80",
    ),
    _drawing(4, "open", "36,12 32,30 28,52 46,52 62,52 78,51", "64,14 62,40 60,66 58,90"),
    _drawing(4, "closed", "58,10 46,26 34,44 24,60 42,60 60,60 78,60", "60,10 60,36 60,64 60,90"),
    _drawing(
        4, "closed, one stroke", "62,88 62,60 62,34 62,10 48,28 34,46 24,62 44,62 64,62 80,62"
    ),
    _drawing(
        5,
        "two strokes",
        "36,12 34,28 32,44 46,40 60,43 70,54 71,70 62,84 46,90 30,85 25,79",
        "36,12 52,12 70,11",
    ),
    _drawing(
        5,
        "one stroke",
        "70,11 54,12 38,12 35,28 33,43 48,39 62,43 71,55 70,72 60,85 44,89 28,83",
    ),
    _drawing(
        6,
        "round",
        "62,11 48,20 38,34 31,52 30,70 37,84 50,89 63,84 69,72 66,60 56,54 44,57 34,66 31,74",
    ),
    _drawing(
        6,
        "straight back",
        "56,8 46,26 37,46 32,64 33,80 43,89 56,88 66,79 67,67 58,59 46,61 36,70",
    ),
    _drawing(7, "without a bar", "26,14 42,14 58,14 74,13 66,32 57,52 49,72 42,90"),
    _drawing(
        7, "with a bar", "26,14 42,14 58,14 74,13 66,32 57,52 49,72 42,90", "38,52 52,51 68,50"
    ),
    _drawing(7, "with a serif", "27,24 28,13 44,14 60,14 74,12 64,32 54,54 47,74 42,90"),
    _drawing(
        8,
        "one stroke",
        "66,22 56,11 42,12 34,22 36,34 48,44 60,54 69,66 66,80 54,89 40,87 31,76 34,63 46,52 "
        "58,42 67,31 66,20",
    ),
    _drawing(
        8,
        "two rings",
        "50,48 38,40 34,26 40,14 52,10 63,16 66,28 60,41 50,48",
        "50,48 37,56 30,70 35,84 50,90 64,84 70,70 63,56 50,48",
    ),
    _drawing(
        9,
        "straight leg",
        "66,24 56,12 42,12 32,24 32,38 42,48 56,45 65,32 67,20 67,44 66,68 64,90",
    ),
    _drawing(
        9,
        "curved leg",
        "66,26 58,13 45,11 34,20 32,35 41,45 54,43 64,33 67,22 68,42 66,62 58,80 44,90 32,85",
    ),
)
SEVEN = next(drawing for drawing in DRAWINGS if drawing.name == "7, without a bar")
