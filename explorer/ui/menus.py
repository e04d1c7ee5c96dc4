"""The menu bar: every action under its menu, the documents opened lately, what undo would undo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow, QMenu

from explorer.ui.actions import Deed
from explorer.ui.docks import Docks
from explorer.ui.files import Files
from explorer.ui.store import Store


class Menus:
    """Fills the menu bar of a window and keeps it true; `refresh` when something has changed."""

    def __init__(
        self,
        window: QMainWindow,
        deeds: Sequence[Deed | None],
        actions: Mapping[str, QAction],
        store: Store,
        files: Files,
    ) -> None:
        self._actions, self._store, self._files = actions, store, files
        self._menus: dict[str, QMenu] = {}
        for deed in deeds:
            if deed is None:
                list(self._menus.values())[-1].addSeparator()
                continue
            if deed.menu not in self._menus:
                self._menus[deed.menu] = window.menuBar().addMenu(f"&{deed.menu}")
            self._menus[deed.menu].addAction(actions[deed.name])
        self._recent = QMenu("Open &recent", window)
        self._menus["File"].insertMenu(actions["saveAction"], self._recent)

    def add_panels(self, docks: Docks) -> None:
        """A tick for each dock, under View."""
        panels = self._menus["View"].addMenu("Panels")
        for dock in docks.all.values():
            panels.addAction(dock.toggleViewAction())

    def refresh(self) -> None:
        """What undo and redo would do, and the documents opened lately."""
        history = self._store.history
        for name, label, verb in (
            ("undoAction", history.undo_label, "Undo"),
            ("redoAction", history.redo_label, "Redo"),
        ):
            self._actions[name].setEnabled(bool(label))
            self._actions[name].setText(f"&{verb} {label}".rstrip())
        self._recent.clear()
        for path in self._files.recent:
            action = QAction(path.name, self._recent)
            action.setToolTip(str(path))
            action.triggered.connect(lambda checked=False, path=path: self._files.open_path(path))
            self._recent.addAction(action)
        self._recent.setEnabled(not self._recent.isEmpty())
