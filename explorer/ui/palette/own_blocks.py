"""The palette's rows of the user's own blocks: shown, renamed in place, deleted."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QObject, QPoint, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QMenu, QTreeWidget, QTreeWidgetItem

from explorer.ui.palette.library import Entry, Library, LibraryError

GROUP = Qt.ItemDataRole.UserRole + 1
PATH = Qt.ItemDataRole.UserRole + 2  # of an entry's file
TEXT = Qt.ItemDataRole.UserRole + 3  # what is in it, for the canvas
OWN = "library"  # the group's id
TITLE = "My blocks"


class OwnBlocks(QObject):
    """Follows the library; the group is there as long as there is something in it."""

    told = Signal(str)  # what could not be done
    filled = Signal()

    def __init__(self, tree: QTreeWidget, library: Library) -> None:
        super().__init__(tree)
        self._tree, self._library = tree, library
        tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        tree.customContextMenuRequested.connect(self._show_menu)
        tree.itemChanged.connect(self._renamed)
        # Queued: a row must not go while its own editor is still at work.
        library.changed.connect(self.fill, Qt.ConnectionType.QueuedConnection)

    def fill(self) -> None:
        """The entries as they are now, above the groups of the catalogue."""
        blocker = QSignalBlocker(self._tree)
        for row in range(self._tree.topLevelItemCount() - 1, -1, -1):
            item = self._tree.topLevelItem(row)
            if item is not None and item.data(0, GROUP) == OWN:
                self._tree.takeTopLevelItem(row)
        if self._library.entries:
            group = self._group_row()
            self._tree.insertTopLevelItem(0, group)
            group.addChildren([_row(entry) for entry in self._library.entries])
            group.setExpanded(True)
        blocker.unblock()
        self.filled.emit()

    def _group_row(self) -> QTreeWidgetItem:
        row = QTreeWidgetItem([TITLE])
        font = QFont()  # its size is the list's
        font.setBold(True)
        row.setFont(0, font)
        row.setData(0, GROUP, OWN)
        row.setFlags(Qt.ItemFlag.ItemIsEnabled)
        row.setToolTip(0, f"Groups that you kept, in {self._library.folder}")
        return row

    def menu(self, item: QTreeWidgetItem) -> QMenu | None:
        """What can be done with an entry."""
        entry = self._library.entry(str(item.data(0, PATH) or ""))
        if entry is None:
            return None
        menu = QMenu(self._tree)
        menu.setObjectName("ownBlockMenu")
        rename = menu.addAction("Rename", lambda: self._tree.editItem(item))
        rename.setEnabled(not entry.fault)
        menu.addAction("Delete", lambda: self._delete(entry))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return menu

    def _show_menu(self, spot: QPoint) -> None:
        item = self._tree.itemAt(spot)
        menu = self.menu(item) if item is not None else None
        if menu is not None:
            menu.popup(self._tree.viewport().mapToGlobal(spot))

    def _delete(self, entry: Entry) -> None:
        try:
            self._library.delete(entry)
        except LibraryError as error:
            self.told.emit(str(error))

    def _renamed(self, item: QTreeWidgetItem) -> None:
        entry = self._library.entry(str(item.data(0, PATH) or ""))
        if entry is None or entry.fault or item.text(0) == entry.title:
            return
        try:
            self._library.rename(entry, item.text(0))
        except LibraryError as error:
            self.told.emit(str(error))


def _row(entry: Entry) -> QTreeWidgetItem:
    row = QTreeWidgetItem([f"{entry.title} (can't be read)" if entry.fault else entry.title])
    row.setData(0, PATH, str(entry.path))
    flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
    if entry.fault:
        row.setToolTip(0, entry.fault)
    else:
        row.setData(0, TEXT, entry.text)
        words = f"A group of your own: {entry.told}."
        row.setToolTip(0, f"<p style='white-space: pre-wrap'>{escape(words)}</p>")
        flags |= Qt.ItemFlag.ItemIsDragEnabled | Qt.ItemFlag.ItemIsEditable
    row.setData(0, Qt.ItemDataRole.AccessibleDescriptionRole, entry.fault or entry.told)
    row.setFlags(flags)
    return row
