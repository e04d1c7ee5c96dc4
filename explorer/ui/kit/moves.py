"""Where the arrow keys lead in a field of rows and columns."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt

MOVES: Mapping[int, tuple[int, int]] = {  # by (rows, columns)
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
