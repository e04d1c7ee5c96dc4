"""Words that float over the canvas: the hint on an empty one, and the bubble beside the mouse."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QLabel, QWidget

from explorer.ui.kit.theme import Colours

Tone = Literal["plain", "good", "warning", "error"]
SIGNS: dict[Tone, str] = {"plain": "", "good": "✓ ", "warning": "! ", "error": "✕ "}
WIDEST = 340


class Bubble(QLabel):
    """A sentence beside the mouse while a gesture lasts."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._room = parent
        self.setObjectName("canvasBubble")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.hide()

    def say(self, text: str, tone: Tone, beside: QPoint, colours: Colours) -> None:
        """Show a sentence near this point of the viewport; an empty one hides the bubble."""
        if not text:
            self.hide()
            return
        frames = {"plain": "border", "good": "good", "warning": "warning", "error": "error"}
        frame = getattr(colours, frames[tone])
        self.setStyleSheet(
            f"color: {colours.text}; background: {colours.raised}; border: 1px solid {frame};"
            f"border-left: 4px solid {frame}; border-radius: 4px; padding: 5px 8px;"
        )
        self.setText(SIGNS[tone] + text)
        self.setFixedWidth(min(WIDEST, self.fontMetrics().horizontalAdvance(self.text()) + 28))
        self.setFixedHeight(self.heightForWidth(self.width()))
        self.move(self._inside(QRect(beside + QPoint(18, 18), self.size())))
        self.show()
        self.raise_()

    def _inside(self, rect: QRect) -> QPoint:
        room = self._room.rect().adjusted(4, 4, -4, -4)
        x = max(room.left(), min(rect.left(), room.right() - rect.width()))
        y = max(room.top(), min(rect.top(), room.bottom() - rect.height()))
        return QPoint(x, y)


class Hint(QLabel):
    """What to do with an empty canvas."""

    TEXT = (
        "<p style='font-size:large'><b>Build a network here</b></p>"
        "<p>Drag a block from the palette, or double-click one.<br>"
        "Then pull a wire from a block's right side to the next one's left.</p>"
        "<p>Or choose an example in the toolbar.</p>"
    )

    def __init__(self, parent: QWidget) -> None:
        super().__init__(self.TEXT, parent)
        self._room = parent
        self.setObjectName("canvasHint")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setWordWrap(True)
        self.hide()

    def centre(self) -> None:
        """In the middle of the viewport."""
        room = self._room.rect()
        self.setFixedWidth(min(460, max(room.width() - 32, 80)))
        self.adjustSize()
        self.move(room.center() - self.rect().center())

    def recolour(self, colours: Colours) -> None:
        """Another scheme."""
        self.setStyleSheet(f"color: {colours.faint}; background: transparent;")
