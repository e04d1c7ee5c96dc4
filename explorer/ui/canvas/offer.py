"""The blocks that fit the end of a wire that was dropped on the empty canvas."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from explorer.plan.fitting import Offer
from explorer.ui.kit.guard import guarded, guarded_with
from explorer.ui.kit.named import named
from explorer.ui.kit.theme import Colours

KIND = Qt.ItemDataRole.UserRole
SIZE = (250, 300)


class OfferBox(QFrame):
    """Type to search, arrows choose, Enter or a click takes, Esc or a click elsewhere leaves."""

    def __init__(
        self,
        parent: QWidget,
        offers: Sequence[Offer],
        title: str,
        spot: QPoint,
        colours: Colours,
        take: Callable[[str], None],
    ) -> None:
        super().__init__(parent)
        self._room = parent
        self._offers, self._take, self._done = offers, take, False
        named(self, "offerBox", "Blocks that fit")
        self.heading = QLabel(title)
        self.heading.setWordWrap(True)
        self.heading.setTextFormat(Qt.TextFormat.PlainText)
        self.search = named(QLineEdit(), "offerSearch", "Search blocks that fit")
        self.search.setPlaceholderText("Search")
        self.list = named(QListWidget(), "offerList", "Blocks that fit")
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFocusProxy(self.search)  # a click on the box is no click on the canvas
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.why = QLabel()
        self.why.setWordWrap(True)
        self.why.setTextFormat(Qt.TextFormat.PlainText)
        self.why.setProperty("role", "faint")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(6)
        for widget in (self.heading, self.search, self.why, self.list):
            layout.addWidget(widget)
        self.setStyleSheet(
            f"#offerBox {{ background: {colours.raised}; border: 1px solid {colours.accent};"
            " border-radius: 6px; }"
        )
        self._place(spot)
        self.search.installEventFilter(self)
        self.search.textChanged.connect(self._fill)
        self.list.itemClicked.connect(lambda item: self._choose(item))
        self._fill("")
        self.show()
        self.search.setFocus(Qt.FocusReason.PopupFocusReason)

    def kinds(self) -> list[str]:
        """The kinds in sight, from top to bottom."""
        return [str(self.list.item(row).data(KIND)) for row in range(self.list.count())]

    def _place(self, spot: QPoint) -> None:
        """Where the wire ended, but whole."""
        room = self._room.rect().adjusted(4, 4, -4, -4)
        width, height = min(SIZE[0], room.width()), min(SIZE[1], room.height())
        x = min(max(spot.x(), room.left()), room.right() - width)
        y = min(max(spot.y() - 24, room.top()), room.bottom() - height)
        self.setGeometry(x, y, width, height)

    def _fill(self, text: str) -> None:
        text = text.strip().casefold()
        hits = [offer for offer in self._offers if _hit(offer, text)]
        fit = sorted((o for o in hits if not o.refusal), key=lambda o: _rank(o, text))
        self.list.clear()
        for offer in fit:
            item = QListWidgetItem(offer.title)
            item.setData(KIND, offer.kind)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        refused = next((offer.refusal for offer in hits if offer.refusal), "")
        self.why.setVisible(not fit)
        self.why.setText(f"{refused}." if refused else "No block of that name.")

    @guarded_with(False)
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys of the search field, and the moment at which it loses the focus."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._key(event.key())
        if isinstance(event, QFocusEvent) and event.type() == QEvent.Type.FocusOut:
            active = event.reason() != Qt.FocusReason.ActiveWindowFocusReason
            if active and not self.isAncestorOf(QApplication.focusWidget() or self.search):
                self.dismiss()
        return super().eventFilter(watched, event)

    def _key(self, key: int) -> bool:
        if key == Qt.Key.Key_Escape:
            self.dismiss()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self.list.currentItem())
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            step = 1 if key == Qt.Key.Key_Down else -1
            last = max(self.list.count() - 1, 0)
            self.list.setCurrentRow(min(max(self.list.currentRow() + step, 0), last))
        else:
            return False
        return True

    def _choose(self, item: QListWidgetItem | None) -> None:
        if item is not None and not self._done:
            self.dismiss()
            self._take(str(item.data(KIND)))

    @guarded
    def dismiss(self) -> None:
        """Go away; the canvas has the keys again."""
        if self._done:
            return
        self._done = True
        if self.isAncestorOf(QApplication.focusWidget() or self):
            self._room.setFocus(Qt.FocusReason.PopupFocusReason)
        self.hide()
        self.deleteLater()


def _hit(offer: Offer, text: str) -> bool:
    return all(word in f"{offer.title} {offer.kind}".casefold() for word in text.split())


def _rank(offer: Offer, text: str) -> bool:
    names = (offer.title.casefold(), offer.kind)
    return bool(text) and not any(name.startswith(text) for name in names)
