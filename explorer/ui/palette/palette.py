"""The blocks to choose from, by group, with a search field."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from PySide6.QtCore import (
    QByteArray,
    QEvent,
    QMimeData,
    QModelIndex,
    QObject,
    QSettings,
    QSignalBlocker,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QLabel,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from explorer.blocks.catalogue import GROUPS, catalogue
from explorer.graph.block import Block
from explorer.ui.canvas.additions import BLOCK_MIME, PIECE_MIME
from explorer.ui.kit.guard import guarded, guarded_with
from explorer.ui.kit.one_line import one_line
from explorer.ui.kit.theme import Theme
from explorer.ui.palette.icons import SIZE, block_icon
from explorer.ui.palette.library import Library
from explorer.ui.palette.own_blocks import GROUP, PATH, TEXT, OwnBlocks

KIND = Qt.ItemDataRole.UserRole
RARE = ("shape", "regularisation", "joining", "sequence")  # groups that are folded at first
FOLDED = "folded_palette_groups"  # in the settings, where the user folds others


class BlockTree(QTreeWidget):
    """Groups and their blocks; a block can be dragged away as its kind."""

    chosen = Signal(QTreeWidgetItem)  # by double-click

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("paletteBlocks")
        self.setAccessibleName("Blocks")
        self.setHeaderHidden(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setIconSize(QSize(SIZE, SIZE))
        self.setIndentation(10)
        self.setUniformRowHeights(True)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)

    @guarded
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A block is chosen, a group folded."""
        item = self.itemAt(event.position().toPoint())
        if item is not None and (item.data(0, KIND) or item.data(0, PATH)):
            self.setCurrentItem(item)
            self.chosen.emit(item)
        elif item is not None:
            item.setExpanded(not item.isExpanded())

    def mimeTypes(self) -> list[str]:
        """What the canvas takes."""
        return [BLOCK_MIME, PIECE_MIME]

    def mimeData(self, items: Sequence[QTreeWidgetItem]) -> QMimeData:
        """The kind of the dragged block, or one of the user's own as text."""
        data = QMimeData()
        texts = [str(item.data(0, TEXT)) for item in items if item.data(0, TEXT)]
        if texts:
            data.setData(PIECE_MIME, QByteArray(texts[0].encode()))
        kinds = [str(item.data(0, KIND)) for item in items if item.data(0, KIND)]
        if kinds:
            data.setData(BLOCK_MIME, QByteArray(kinds[0].encode()))
        return data


class Palette(QWidget):
    """objectName `palette`. Says which kind was chosen; where it goes is the canvas's business."""

    chosen = Signal(str)  # kind: double-click or Enter
    piece_chosen = Signal(str)  # one of the user's own blocks, as text
    told = Signal(str)  # why one of the user's own can't be used
    left = Signal()  # Esc: back to the canvas

    def __init__(
        self, theme: Theme, library: Library | None = None, settings: QSettings | None = None
    ) -> None:
        super().__init__()
        self._theme, self._settings = theme, settings
        self.setObjectName("palette")
        self.setAccessibleName("Palette")
        self.search = QLineEdit()
        self.search.setObjectName("paletteSearch")
        self.search.setAccessibleName("Search blocks")
        self.search.setPlaceholderText("Search blocks")
        self.search.setClearButtonEnabled(True)
        self.tree = BlockTree()
        self._nothing = QLabel("No block of that name.")
        self._nothing.setProperty("role", "faint")
        self._nothing.setWordWrap(True)
        self._nothing.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 8, 6, 4)
        layout.setSpacing(6)
        for widget in (self.search, self._nothing, self.tree):
            layout.addWidget(widget)
        self._fill()
        self.own = OwnBlocks(self.tree, library) if library is not None else None
        if self.own is not None:
            self.own.told.connect(self.told)
            self.own.filled.connect(self._own_filled)
            self.own.fill()
        self._recolour()
        self.search.installEventFilter(self)
        self.tree.installEventFilter(self)
        self.search.textChanged.connect(self._filter)
        self.tree.chosen.connect(self._choose)
        self.tree.expanded.connect(self._remember_folds)
        self.tree.collapsed.connect(self._remember_folds)
        theme.changed.connect(self._recolour)

    def sizeHint(self) -> QSize:
        """Wide enough for the longest group's name."""
        return QSize(252, 520)

    def kinds(self) -> list[str]:
        """The kinds in sight, from top to bottom."""
        shown = [item for item in self._blocks() if not item.isHidden()]
        return [str(item.data(0, KIND)) for item in shown if item.data(0, KIND)]

    def item(self, kind: str) -> QTreeWidgetItem | None:
        """The row of a kind, for tests and scripts."""
        return next((item for item in self._blocks() if item.data(0, KIND) == kind), None)

    @guarded_with(False)
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter chooses, Down leads into the list, Esc clears the search, then leaves."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            entered = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if watched is self.search:
                return self._search_key(event, entered)
            if entered:
                self._choose(self.tree.currentItem())
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.left.emit()
                return True
        return super().eventFilter(watched, event)

    def _search_key(self, event: QKeyEvent, entered: bool) -> bool:
        if entered:
            if self.search.text().strip():
                self._choose(self._best())
                self.search.selectAll()  # the next name takes this one's place
            return True
        if event.key() == Qt.Key.Key_Down and self._best() is not None:
            self.tree.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self._mark_best()
            return True
        if event.key() == Qt.Key.Key_Escape:
            if self.search.text():
                self.search.clear()
            else:
                self.left.emit()
            return True
        return False

    def _fill(self) -> None:
        rows: dict[str, QTreeWidgetItem] = {}
        for block in catalogue().values():
            if block.group not in rows:
                rows[block.group] = self._group_row(block.group)
            rows[block.group].addChild(_block_row(block))
        self._fold()

    def _fold(self) -> None:
        """As the user left it; at first the rare groups are one line each."""
        kept = self._settings.value(FOLDED) if self._settings is not None else None
        folded = RARE if kept is None else str(kept).split(",")
        blocker = QSignalBlocker(self.tree)
        for group in self._groups():
            group.setExpanded(str(group.data(0, GROUP)) not in folded)
        blocker.unblock()

    def _remember_folds(self) -> None:
        if self._settings is None or self.search.text().strip():
            return  # what a search unfolds is no choice of the user's
        folded = [str(g.data(0, GROUP)) for g in self._groups() if not g.isExpanded()]
        self._settings.setValue(FOLDED, ",".join(folded))

    def _group_row(self, group: str) -> QTreeWidgetItem:
        row = QTreeWidgetItem(self.tree, [GROUPS.get(group, group.capitalize())])
        font = QFont()  # its size is the list's
        font.setBold(True)
        row.setFont(0, font)
        row.setData(0, GROUP, group)
        row.setFlags(Qt.ItemFlag.ItemIsEnabled)
        row.setToolTip(0, row.text(0))
        return row

    def _groups(self) -> list[QTreeWidgetItem]:
        rows = [self.tree.topLevelItem(i) for i in range(self.tree.topLevelItemCount())]
        return [row for row in rows if row is not None]

    def _blocks(self) -> list[QTreeWidgetItem]:
        return [item for row in self._groups() for item in _children(row)]

    def _best(self) -> QTreeWidgetItem | None:
        """The first whose title begins with the search, or has it, or the first of all."""
        text = self.search.text().strip().lower()
        shown = [item for item in self._blocks() if not item.isHidden()]
        return min(shown, key=lambda item: _rank(item, text), default=None)

    def _filter(self, text: str) -> None:
        words = text.lower().split()
        for group in self._groups():
            shown = 0
            for item in _children(group):
                hit = _matches(item, words)
                item.setHidden(not hit)
                shown += hit
            group.setHidden(not shown)
            if words:
                group.setExpanded(True)
        self._nothing.setVisible(all(item.isHidden() for item in self._blocks()))
        if words:
            self._mark_best()
        else:
            self._fold()
            self.tree.setCurrentIndex(QModelIndex())

    def _mark_best(self) -> None:
        """Show what Enter would take."""
        best = self._best()
        if best is not None:
            self.tree.setCurrentItem(best)

    def _choose(self, item: QTreeWidgetItem | None) -> None:
        if item is None:
            return
        if item.data(0, KIND):
            self.chosen.emit(str(item.data(0, KIND)))
        elif item.data(0, TEXT):
            self.piece_chosen.emit(str(item.data(0, TEXT)))
        elif item.data(0, PATH):
            self.told.emit(item.toolTip(0))

    def _own_filled(self) -> None:
        self._filter(self.search.text())
        self._recolour()

    def _recolour(self) -> None:
        c = self._theme.colours
        for group in self._groups():
            colour = c.groups.get(str(group.data(0, GROUP)), c.faint)
            for item in _children(group):
                item.setIcon(0, block_icon(str(item.data(0, KIND) or ""), colour))
        self.tree.setStyleSheet(
            f"QTreeWidget {{ background: {c.window}; outline: 0; }}"
            f"QTreeWidget::item {{ padding: 3px 2px; }}"
            f"QTreeWidget::item:selected {{ background: {c.border}; color: {c.text}; }}"
            f"QTreeWidget::branch:selected {{ background: {c.border}; }}"
        )


def _children(row: QTreeWidgetItem) -> list[QTreeWidgetItem]:
    items = [row.child(i) for i in range(row.childCount())]
    return [item for item in items if item is not None]


def _block_row(block: type[Block]) -> QTreeWidgetItem:
    row = QTreeWidgetItem([block.title])
    row.setData(0, KIND, block.kind)
    row.setToolTip(0, f"<p style='white-space: pre-wrap'>{escape(one_line(block.summary))}</p>")
    row.setData(0, Qt.ItemDataRole.AccessibleDescriptionRole, block.summary)
    row.setFlags(
        Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDragEnabled
    )
    return row


def _rank(item: QTreeWidgetItem, text: str) -> int:
    names = (item.text(0).lower(), str(item.data(0, KIND) or ""))
    if any(name.startswith(text) for name in names):
        return 0
    return 1 if any(text in name for name in names) else 2


def _matches(item: QTreeWidgetItem, words: list[str]) -> bool:
    """Whether each word is in the block's title, kind, group, or begins a word of its summary."""
    kind = str(item.data(0, KIND) or "")
    if not kind:
        return all(word in f"{item.text(0)} my blocks".lower() for word in words)
    block = catalogue()[kind]
    names = f"{block.title} {block.kind} {GROUPS.get(block.group, '')}".lower()
    told = re.findall(r"\w+", block.summary.lower())
    return all(
        word in names or (len(word) > 2 and any(part.startswith(word) for part in told))
        for word in words
    )
