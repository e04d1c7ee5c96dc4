"""The example gallery: each network with its picture, its point, its size and what to expect."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from explorer.datasets.catalogue import datasets
from explorer.graph.document import Document
from explorer.plan.amounts import percent
from explorer.plan.documents import examples, read, title_of
from explorer.plan.example_notes import EXAMPLE_NOTES
from explorer.plan.plan import plan
from explorer.ui.canvas.scene import CanvasScene
from explorer.ui.kit.guard import guarded
from explorer.ui.kit.named import named
from explorer.ui.kit.theme import Theme
from explorer.ui.session.store import Selection, Store

PICTURE = QSize(250, 130)
COLUMNS = 3


class Gallery(QDialog):
    """objectName `exampleGallery`. Pictures come one after the other, once it is shown."""

    chosen = Signal(str)  # an example's id

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent)
        named(self, "exampleGallery", "Examples")
        self.setWindowTitle("Examples")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._theme = theme
        self.cards = {name: ExampleCard(name, file) for name, file in examples().items()}
        self._waiting = list(self.cards.values())
        content = QWidget()
        grid = QGridLayout(content)
        grid.setSpacing(12)
        for place, card in enumerate(self.cards.values()):
            grid.addWidget(card, *divmod(place, COLUMNS))
            card.chosen.connect(self._open)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(content)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 4)
        column.addWidget(scroll)
        width = content.sizeHint().width() + scroll.verticalScrollBar().sizeHint().width() + 12
        room = parent.size() * 0.95
        self.resize(min(width, room.width()), min(720, room.height()))
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._fill_next)
        self._timer.start()

    @property
    def filled(self) -> bool:
        """Whether every picture is there."""
        return not self._waiting

    def _fill_next(self) -> None:
        if self._waiting:
            self._waiting.pop(0).fill(self._theme)
        else:
            self._timer.stop()

    def _open(self, name: str) -> None:
        self.accept()
        self.chosen.emit(name)


class ExampleCard(QFrame):
    """One example. A double click opens it, as the button does."""

    chosen = Signal(str)

    def __init__(self, name: str, file: Path) -> None:
        super().__init__()
        self._name, self._file = name, file
        self.setFrameShape(QFrame.Shape.StyledPanel)
        note = EXAMPLE_NOTES[name]
        self.picture = QLabel()
        self.picture.setFixedSize(PICTURE)
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        title = QLabel(title_of(file))
        title.setProperty("role", "heading")
        told = QLabel(note.told)
        told.setWordWrap(True)
        told.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.facts = named(QLabel(), f"facts_{name}")
        self.facts.setProperty("role", "faint")
        self.facts.setWordWrap(True)
        self.open = named(QPushButton("Open"), f"open_{name}", f"Open {title.text()}")
        self.open.clicked.connect(lambda: self.chosen.emit(name))
        foot = QHBoxLayout()
        foot.addWidget(self.facts, 1)
        foot.addWidget(self.open, 0, Qt.AlignmentFlag.AlignBottom)
        column = QVBoxLayout(self)
        for widget in (self.picture, title, told):
            column.addWidget(widget)
        column.addStretch(1)
        column.addLayout(foot)

    def fill(self, theme: Theme) -> None:
        """Read the network: its picture and its size."""
        document = read(self._file).document
        note = EXAMPLE_NOTES[self._name]
        dataset = datasets()[document.dataset].title
        self.facts.setText(
            f"{dataset} · {plan(document).weights:,} weights\n"
            f"about {percent(note.accuracy, 0)} after one epoch ({_time(note.seconds)})"
        )
        self.picture.setPixmap(_picture(document, theme, self.devicePixelRatioF()))

    @guarded
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open it."""
        self.chosen.emit(self._name)


def _time(seconds: int) -> str:
    return f"{seconds} s" if seconds < 60 else f"{round(seconds / 60)} min"


def _picture(document: Document, theme: Theme, ratio: float) -> QPixmap:
    """The canvas of a document, as large as the card has room."""
    pixmap = QPixmap(PICTURE * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(QColor(theme.colours.canvas))
    scene = CanvasScene(Store(document), Selection(), theme)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    area = scene.itemsBoundingRect().adjusted(-30, -30, 30, 30)
    share = min(PICTURE.width() / area.width(), PICTURE.height() / area.height())
    sheet = QRectF(0, 0, area.width() * share, area.height() * share)
    sheet.moveCenter(QRectF(0, 0, PICTURE.width(), PICTURE.height()).center())
    scene.render(painter, sheet, area)
    painter.end()
    scene.deleteLater()
    return pixmap
