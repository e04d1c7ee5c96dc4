"""The menu bar: every action under its menu, the documents opened lately, what undo would undo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow, QMenu

from explorer.ui.kit.named import named
from explorer.ui.session.files import Files
from explorer.ui.session.store import Store
from explorer.ui.window.actions import Deed
from explorer.ui.window.docks import Docks


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
                self._separate()
                continue
            self._menu(window, deed.menu).addAction(actions[deed.name])
        self._recent = QMenu("Open &recent", window)
        self._menus["File"].insertMenu(actions["saveAction"], self._recent)

    def _menu(self, window: QMainWindow, path: str) -> QMenu:
        """That of the bar ("File"), or one within another ("File > Export")."""
        if path not in self._menus:
            above, _, title = path.rpartition(" > ")
            within = self._menu(window, above) if above else window.menuBar()
            self._menus[path] = within.addMenu(f"&{title}")
        return self._menus[path]

    def _separate(self) -> None:
        """In the menu of the bar that was filled last."""
        [menu for path, menu in self._menus.items() if " > " not in path][-1].addSeparator()

    def add_panels(self, docks: Docks) -> None:
        """Each panel, under View, by purpose; those that can be seen have a tick."""
        panels = self._menus["View"].addMenu("&Panels")
        made: dict[str, QAction] = {}
        group = ""
        for name in sorted(docks.names, key=lambda each: docks.group(each) != ""):
            if docks.group(name) != group:
                group = docks.group(name)
                panels.addSection(group)
            made[name] = _panel_action(panels, docks, name)

        def refresh() -> None:
            for name, action in made.items():
                action.setText(docks.title(name))
                action.setChecked(docks.is_seen(name))

        panels.aboutToShow.connect(refresh)
        docks.seen_changed.connect(refresh)
        refresh()

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


def _panel_action(menu: QMenu, docks: Docks, name: str) -> QAction:
    action = named(QAction(docks.title(name), menu), f"{name}Action")
    action.setCheckable(True)
    action.triggered.connect(lambda checked=False: docks.toggle(name))
    menu.addAction(action)
    return action
