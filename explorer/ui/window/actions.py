"""Every action once: its words, keys and deed; menus, toolbar, palette and F1 sheet read this."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from explorer.ui.kit.named import named


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
