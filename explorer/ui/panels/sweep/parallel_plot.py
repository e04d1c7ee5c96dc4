"""Parallel axes that answer: the pointer reads lines out, a drag along an axis filters them."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent

from explorer.ui.kit.guard import guarded
from explorer.ui.kit.theme import Theme
from explorer.ui.panels.sweep.parallel_axes import Thread, distance
from explorer.ui.panels.sweep.parallel_picture import ParallelPicture

NEAR = 8.0  # pixels from a line that the pointer is on
GRIP = 10.0  # pixels from an axis that is brushed
LEAST = 0.02  # of an axis: a shorter brush is a click


class ParallelPlot(ParallelPicture):
    """objectName `parallelPlot`. Up and down go through the trials, Esc clears the brushes."""

    pointed = Signal(object)  # the number of the trial under the pointer, or None
    picked = Signal(int)
    activated = Signal(int)
    brushed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.setObjectName("parallelPlot")
        self.setAccessibleName("Trials across parallel axes")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._drag: tuple[int, float] | None = None

    def brush(self, name: str, low: float, high: float) -> None:
        """Only trials that pass between these shares of an axis stand out."""
        self.brushes[name] = (max(0.0, min(low, high)), min(1.0, max(low, high)))
        self.brushed.emit()
        self.update()

    def clear_brushes(self) -> None:
        """All trials again."""
        if self.brushes:
            self.brushes = {}
            self.brushed.emit()
            self.update()

    # --- the pointer

    def thread_at(self, place: QPointF) -> Thread | None:
        """The nearest line that is near enough."""
        found, least = None, NEAR
        for thread in self.threads:
            if self.brushes and not self.passes(thread):
                continue
            away = distance(self.points(thread), place)
            if away <= least:
                found, least = thread, away
        return found

    def axis_at(self, place: QPointF) -> int | None:
        """The axis under the pointer."""
        near = (k for k in range(len(self.axes)) if abs(self.x_of(k) - place.x()) <= GRIP)
        return next(near, None)

    @guarded
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell the line under the pointer, or draw the brush."""
        place = event.position()
        if self._drag is not None:
            axis, began = self._drag
            now = self._share(place)
            if abs(now - began) > LEAST:
                self.brush(self.axes[axis].name, began, now)
            return
        grip = self.axis_at(place) is not None
        self.setCursor(Qt.CursorShape.SplitVCursor if grip else Qt.CursorShape.ArrowCursor)
        self._point(self.thread_at(place))

    @guarded
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a brush, or choose a line."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        axis = self.axis_at(event.position())
        thread = self.thread_at(event.position())
        if axis is not None:
            self._drag = axis, self._share(event.position())
        elif thread is not None:
            self.picked.emit(thread.number)

    @guarded
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on an axis takes its brush away."""
        drag, self._drag = self._drag, None
        if drag is None:
            return
        name = self.axes[drag[0]].name
        if abs(self._share(event.position()) - drag[1]) <= LEAST and name in self.brushes:
            del self.brushes[name]
            self.brushed.emit()
            self.update()

    @guarded
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Look at the run."""
        thread = self.thread_at(event.position())
        if thread is not None:
            self.activated.emit(thread.number)

    @guarded
    def leaveEvent(self, event: object) -> None:
        """Nothing is under the pointer."""
        self._point(None)

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down through the trials, Enter looks at one, Esc clears the brushes."""
        key = event.key()
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and self.threads:
            self._step(1 if key == Qt.Key.Key_Up else -1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.chosen is not None:
            self.activated.emit(self.chosen)
        elif key == Qt.Key.Key_Escape and self.brushes:
            self.clear_brushes()
        else:
            super().keyPressEvent(event)

    def _step(self, by: int) -> None:
        """To the next better or worse one of those that pass."""
        scored = [(each.values[-1], each) for each in self.threads if self.passes(each)]
        ranked = [
            each.number
            for _, each in sorted(
                scored, key=lambda pair: -math.inf if pair[0] is None else float(str(pair[0]))
            )
        ]
        if not ranked:
            return
        here = ranked.index(self.chosen) if self.chosen in ranked else -1 if by > 0 else 0
        self.picked.emit(ranked[(here + by) % len(ranked)])

    def _share(self, place: QPointF) -> float:
        frame = self._frame()
        return min(max((frame.bottom() - place.y()) / max(frame.height(), 1.0), 0.0), 1.0)

    def _point(self, thread: Thread | None) -> None:
        number = thread.number if thread is not None else None
        if number == self.under:
            return
        self.under = number
        self.setToolTip(thread.words if thread is not None else "")
        self.pointed.emit(number)
        self.update()
