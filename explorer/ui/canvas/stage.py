"""What a gesture may touch: document, selection, items, and the words beside the mouse."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QGraphicsView

from explorer.ui.canvas.geometry import PORT_REACH, Port
from explorer.ui.canvas.overlay import Bubble, Tone
from explorer.ui.canvas.scene import CanvasScene
from explorer.ui.kit.theme import Colours
from explorer.ui.session.store import Selection, Store


@dataclass(frozen=True, slots=True)
class Hand:
    """Where the mouse is and which keys are held."""

    place: QPointF  # in the scene
    spot: QPoint  # in the viewport
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier

    @property
    def adds(self) -> bool:
        """Whether a press adds to the selection."""
        both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        return bool(self.modifiers & both)


@dataclass(frozen=True, slots=True)
class Stage:
    """One canvas, as gestures and keys see it."""

    view: QGraphicsView
    scene: CanvasScene
    bubble: Bubble
    offer: Callable[[Port, Hand], None]  # blocks for the loose end of a wire

    @property
    def store(self) -> Store:
        """The document's room."""
        return self.scene.store

    @property
    def selection(self) -> Selection:
        """The selected blocks."""
        return self.scene.selection

    @property
    def colours(self) -> Colours:
        """The scheme in use."""
        return self.scene.theme.colours

    @property
    def zoom(self) -> float:
        """Pixels per scene unit."""
        return self.view.transform().m11()

    @property
    def reach(self) -> float:
        """How near a press must be to a port, in scene units: 12 pixels at least."""
        return max(PORT_REACH, 12.0 / self.zoom)

    def say(self, text: str, tone: Tone = "plain", beside: QPoint | None = None) -> None:
        """Show a sentence beside the mouse; nothing hides it."""
        self.bubble.say(text, tone, beside or QPoint(12, 12), self.colours)
