"""For a beamer: the window fills the screen, one panel the window, and text is larger."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QMainWindow

from explorer.ui.canvas.view import CanvasView
from explorer.ui.kit.theme import LARGER, Theme
from explorer.ui.window.docks import Docks

TEXT = "largerText"  # in the settings


class Presentation:
    """Each method switches one thing on, and off again."""

    def __init__(
        self,
        window: QMainWindow,
        docks: Docks,
        canvas: CanvasView,
        theme: Theme,
        settings: QSettings,
    ) -> None:
        self._window, self._docks, self._canvas = window, docks, canvas
        self._theme, self._settings = theme, settings
        if settings.value(TEXT) == "yes":
            self.use_larger_text(True)

    @property
    def states(self) -> Mapping[str, bool]:
        """Which switches are on, by the name of their action."""
        return {
            "fullScreenAction": self._window.isFullScreen(),
            "maximiseAction": bool(self._docks.maximised),
            "largerTextAction": self._theme.larger,
        }

    def toggle_full_screen(self) -> None:
        """The whole screen, or a window of the size before."""
        self._window.setWindowState(self._window.windowState() ^ Qt.WindowState.WindowFullScreen)

    def toggle_larger_text(self) -> None:
        """Remembered until it is switched off."""
        self.use_larger_text(not self._theme.larger)
        self._settings.setValue(TEXT, "yes" if self._theme.larger else "no")

    def use_larger_text(self, larger: bool) -> None:
        """On canvas and plots too; a canvas that was not fitted is enlarged as much."""
        self._theme.enlarge(larger)
        self._docks.follow_letters()
        if self._canvas.camera.touched:
            self._canvas.zoom_by(LARGER if larger else 1 / LARGER)
        else:
            self._canvas.fit()
