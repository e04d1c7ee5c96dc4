"""Which classes the network takes for which: counted over all test samples after each epoch."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from explorer.plan.amounts import percent, times
from explorer.protocol.events import WITHOUT_RUN, EpochDone, Event, Started, Status
from explorer.ui.kit.frame import Frame
from explorer.ui.kit.guard import guarded
from explorer.ui.kit.moves import MOVES
from explorer.ui.kit.take_away import Numbers, TakeAway
from explorer.ui.kit.theme import Theme
from explorer.ui.panels.panel import Desk, Panel

EMPTY = "After the first epoch: how many samples of each class were read as which class."
WORST = 6  # confusions told in words


class Matrix(QWidget):
    """Rows: truth, columns: answer. Right answers lie on the outlined diagonal."""

    pointed = Signal(object)  # (truth, answer) or None

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.counts: NDArray[np.int64] = np.zeros((0, 0), np.int64)
        self.names: tuple[str, ...] = ()
        self.cell: tuple[int, int] | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(260, 130)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    def show_counts(self, counts: NDArray[np.int64], names: tuple[str, ...]) -> None:
        """Show (classes, classes)."""
        self.counts, self.names = counts, names
        if self.cell is not None and max(self.cell) >= len(counts):
            self._point(None)
        self.update()

    def grid(self) -> QRectF:
        """The cells: right of the class names, below them."""
        metrics = self.fontMetrics()
        names = max((metrics.horizontalAdvance(name) for name in self.names), default=10)
        line = metrics.height()
        return QRectF(self.rect()).adjusted(min(names, 90) + line + 10, 2 * line, -2, -2)

    def cell_rect(self, truth: int, answer: int) -> QRectF:
        """Where one count stands."""
        grid, count = self.grid(), len(self.counts)
        wide, high = grid.width() / count, grid.height() / count
        return QRectF(grid.x() + answer * wide, grid.y() + truth * high, wide, high)

    def cell_at(self, place: QPointF) -> tuple[int, int] | None:
        """The count that stands there."""
        grid, count = self.grid(), len(self.counts)
        if not count or not grid.contains(place):
            return None
        truth = int((place.y() - grid.y()) / grid.height() * count)
        answer = int((place.x() - grid.x()) / grid.width() * count)
        return min(truth, count - 1), min(answer, count - 1)

    def _point(self, cell: tuple[int, int] | None) -> None:
        if cell != self.cell:
            self.cell = cell
            self.pointed.emit(cell)
            self.update()

    @guarded
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell which count is under the pointer."""
        self._point(self.cell_at(event.position()))

    @guarded
    def leaveEvent(self, event: object) -> None:
        """No count is meant any more."""
        self._point(None)

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move from count to count."""
        key = Qt.Key(event.key())
        if key not in MOVES or not len(self.counts):
            return super().keyPressEvent(event)
        here, (down, right), size = self.cell or (0, 0), MOVES[key], len(self.counts)
        moved = ((here[0] + down) % size, (here[1] + right) % size)
        return self._point((0, 0) if self.cell is None else moved)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        """Cells tinted by their share of the row, numbers, names."""
        if not len(self.counts):
            return
        painter, colours = QPainter(self), self.theme.colours
        shares = self.counts / np.maximum(self.counts.sum(axis=1, keepdims=True), 1)
        for truth in range(len(self.counts)):
            for answer in range(len(self.counts)):
                self._paint_cell(painter, truth, answer, float(shares[truth, answer]))
        painter.setPen(QColor(colours.faint))
        self._paint_names(painter)
        if self.cell is not None:
            painter.setPen(QPen(QColor(colours.text), 2))
            painter.drawRect(self.cell_rect(*self.cell))

    def _paint_cell(self, painter: QPainter, truth: int, answer: int, share: float) -> None:
        colours, rect = self.theme.colours, self.cell_rect(truth, answer).adjusted(0, 0, -1, -1)
        right = truth == answer
        painter.fillRect(rect, QColor(colours.base))
        tint = QColor(colours.good if right else colours.error)
        # Square roots: among many right answers a few wrong ones must be seen.
        tint.setAlphaF(0.35 * share if right else min(0.75, 1.5 * share**0.5))
        painter.fillRect(rect, tint)
        count = int(self.counts[truth, answer])
        font = self.font()
        font.setBold(right)
        if rect.height() < self.fontMetrics().height():
            font.setPixelSize(max(int(rect.height() - 2), 6))
        painter.setFont(font)
        painter.setPen(QColor(colours.text if count else colours.border))
        text = f"{count:,}"
        if QFontMetricsF(font).horizontalAdvance(text) <= rect.width():
            painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), text)
        if right:
            painter.setPen(QColor(colours.good))
            painter.drawRect(rect.adjusted(0.5, 0.5, -0.5, -0.5))

    def _paint_names(self, painter: QPainter) -> None:
        painter.setFont(self.font())
        metrics, grid, line = self.fontMetrics(), self.grid(), self.fontMetrics().height()
        centre, right = int(Qt.AlignmentFlag.AlignCenter), int(Qt.AlignmentFlag.AlignRight)
        for k, name in enumerate(self.names):
            row, column = self.cell_rect(k, 0), self.cell_rect(0, k)
            room = QRectF(line, row.center().y() - line / 2, grid.x() - line - 6, line)
            cut = metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(room.width()))
            painter.drawText(room, right, cut)
            room = QRectF(column.x(), grid.y() - line, column.width(), line)
            cut = metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(room.width()) - 2)
            painter.drawText(room, centre, cut)
        painter.drawText(QRectF(grid.x(), 0, grid.width(), line), centre, "answer of the network")
        painter.translate(0, grid.center().y())
        painter.rotate(-90)
        painter.drawText(QRectF(-grid.height() / 2, 0, grid.height(), line), centre, "true class")
        painter.resetTransform()


class ConfusionPanel(Panel):
    """The matrix of the last epoch, and the most frequent confusions in words."""

    name = "confusionPanel"
    title = "Confusion"
    group = "Result"
    order = 60
    events = (EpochDone, Started, Status)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.shown: EpochDone | None = None
        self.matrix = Matrix(desk.theme)
        self.matrix.setAccessibleName("Confusion matrix")
        self.words = QLabel()
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.words.setAccessibleName("Most frequent confusions")
        body = QWidget()
        row = QHBoxLayout(body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(self.matrix, 1)
        row.addWidget(self.words)
        self.frame = Frame(body)
        self.take_away = TakeAway(body, self.numbers)
        self.frame.controls.addWidget(self.take_away)
        self.fill(self.frame)
        self.matrix.pointed.connect(self._tell)
        self.frame.say(EMPTY)

    def take(self, event: Event) -> None:
        """Show the counts of an epoch; a run that begins, and an untrained network, have none."""
        untrained = isinstance(event, Status) and event.state in WITHOUT_RUN
        if untrained or isinstance(event, Started):
            self.shown = None
            self.frame.say(EMPTY)
        elif isinstance(event, EpochDone):
            self.shown = event
            self._show(event)

    def names(self, count: int) -> tuple[str, ...]:
        """The dataset's classes, or numbers where the document has another dataset by now."""
        dataset = self.desk.store.plan.dataset
        if dataset is not None and len(dataset.classes) == count:
            return dataset.classes
        return tuple(str(k) for k in range(count))

    def numbers(self) -> Numbers | None:
        """The counts."""
        return (
            None
            if self.shown is None
            else Numbers(("truth", "answer"), {"count": self.shown.confusion})
        )

    def _show(self, event: EpochDone) -> None:
        counts = event.confusion
        right, total = int(np.trace(counts)), int(counts.sum())
        names = self.names(len(counts))
        self.matrix.show_counts(counts, names)
        self.words.setText(worst_confusions(counts, names))
        share = 100 * right / max(total, 1)
        caption = f"After epoch {event.epoch}  ·  {right:,} of {total:,} right ({share:.2f} %)"
        self.frame.show_content(caption)
        self.matrix.setAccessibleDescription(f"{caption}. {self.words.text()}")
        self.take_away.file_stem = f"confusion-epoch{event.epoch}"

    def _tell(self, cell: tuple[int, int] | None) -> None:
        if cell is None or self.shown is None:
            return self.frame.tell("")
        (truth, answer), counts = cell, self.shown.confusion
        names, count = self.names(len(counts)), int(counts[cell])
        of_class = int(counts[truth].sum())
        share = percent(count / max(of_class, 1))
        what = "read rightly" if truth == answer else f"read as {names[answer]}"
        return self.frame.tell(
            f"{count:,} of {of_class:,} samples of {names[truth]} were {what} ({share})"
        )


def worst_confusions(counts: NDArray[np.int64], names: tuple[str, ...]) -> str:
    """The most frequent wrong answers, a line each."""
    wrong = counts.copy()
    np.fill_diagonal(wrong, 0)
    order = np.argsort(-wrong, axis=None, kind="stable")[:WORST]
    cells = [divmod(int(k), len(counts)) for k in order]
    lines = [
        f"{names[t]} read as {names[a]}: {times(int(wrong[t, a]))}" for t, a in cells if wrong[t, a]
    ]
    return "\n".join(["Most frequent confusions", *(lines or ["none"])])
