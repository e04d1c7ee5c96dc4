"""Every picture can be taken away: copied, saved as PNG or SVG, and as numbers in CSV or NPZ."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QMargins, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFont, QGuiApplication, QPainter, QPixmap
from PySide6.QtWidgets import QMenu, QMessageBox, QToolButton, QWidget

from explorer.graph.texts import file_stem
from explorer.graph.whole_file import whole_file, whole_text
from explorer.ui.kit.picture_file import write_png, write_svg
from explorer.ui.kit.save_dialog import ask_place

PNG_SCALE = 2  # so that it stays sharp in a document


@dataclass(frozen=True, slots=True)
class Numbers:
    """Arrays of one shape by name; `axes` names their indices (none: a plain table)."""

    axes: tuple[str, ...]
    columns: Mapping[str, NDArray[Any]]


class TakeAway(QToolButton):
    """The button that takes a panel's picture or numbers away.

    `caption` is the picture's title; `slide` makes what is taken away in the place of `picture`.
    """

    def __init__(
        self,
        picture: QWidget,
        numbers: Callable[[], Numbers | None],
        caption: Callable[[], str] = lambda: "",
        slide: Callable[[], QWidget] | None = None,
    ) -> None:
        super().__init__()
        self.picture, self.numbers, self.caption = picture, numbers, caption
        self.slide = slide or (lambda: picture)
        self.file_stem = "picture"
        self.setText("Export ▾")
        self.setStyleSheet("QToolButton::menu-indicator { image: none; }")
        self.setAccessibleName("Export the picture or its numbers")
        self.setToolTip("Copy the picture, or export it as PNG or SVG, its numbers as CSV or NPZ")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setAutoRaise(True)
        self.setMenu(self._menu())
        picture.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        picture.customContextMenuRequested.connect(self._popup)

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        menu.addAction("Copy picture", self.copy)
        menu.addSeparator()
        menu.addAction("As PNG…", lambda: self._ask("png", self._save_png))
        menu.addAction("As SVG…", lambda: self._ask("svg", self._save_svg))
        menu.addSeparator()
        self._numeric = [
            menu.addAction("Numbers as CSV…", lambda: self._ask("csv", self._save_csv)),
            menu.addAction("Numbers as NPZ…", lambda: self._ask("npz", self._save_npz)),
        ]
        menu.aboutToShow.connect(self._refresh)
        return menu

    def _refresh(self) -> None:
        there = self.numbers() is not None
        for action in self._numeric:
            action.setEnabled(there)

    def _popup(self, place: QPoint) -> None:
        self.menu().popup(self.picture.mapToGlobal(place))

    def copy(self) -> None:
        """Put the picture on the clipboard."""
        QGuiApplication.clipboard().setPixmap(pixmap(self.slide(), self.caption()))

    def _ask(self, suffix: str, save: Callable[[Path], None]) -> None:
        name = f"{file_stem(self.file_stem)}.{suffix}"
        path = ask_place(self, "Export", name, {f".{suffix}": suffix.upper()})
        if path is None:
            return
        try:
            save(path)
        except OSError as error:
            QMessageBox.warning(self, "Not exported", f"{path} can't be written: {error.strerror}.")

    def _save_png(self, path: Path) -> None:
        save_png(self.slide(), path, self.caption())

    def _save_svg(self, path: Path) -> None:
        save_svg(self.slide(), path, self.caption())

    def _save_csv(self, path: Path) -> None:
        if (numbers := self.numbers()) is not None:
            save_csv(numbers, path)

    def _save_npz(self, path: Path) -> None:
        if (numbers := self.numbers()) is not None:
            save_npz(numbers, path)


def pixmap(widget: QWidget, title: str = "") -> QPixmap:
    """The widget as it looks, at twice the resolution, its title above it."""
    found = QPixmap(_size(widget, title) * PNG_SCALE)
    found.setDevicePixelRatio(PNG_SCALE)
    found.fill(widget.palette().window().color())
    painter = QPainter(found)
    _paint_title(painter, widget, title)
    painter.end()
    widget.render(found, QPoint(0, _head(widget, title)))
    return found


def save_png(widget: QWidget, path: Path, title: str = "") -> None:
    """Raises OSError where the file can't be written."""
    write_png(path, pixmap(widget, title).toImage())


def save_svg(widget: QWidget, path: Path, title: str = "") -> None:
    """Raises OSError where the file can't be written."""
    size = _size(widget, title)

    def paint(painter: QPainter) -> None:
        painter.fillRect(QRect(QPoint(0, 0), size), widget.palette().window())
        _paint_title(painter, widget, title)
        below = QPoint(0, _head(widget, title))
        widget.render(painter, below, renderFlags=QWidget.RenderFlag.DrawChildren)

    write_svg(path, size, title, paint)


def _head(widget: QWidget, title: str) -> int:
    return 2 * widget.fontMetrics().height() if title else 0


def _size(widget: QWidget, title: str) -> QSize:
    return widget.size().grownBy(QMargins(0, _head(widget, title), 0, 0))


def _paint_title(painter: QPainter, widget: QWidget, title: str) -> None:
    font = QFont(widget.font())
    font.setBold(True)
    painter.setFont(font)
    painter.setPen(widget.palette().windowText().color())
    room = QRect(8, 0, widget.width() - 16, _head(widget, title))
    painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), title)


def save_csv(numbers: Numbers, path: Path) -> None:
    """One line for each element: its indices, then its value in each column; NaN is left empty."""
    columns = {name: np.asarray(values) for name, values in numbers.columns.items()}
    shape = next(iter(columns.values())).shape
    indices: Sequence[NDArray[Any]] = (
        [axis.ravel() for axis in np.indices(shape)] if numbers.axes else []
    )
    rows = zip(*indices, *(values.ravel() for values in columns.values()), strict=True)
    with whole_text(path) as file:
        writer = csv.writer(file)
        writer.writerow([*numbers.axes, *columns])
        writer.writerows([["" if value != value else value for value in row] for row in rows])


def save_npz(numbers: Numbers, path: Path) -> None:
    """Each column as an array of its own shape."""
    with whole_file(path) as file:
        np.savez_compressed(file, **numbers.columns)  # type: ignore[arg-type]  # names, not options
