"""Where the keyboard goes: to the canvas, the search, the parameters, the runs, a sweep."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from explorer.ui.inspector.inspector import Inspector
from explorer.ui.palette.palette import Palette
from explorer.ui.panels.panel import Panel
from explorer.ui.panels.runs.runs import RunsPanel
from explorer.ui.window.docks import Docks

SHORTCUT = Qt.FocusReason.ShortcutFocusReason


class Ways:
    """Each method brings a dock to the front where there is one, and the keys to it."""

    def __init__(
        self,
        docks: Docks,
        canvas: QWidget,
        palette: Palette,
        inspector: Inspector,
        panels: Mapping[str, Panel],
    ) -> None:
        self._docks, self._canvas, self._palette = docks, canvas, palette
        self._inspector, self._panels = inspector, panels

    def to_canvas(self) -> None:
        """Keys go to the canvas."""
        self._canvas.setFocus(SHORTCUT)

    def to_search(self) -> None:
        """To the palette's search field."""
        self._docks.show("palette")
        self._palette.search.setFocus()
        self._palette.search.selectAll()

    def to_parameters(self) -> None:
        """To the inspector's first field."""
        self._docks.show("inspector")
        self._inspector.focus_first()

    def to_parameter(self, name: str) -> None:
        """To this parameter of the selected block."""
        self._docks.show("inspector")
        self._inspector.focus_parameter(name)

    def to_setting(self, name: str) -> None:
        """To this setting of the training: no block is selected any more."""
        self._docks.show("inspector")
        self._inspector.focus_setting(name)

    def to_runs(self) -> None:
        """To the table of recorded runs."""
        self._docks.show("runsPanel")
        runs = self._panels["runsPanel"]
        if isinstance(runs, RunsPanel):
            runs.table.setFocus(SHORTCUT)

    def to_sweep(self) -> None:
        """To the ranges of a sweep."""
        self._docks.show("sweepPanel")
        self._panels["sweepPanel"].setFocus(SHORTCUT)
