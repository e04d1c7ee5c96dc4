"""Finds blocks on the canvas by name, kind or parameters."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from explorer.graph.folding import whole_group
from explorer.ui.canvas.node_item import NodeItem
from explorer.ui.canvas.scene import CanvasScene
from explorer.ui.kit.guard import guarded_with
from explorer.ui.kit.named import named

WIDTH = 320


class FindBar(QFrame):
    """In the canvas's upper corner. Enter: the next; Shift+Enter: the one before; Esc: done."""

    def __init__(self, parent: QWidget, scene: CanvasScene, reveal: Callable[[str], None]) -> None:
        super().__init__(parent)
        self._room, self._scene, self._reveal = parent, scene, reveal
        named(self, "findBar", "Find on the canvas")
        self.field = named(QLineEdit(), "findField", "Find a block on the canvas")
        self.field.setPlaceholderText("Find on the canvas: name or kind")
        self.count = named(QLabel(), "findCount")
        self.count.setMinimumWidth(self.count.fontMetrics().horizontalAdvance("no block"))
        close = named(QToolButton(), "findClose", "Close", "Close (Esc)")
        close.setText("✕")
        close.setAutoRaise(True)
        close.clicked.connect(self.dismiss)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 6, 6, 6)
        layout.setSpacing(6)
        for widget in (self.field, self.count, close):
            layout.addWidget(widget)
        self.field.installEventFilter(self)
        self.field.textEdited.connect(lambda: self._show(0))
        scene.theme.changed.connect(self._recolour)
        self._recolour()
        self.hide()

    def open(self) -> None:
        """Show it and take the keys."""
        self.place()
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()
        self._tell()

    def place(self) -> None:
        """In the upper right corner."""
        room = self._room.rect()
        self.setFixedWidth(min(WIDTH, room.width() - 16))
        self.adjustSize()
        self.move(room.right() - self.width() - 8, 8)

    def dismiss(self) -> None:
        """Put it away; what was found stays selected."""
        self._room.setFocus(Qt.FocusReason.OtherFocusReason)
        self.hide()

    def found(self) -> list[str]:
        """The blocks that the text fits, by name first; those in folded groups after the others."""
        words = self.field.text().casefold().split()
        if not words:
            return []
        hits = [item for item in self._scene.nodes.values() if _hit(item, words)]
        whole = " ".join(words)
        hits.sort(key=lambda item: (not item.node.id.casefold().startswith(whole),))
        return [item.node.id for item in hits] + self._hidden(words)

    def _hidden(self, words: list[str]) -> list[str]:
        """Blocks in folded groups that the text fits."""
        nodes = self._scene.store.document.nodes
        texts = {name: f"{name} {nodes[name].block.title}" for name in self._scene.drawing.item_of}
        return [n for n, text in texts.items() if all(word in text.casefold() for word in words)]

    def _here(self) -> str | None:
        """The selected block, or group that is drawn as one."""
        group = whole_group(self._scene.store.document, self._scene.selection.ids)
        return group.name if group is not None else self._scene.selection.one

    @guarded_with(False)
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter goes on, Esc ends."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = event.key()
            if key == Qt.Key.Key_Escape:
                self.dismiss()
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down, Qt.Key.Key_Up):
                shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
                self._show(-1 if shift or key == Qt.Key.Key_Up else 1)
                return True
        return super().eventFilter(watched, event)

    def _show(self, step: int) -> None:
        """Select the first (step 0) or another of the found blocks."""
        found, here = self.found(), self._here()
        if found:
            place = (found.index(here) + step) % len(found) if here in found and step else 0
            ids = self._scene.drawing.ids(found[place])
            self._scene.selection.set(ids)
            self._reveal(ids[0])
        self._tell()

    def _tell(self) -> None:
        found, here = self.found(), self._here()
        place = f"{found.index(here) + 1} of " if here in found else ""
        none = "no block" if self.field.text().strip() else ""
        self.count.setText(f"{place}{len(found)}" if found else none)

    def _recolour(self) -> None:
        c = self._scene.theme.colours
        self.setStyleSheet(
            f"#findBar {{ background: {c.raised}; border: 1px solid {c.border};"
            " border-radius: 6px; }"
        )


def _hit(item: NodeItem, words: list[str]) -> bool:
    text = f"{item.node.id} {item.kind_title} {item.node.block.kind} {item.look.summary}".casefold()
    return all(word in text for word in words)
