"""Every action once: its words, keys and deed; menus, toolbar, palette and F1 sheet read this."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from explorer.ui.named import named


@dataclass(frozen=True, slots=True)
class Deed:
    """What can be asked for."""

    name: str  # objectName of the QAction
    menu: str
    text: str
    do: Callable[[], object]
    keys: str = ""
    tip: str = ""
    checkable: bool = False
    shown_keys: str = ""  # keys that the focused widget handles itself: told, not bound
    last_keys: str = ""  # keys that act where the focused widget has no use for them: see LastKeys

    @property
    def told_keys(self) -> str:
        """All keys, as menus, tooltips and the shortcut sheet tell them."""
        return self.keys or self.shown_keys or self.last_keys


def make_actions(parent: QWidget, deeds: Sequence[Deed | None]) -> Mapping[str, QAction]:
    """A QAction for each deed, by name."""
    made = {}
    for deed in deeds:
        if deed is None:
            continue
        action = named(QAction(_menu_text(deed), parent), deed.name)
        action.setCheckable(deed.checkable)
        if deed.keys:
            action.setShortcuts([QKeySequence(keys) for keys in deed.keys.split(" | ")])
        action.setToolTip(tooltip(deed))
        action.setStatusTip(deed.tip)
        action.triggered.connect(lambda checked=False, do=deed.do: do())
        made[deed.name] = action
    return made


def last_keys(deeds: Sequence[Deed | None], actions: Mapping[str, QAction]) -> dict[str, QAction]:
    """The actions that have such keys, by key."""
    return {deed.last_keys: actions[deed.name] for deed in deeds if deed and deed.last_keys}


def _menu_text(deed: Deed) -> str:
    """A menu shows what stands behind a tab as it shows a shortcut."""
    keys = deed.shown_keys or deed.last_keys
    return f"{deed.text}\t{_native(keys)}" if keys else deed.text


def _native(keys: str) -> str:
    return QKeySequence(keys).toString(NATIVE) or keys


def tooltip(deed: Deed) -> str:
    """The tip, or the words, and the first key."""
    words = deed.tip or deed.text.replace("&", "")
    keys = deed.told_keys.split(" | ")[0]
    return f"{words} ({_native(keys)})" if keys else words


NATIVE = QKeySequence.SequenceFormat.NativeText


class CommandPalette(QDialog):
    """Type a few letters of what should happen; Enter does it."""

    def __init__(self, parent: QWidget, deeds: Sequence[Deed | None], all_actions: bool) -> None:
        super().__init__(parent)
        self._deeds = [deed for deed in deeds if deed is not None]
        self._runnable = all_actions
        self.setObjectName("commandPalette" if all_actions else "shortcutSheet")
        self.setWindowTitle("Commands" if all_actions else "Keyboard shortcuts")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(560, 520)
        self._search = named(QLineEdit(), "commandSearch", "Search commands")
        self._search.setPlaceholderText("Type to search")
        self._search.setClearButtonEnabled(True)
        self._list = named(QListWidget(), "commandList", "Commands")
        layout = QVBoxLayout(self)
        layout.addWidget(self._search)
        layout.addWidget(self._list)
        self._search.textChanged.connect(self._fill)
        self._search.returnPressed.connect(self._run)
        self._list.itemActivated.connect(self._run)
        self._fill("")

    def _fill(self, text: str) -> None:
        words = text.casefold().split()
        self._list.clear()
        for deed in self._deeds:
            keys = deed.told_keys.replace(" | ", ", ")
            label = f"{deed.menu}: {deed.text.replace('&', '').rstrip('.…')}"
            if not self._runnable and not keys:
                continue
            if all(word in label.casefold() for word in words):
                item = QListWidgetItem(f"{label}    {keys}" if keys else label)
                item.setData(Qt.ItemDataRole.UserRole, deed.name)
                item.setToolTip(deed.tip)
                self._list.addItem(item)
        self._list.setCurrentRow(0)

    def _run(self) -> None:
        item = self._list.currentItem()
        if item is None:
            return
        name = item.data(Qt.ItemDataRole.UserRole)
        self.accept()
        next(deed for deed in self._deeds if deed.name == name).do()
