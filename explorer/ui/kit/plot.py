"""pyqtgraph dressed like the rest of the window; imported with the first plot, never before."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QMouseEvent
from PySide6.QtWidgets import QApplication

from explorer.ui.kit.guard import guarded
from explorer.ui.kit.theme import Colours, Theme

DASHES = {"solid": Qt.PenStyle.SolidLine, "dash": Qt.PenStyle.DashLine, "dot": Qt.PenStyle.DotLine}

LENGTHS = (1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)  # of an axis, per decade

LEFT_LETTERS = 9.5  # width of the left axis: its words upright, and numbers such as -0.0025

Places = Sequence[tuple[float, str]]  # x, words
MARK_HEIGHT, NOTE_HEIGHTS = 0.96, (0.8, 0.68, 0.56)  # of the words, shares of the plot's


class Curve(pg.PlotDataItem):  # type: ignore[misc]  # pyqtgraph carries no types
    """Its width is that of all its points, in order of x, not of those that are drawn: what is
    drawn depends on the range, and the two would chase each other from paint to paint for ever.
    A growing curve gets room in steps: axes that change with every point cost more than the curve.
    """

    def dataBounds(self, ax: int, frac: float = 1.0, orthoRange: Any = None) -> Any:
        """Least and greatest value, rounded outwards."""
        if ax == 1:
            low, high = super().dataBounds(ax, frac, orthoRange)
            return [low, high] if low is None or high is None else list(roomy(low, high))
        x, _ = self.getOriginalDataset()
        if x is None or not len(x):
            return super().dataBounds(ax, frac, orthoRange)
        if x[0] == x[-1]:  # of one point alone: where it stands from the beginning
            return [0.0, room_for(max(float(x[0]), 1.0))]
        return [float(x[0]), float(x[0]) + room_for(float(x[-1]) - float(x[0]))]


def room_for(length: float) -> float:
    """The least length of a fixed scale that is not shorter; at most a quarter is left empty."""
    if length <= 0:
        return length
    decade: float = 10.0 ** math.floor(math.log10(length))
    return next(step * decade for step in LENGTHS if step * decade >= length * (1 - 1e-9))


def roomy(low: float, high: float) -> tuple[float, float]:
    """The range, rounded outwards to multiples of about a tenth of it."""
    if not high > low:
        return low, high
    step = room_for((high - low) / 10)
    return math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step


class Plot(pg.PlotWidget):  # type: ignore[misc]  # pyqtgraph carries no types
    """Curves over x, with marks and a vertical line under the pointer.

    The wheel zooms, dragging moves, a double click shows everything again.
    """

    def __init__(
        self, theme: Theme, x_label: str, y_label: str, legend_y: int = 4, text_scale: float = 1.0
    ) -> None:
        super().__init__(enableMenu=False)
        self.theme, self.text_scale = theme, text_scale
        self.labels = {"bottom": x_label, "left": y_label}
        self.curves: dict[str, Any] = {}
        self.marks: list[Any] = []
        self._marked: tuple[Places, Places] = ((), ())
        self._looks: list[tuple[Any, Callable[[Colours], dict[str, Any]]]] = []
        self.pointed: Callable[[float | None], None] = lambda x: None
        item = self.getPlotItem()
        item.hideButtons()
        menu = item.ctrlMenu  # never shown; without a parent it would outlive the plot
        menu.setParent(self, menu.windowFlags())
        item.showGrid(x=False, y=True, alpha=0.18)  # upright lines would double the time
        for side in self.labels:  # their words are the dearest part of a repaint
            item.getAxis(side).setCacheMode(item.CacheMode.DeviceCoordinateCache)
        self.cursor = pg.InfiniteLine(angle=90, movable=False)
        self.cursor.setVisible(False)
        self.addItem(self.cursor, ignoreBounds=True)
        self.scene().sigMouseMoved.connect(self._moved)
        self.legend = item.addLegend(offset=(-8, legend_y), verSpacing=-6)
        self.setAccessibleName(f"{y_label} over {x_label}")
        self.setToolTip("Wheel: zoom. Drag: move. Double click: show all.")
        theme.changed.connect(self.dress)
        self.dress()

    def add_curve(self, name: str, look: Callable[[Colours], dict[str, Any]]) -> Any:
        """A curve that `look` dresses, in pyqtgraph's words for pen and symbols."""
        curve = Curve(name=name, connect="finite")
        self.addItem(curve)
        curve.setClipToView(True)
        curve.opts["autoDownsampleFactor"] = 1.0  # samples a pixel; pyqtgraph's own value is 5
        self.curves[name] = curve
        self._looks.append((curve, look))
        self.dress()
        return curve

    def mark(self, places: Places, notes: Places = ()) -> None:
        """Vertical marks with words, in place of those before; notes stand out."""
        if (tuple(places), tuple(notes)) == self._marked:
            return
        self._marked = (tuple(places), tuple(notes))
        for mark in self.marks:
            self.removeItem(mark)
        self.marks = [_mark(x, text, MARK_HEIGHT) for x, text in places]
        for place, (x, text) in enumerate(notes):  # staggered, so that near ones can be read
            self.marks.append(_mark(x, text, NOTE_HEIGHTS[place % len(NOTE_HEIGHTS)]))
        for mark in self.marks:
            self.addItem(mark, ignoreBounds=True)
        self.dress()

    def dress(self) -> None:
        """Colours and fonts of the theme."""
        colours, font = self.theme.colours, QFont(QApplication.font())
        font.setPointSizeF(font.pointSizeF() * 0.9 * self.text_scale)
        letter = QFontMetricsF(font).averageCharWidth()
        self.getPlotItem().getAxis("left").setWidth(round(LEFT_LETTERS * letter))
        self.setBackground(colours.base)
        for side, text in self.labels.items():
            axis = self.getPlotItem().getAxis(side)
            axis.setPen(colours.border)
            axis.setTextPen(colours.faint)
            axis.setTickFont(font)
            axis.setLabel(text, color=colours.faint, **{"font-size": f"{font.pointSizeF():.1f}pt"})
            axis.enableAutoSIPrefix(False)
        self.cursor.setPen(pg.mkPen(colours.faint, width=1))
        for curve, look in self._looks:
            for word, value in look(colours).items():
                getattr(curve, f"set{word}")(value)
        for place, mark in enumerate(self.marks):
            note = place >= len(self._marked[0])
            style = Qt.PenStyle.DashLine if note else Qt.PenStyle.DotLine
            mark.setPen(pg.mkPen(colours.warning if note else colours.border, width=1, style=style))
            mark.label.setColor(colours.warning if note else colours.faint)
            mark.label.setFont(font)
        ground = QColor(colours.base)
        ground.setAlpha(215)
        self.legend.setBrush(ground)
        self.legend.setLabelTextColor(colours.text)
        self.legend.setLabelTextSize(f"{font.pointSizeF():.1f}pt")
        for _, label in self.legend.items:
            label.setText(label.text, color=colours.text, size=f"{font.pointSizeF():.1f}pt")

    def settle(self) -> None:
        """Follow the curves now: done while painting, it would have everything painted twice."""
        self.getPlotItem().vb.updateAutoRange()

    def show_all(self) -> None:
        """Back to all of the data, and to following it."""
        self.getPlotItem().enableAutoRange()

    def _moved(self, place: QPointF) -> None:
        box = self.getPlotItem().vb
        inside = box.sceneBoundingRect().contains(place)
        x = float(box.mapSceneToView(place).x()) if inside else None
        self.point(x)
        self.pointed(x)

    def point(self, x: float | None) -> None:
        """Put the vertical line at x."""
        self.cursor.setVisible(x is not None)
        if x is not None:
            self.cursor.setPos(x)

    @guarded
    def leaveEvent(self, event: Any) -> None:
        """Nothing is meant any more."""
        super().leaveEvent(event)
        self.point(None)
        self.pointed(None)

    @guarded
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show everything again."""
        self.show_all()
        event.accept()


def _mark(x: float, text: str, height: float) -> Any:
    options = {"position": height, "anchors": [(1, 0), (1, 0)]}
    return pg.InfiniteLine(x, angle=90, label=text, labelOpts=options)


def line(
    series: int, width: float, style: str = "solid", alpha: float = 1.0
) -> Callable[[Colours], dict[str, Any]]:
    """The look of a plain line in one of the theme's series colours."""

    def look(colours: Colours) -> dict[str, Any]:
        colour = QColor(colours.series[series])
        colour.setAlphaF(alpha)
        return {"Pen": pg.mkPen(colour, width=width, style=DASHES[style])}

    return look


def points(
    series: int, symbol: str, size: float, style: str, width: float = 1.6
) -> Callable[[Colours], dict[str, Any]]:
    """The look of a line with a symbol at each point."""

    def look(colours: Colours) -> dict[str, Any]:
        colour = colours.series[series]
        return {
            **line(series, width, style)(colours),
            "Symbol": symbol,
            "SymbolSize": size,
            "SymbolPen": pg.mkPen(colours.base, width=1),
            "SymbolBrush": pg.mkBrush(colour),
        }

    return look
