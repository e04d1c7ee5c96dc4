"""Tells screen readers of the blocks: the canvas is a list, each block an entry of it."""

from __future__ import annotations

import weakref

from PySide6.QtCore import QObject, QRect
from PySide6.QtGui import QAccessible, QAccessibleEvent, QAccessibleInterface, QColor, QWindow
from PySide6.QtWidgets import QAccessibleWidget

from explorer.ui.canvas.surface import Surface

Found = QAccessibleInterface | None  # Qt allows None, which its stubs for Python leave out


class BlockInterface(QAccessibleInterface):
    """One block, by its name; valid as long as the canvas shows it."""

    def __init__(self, view: Surface, name: str) -> None:
        super().__init__()
        self._weak, self._name = weakref.ref(view), name

    @property
    def _view(self) -> Surface:
        """Raises where the canvas is gone; `isValid` says so before."""
        view = self._weak()
        if view is None:
            raise RuntimeError(f"the canvas of {self._name} is gone")
        return view

    def isValid(self) -> bool:
        """Whether the block is still there."""
        view = self._weak()
        return view is not None and self._name in view.canvas.nodes

    def object(self) -> QObject | None:  # type: ignore[override]  # None is allowed
        """A block is no QObject."""
        return None

    def window(self) -> QWindow:
        """The canvas's."""
        return self._view.window().windowHandle()

    def text(self, t: QAccessible.Text) -> str:
        """Name: the block's; value: kind, parameters, shape, problem."""
        if not self.isValid():
            return ""
        item = self._view.canvas.nodes[self._name]
        if t == QAccessible.Text.Name:
            return f"{self._name}, {item.kind_title}"
        if t in (QAccessible.Text.Value, QAccessible.Text.Description):
            return item.describe()
        return ""

    def setText(self, t: QAccessible.Text, text: str) -> None:
        """Not here: F2 renames."""

    def rect(self) -> QRect:
        """On the screen."""
        if not self.isValid():
            return QRect()
        body = self._view.canvas.nodes[self._name].scene_body()
        area = self._view.mapFromScene(body).boundingRect()
        return QRect(self._view.viewport().mapToGlobal(area.topLeft()), area.size())

    def role(self) -> QAccessible.Role:
        """An entry of the canvas."""
        return QAccessible.Role.ListItem

    def state(self) -> QAccessible.State:
        """Selectable, and perhaps selected."""
        state = QAccessible.State()
        state.selectable = True
        state.selected = self.isValid() and self._view.canvas.nodes[self._name].look.selected
        state.invalid = not self.isValid()
        return state

    def parent(self) -> QAccessibleInterface:
        """The canvas."""
        return QAccessible.queryAccessibleInterface(self._view)

    def child(self, index: int) -> Found:  # type: ignore[override]  # see Found
        """A block has none."""
        return None

    def childAt(self, x: int, y: int) -> Found:  # type: ignore[override]  # see Found
        """A block has none."""
        return None

    def childCount(self) -> int:
        """A block has none."""
        return 0

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        """A block has none."""
        return -1

    def foregroundColor(self) -> QColor:
        """The text's."""
        return QColor(self._view.canvas.theme.colours.text)

    def backgroundColor(self) -> QColor:
        """The block's."""
        return QColor(self._view.canvas.theme.colours.raised)


class CanvasInterface(QAccessibleWidget):
    """The canvas as a list of blocks."""

    def __init__(self, view: Surface) -> None:
        super().__init__(view, QAccessible.Role.List, "Network canvas")
        self._weak = weakref.ref(view)
        self._blocks: dict[str, BlockInterface] = {}  # Qt keeps none of them alive

    def childCount(self) -> int:
        """How many blocks."""
        return len(self._names())

    def child(self, index: int) -> Found:  # type: ignore[override]  # see Found
        """A block, in the order of placing."""
        names = self._names()
        return self.block(names[index]) if 0 <= index < len(names) else None

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        """Where a block is among them."""
        found = [name for name, block in self._blocks.items() if block is child]
        names = self._names()
        return names.index(found[0]) if found and found[0] in names else -1

    def childAt(self, x: int, y: int) -> Found:  # type: ignore[override]  # see Found
        """The block at a place of the screen."""
        for name in self._names():
            if self.block(name).rect().contains(x, y):
                return self.block(name)
        return None

    def block(self, name: str) -> BlockInterface:
        """The interface of one block; the same each time."""
        view = self._weak()
        if name not in self._blocks and view is not None:
            self._blocks[name] = BlockInterface(view, name)
        return self._blocks[name]

    def _names(self) -> list[str]:
        view = self._weak()
        return list(view.canvas.nodes) if view is not None else []


_interfaces: dict[int, CanvasInterface] = {}  # by the view's identity; Qt keeps none alive


def _factory(class_name: str, widget: QObject) -> QAccessibleInterface | None:
    if not isinstance(widget, Surface):
        return None
    key = id(widget)
    if key not in _interfaces:
        _interfaces[key] = CanvasInterface(widget)
        widget.destroyed.connect(lambda: _interfaces.pop(key, None))
    return _interfaces[key]


def install() -> None:
    """From now on every canvas tells of its blocks."""
    if not _installed:
        QAccessible.installFactory(_factory)
        _installed.append(True)


_installed: list[bool] = []


def announce(view: Surface) -> None:
    """Tell screen readers how many blocks there are and which one is selected."""
    nodes, one = view.canvas.nodes, view.canvas.selection.one
    one = view.canvas.drawing.item(one) if one is not None else None
    text = f"{len(nodes)} blocks. "
    if one is not None and one in nodes:
        text += f"Selected: {nodes[one].describe()}"
    view.setAccessibleDescription(text)
    if one is not None and one in nodes and QAccessible.isActive():
        event = QAccessibleEvent(view, QAccessible.Event.Selection)
        event.setChild(list(nodes).index(one))
        QAccessible.updateAccessibility(event)
