"""The ranges of a sweep as a table that is filled in: parameter, from, to, scale, points."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QBrush, QColor, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QCompleter,
    QFrame,
    QHeaderView,
    QLineEdit,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from explorer.graph.block import Argument, Parameter
from explorer.graph.document import Document
from explorer.plan.ranges import Range, SweepError, choices_of, number, shown
from explorer.plan.sweep import checked, unknown, variable, variables
from explorer.ui.kit.guard import guarded
from explorer.ui.kit.named import named
from explorer.ui.kit.theme import Theme

HEADS = ("Parameter", "From", "To", "Scale", "Points")
TIPS = (
    "A setting of the training, or BLOCK.PARAMETER",
    "The least value; of words: all that are tried",
    "The greatest value",
    "Even steps, or even factors: for rates and sizes",
    "So many values of it has a grid",
)
NAME, FROM, TO, SCALE, POINTS = range(5)
SCALES = ("linear", "log")


class RangesTable(QTableWidget):
    """objectName `sweepRanges`. A row for each parameter that is varied."""

    edited = Signal()

    def __init__(self, theme: Theme, document: Callable[[], Document]) -> None:
        super().__init__(0, len(HEADS))
        self._theme, self._document = theme, document
        self.setObjectName("sweepRanges")
        self.setAccessibleName("Ranges of the sweep")
        for column, (title, tip) in enumerate(zip(HEADS, TIPS, strict=True)):
            head = QTableWidgetItem(title)
            head.setToolTip(tip)
            self.setHorizontalHeaderItem(column, head)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(
            triggers.DoubleClicked
            | triggers.SelectedClicked
            | triggers.EditKeyPressed
            | triggers.AnyKeyPressed
        )
        self.setTabKeyNavigation(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 10)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(36)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        digit = self.fontMetrics().horizontalAdvance("0")
        for column, digits in ((FROM, 9), (TO, 9), (SCALE, 11), (POINTS, 7)):
            header.resizeSection(column, digit * digits + 6)
        self.itemChanged.connect(lambda item: self.edited.emit())
        theme.changed.connect(self.edited)

    # --- rows

    @property
    def names(self) -> list[str]:
        """The parameters that are varied."""
        return [self._text(row, NAME) for row in range(self.rowCount())]

    def add(self, of: Range) -> None:
        """A row, filled with a range; a parameter has one row."""
        if of.name in self.names:
            self.selectRow(self.names.index(of.name))
            return
        blocker = QSignalBlocker(self)
        row = self.rowCount()
        self.insertRow(row)
        name = _item(of.name)
        name.setFlags(name.flags() & ~Qt.ItemFlag.ItemIsEditable)
        name.setToolTip(self._help(of.name))
        self.setItem(row, NAME, name)
        if of.choices:
            self.setItem(row, FROM, _item(", ".join(shown(each) for each in of.choices)))
            self.setSpan(row, FROM, 1, len(HEADS) - 1)
        else:
            self.setItem(row, FROM, _item(f"{of.low:.6g}", right=True))
            self.setItem(row, TO, _item(f"{of.high:.6g}", right=True))
            box = self._scale(of)
            self.setCellWidget(row, SCALE, box)
            above = self.cellWidget(row - 1, SCALE) if row else None
            QWidget.setTabOrder(above or self, box)
            self.setItem(row, POINTS, _item(str(of.points), right=True))
        blocker.unblock()
        self.selectRow(row)
        self.edited.emit()

    def _scale(self, of: Range) -> QComboBox:
        box = named(QComboBox(), f"scale_{of.name}", f"Scale of {of.name}")
        box.addItems(list(SCALES))
        box.setCurrentText(SCALES[of.log])
        box.setFrame(False)
        box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        box.currentIndexChanged.connect(lambda: self.edited.emit())
        return box

    def _help(self, name: str) -> str:
        found = variable(self._document(), name)
        return f"{name}: {found[0].help} It is {shown(found[1])} now." if found else name

    def remove_selected(self) -> None:
        """The rows that are selected; none: the one that has the cursor, or the last."""
        rows = {index.row() for index in self.selectedIndexes()}
        if not rows and self.rowCount():
            rows = {self.currentRow() if self.currentRow() >= 0 else self.rowCount() - 1}
        for row in sorted(rows, reverse=True):
            self.removeRow(row)
        self.edited.emit()

    def forget_missing(self) -> None:
        """Another document: what it does not have goes."""
        for row in reversed(range(self.rowCount())):
            if variable(self._document(), self._text(row, NAME)) is None:
                self.removeRow(row)
        self.edited.emit()

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Del removes a row."""
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.rowCount():
            self.remove_selected()
        else:
            super().keyPressEvent(event)

    # --- what they say

    def ranges(self) -> tuple[Range, ...]:
        """As they are filled in; rows that can't be are marked. Raises SweepError with the first
        one's reason.
        """
        found, faults = [], []
        blocker = QSignalBlocker(self)
        for row in range(self.rowCount()):
            why = ""
            try:
                found.append(self._range(row))
            except SweepError as error:
                why = str(error)
                faults.append(why)
            self._mark(row, why)
        blocker.unblock()
        if faults:
            raise SweepError(faults[0])
        return tuple(found)

    def _range(self, row: int) -> Range:
        document, name = self._document(), self._text(row, NAME)
        known = variable(document, name)
        if known is None:
            raise SweepError(unknown(document, name))
        box = self.cellWidget(row, SCALE)
        if not isinstance(box, QComboBox):
            words = self._text(row, FROM)
            return checked(document, Range(name, choices=choices_of(name, words, known[0])))
        low, high, points = (number(name, self._text(row, c)) for c in (FROM, TO, POINTS))
        log, whole = box.currentText() == "log", known[0].type == "int"
        return checked(document, Range(name, low, high, log, None, round(points), whole))

    def _text(self, row: int, column: int) -> str:
        item = self.item(row, column)
        return item.text() if item is not None else ""

    def _mark(self, row: int, why: str) -> None:
        c = self._theme.colours
        for column in range(self.columnCount()):
            item = self.item(row, column)
            if item is not None:
                item.setForeground(QBrush(QColor(c.error if why else c.text)))
                if column != NAME:
                    item.setToolTip(why)


class ParameterBox(QComboBox):
    """objectName `sweepParameter`. All that can be varied; what is typed is searched."""

    wanted = Signal(str)

    def __init__(self, document: Callable[[], Document]) -> None:
        super().__init__()
        self._document = document
        named(self, "sweepParameter", "Vary another parameter")
        self.setToolTip("Type a part of its name; Enter adds it to the ranges")
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setMinimumContentsLength(10)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        line = QLineEdit()
        line.setPlaceholderText("Vary…")
        line.setAccessibleName("Vary another parameter")
        self.setLineEdit(line)
        completer = QCompleter(self.model(), self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self.setCompleter(completer)
        self.activated.connect(self._take)
        self.refresh()

    def refresh(self) -> None:
        """What the document has now."""
        found = variables(self._document())
        texts = [_listed(name, *of) for name, of in found.items()]
        if texts != [self.itemText(k) for k in range(self.count())]:
            self.clear()
            for name, text in zip(found, texts, strict=True):
                self.addItem(text, name)
            self._empty()

    def _empty(self) -> None:
        self.setCurrentIndex(-1)
        self.clearEditText()

    def _take(self, place: int) -> None:
        name = self.itemData(place)
        QTimer.singleShot(0, self, self._empty)  # after the completer has written its choice
        if name:
            self.wanted.emit(str(name))


def _listed(name: str, parameter: Parameter, value: Argument) -> str:
    return f"{name}  ({shown(value)})"


def _item(text: str, right: bool = False) -> QTableWidgetItem:
    item = QTableWidgetItem(text)
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
    return item
