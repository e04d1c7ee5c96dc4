"""Shows and edits the selected block, or the whole document while none is selected."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from explorer.graph.document import Training
from explorer.graph.folding import whole_group
from explorer.ui.inspector.document_page import DocumentPage
from explorer.ui.inspector.group_page import GroupPage
from explorer.ui.inspector.node_page import NodePage
from explorer.ui.inspector.parts import paragraph
from explorer.ui.kit.theme import Theme
from explorer.ui.session.store import Selection, Store

MOST_NAMED = 6  # of several selected blocks


class Inspector(QScrollArea):
    """objectName `inspector`. Every entry is an edit at once; the store answers."""

    left = Signal()  # Esc: back to the canvas

    def __init__(self, store: Store, selection: Selection, theme: Theme) -> None:
        super().__init__()
        self._store, self._selection, self._theme = store, selection, theme
        self.setObjectName("inspector")
        self.setAccessibleName("Inspector")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumWidth(240)
        self.node_page, self.document_page = NodePage(store), DocumentPage(store)
        self.group_page = GroupPage(store, selection)
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        self._several = paragraph("severalSelected")
        self._several.setContentsMargins(12, 12, 12, 0)
        layout.addWidget(self._several)
        layout.addWidget(self.node_page)
        layout.addWidget(self.group_page)
        layout.addWidget(self.document_page)
        self.setWidget(content)
        store.changed.connect(self.refresh)
        selection.changed.connect(self._follow_selection)
        theme.changed.connect(self._recolour)
        leave = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        leave.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        leave.activated.connect(self.left)
        self._recolour()
        self.refresh()

    def focus_first(self) -> None:
        """Typing changes the first parameter."""
        pages = (self.node_page, self.group_page, self.document_page)
        self._focus(next(page for page in pages if page.isVisible()).first_field())

    def focus_parameter(self, name: str) -> None:
        """The same with this parameter of the block that is shown."""
        self._focus(self.node_page.field(name))

    def focus_setting(self, name: str) -> None:
        """The same with this setting of the training."""
        self._selection.set(())
        self._focus(self.document_page.field(name))

    def _focus(self, field: QWidget) -> None:
        field.setFocus(Qt.FocusReason.TabFocusReason)
        QTimer.singleShot(0, field, lambda: self.ensureWidgetVisible(field))  # once it has a place

    def show_explanation(self) -> None:
        """Bring what the selected block does into sight, from its heading on."""
        page = self.node_page
        page.about.setFocus(Qt.FocusReason.ShortcutFocusReason)

        def scroll() -> None:
            self.ensureWidgetVisible(page.letters, 0, 12)
            self.ensureWidgetVisible(page.about, 0, 12)
            self.ensureWidgetVisible(page.about_heading, 0, 4)

        QTimer.singleShot(0, page, scroll)

    def sizeHint(self) -> QSize:
        """Wide enough for the longest parameter's name beside its editor."""
        return QSize(300, 420)

    def _follow_selection(self) -> None:
        """From the top: what was scrolled to belongs to the one before."""
        self.refresh()
        self.verticalScrollBar().setValue(0)

    def refresh(self) -> None:
        """Show what is selected, as it is now."""
        plan, one = self._store.plan, self._selection.one
        node = plan.document.nodes.get(one) if one is not None else None
        group = whole_group(plan.document, self._selection.ids)
        if group is not None:
            self.group_page.show_group(group, plan)
        elif node is not None:
            self.node_page.show_node(node, plan)
        else:
            self.document_page.show_document(plan)
        alone = group is not None or node is None
        names = () if alone else tuple(n for n in self._selection.ids if n in plan.document.nodes)
        self._several.setText(several(names))
        self._several.setVisible(len(names) > 1)
        self.group_page.setVisible(group is not None)
        self.node_page.setVisible(group is None and node is not None)
        self.document_page.setVisible(group is None and node is None)

    def show_run(self, run: Training | None) -> None:
        """Of a run that is on, its settings: fields say what acts on it and what on the next."""
        self.document_page.show_run(run)
        self.node_page.show_run(run is not None)

    def _recolour(self) -> None:
        self.node_page.recolour(self._theme.colours)
        self.group_page.recolour(self._theme.colours)
        self.document_page.recolour(self._theme.colours)


def several(names: Sequence[str]) -> str:
    """That so many blocks are selected, and which of them is shown."""
    told = ", ".join(names[:MOST_NAMED])
    rest = len(names) - MOST_NAMED
    more = f" and {rest} more" if rest > 0 else ""
    last = names[-1] if names else ""
    return f"{len(names)} blocks selected: {told}{more}.\nBelow: {last}, selected last."
