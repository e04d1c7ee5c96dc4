"""What is typed into a field of numbers: taken as it stands, or refused in words; never altered."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QObject, QSignalBlocker, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QSpinBox

from explorer.ui.kit.field_fault import FieldFault
from explorer.ui.kit.undo_keys import UndoKeys

PAUSE_MS = 400  # without a key, until words appear: "-", "0.0" and "1e" lead to numbers
LONGEST_QUOTE = 24  # letters of what was typed that a message repeats


class NumberEntry(QObject):
    """Follows the keys in a number's field.

    A text that is no number of the range is left as it was typed, with its reason below the field;
    until it is mended the value from before the typing holds, and stays when the field is left.
    """

    entered = Signal(object)  # the value that holds now, in the box's own terms

    def __init__(
        self,
        box: QSpinBox | QDoubleSpinBox,
        fault: Callable[[str], str],
        of_document: bool = True,
    ) -> None:
        super().__init__(box)
        self._box, self._fault = box, fault
        self._before: float | None = None  # while something is typed: what held before
        self._told: float | None = None  # while something is typed: what holds for it
        self._wrong = ""  # why the text can't be taken; empty: it is the box's value
        self._words = FieldFault(box)
        box.lineEdit().textEdited.connect(self._typed)
        box.editingFinished.connect(self._finish)
        if of_document:
            UndoKeys(box.lineEdit())

    @property
    def refusing(self) -> bool:
        """Whether the field holds a text that can't be taken."""
        return bool(self._wrong)

    @property
    def words(self) -> str:
        """What is said below the field."""
        return self._words.text

    def show(self, value: float) -> None:
        """Fill in what holds; what is being typed stays as long as nothing else changes it."""
        if self._told is not None and _same(self._told, value):
            return
        if self._wrong:
            self._words.clear()
            self._box.clear()  # so that the text is written anew
        self._before, self._told, self._wrong = None, None, ""
        if not _same(self._box.value(), value) or not self._box.text():
            self._box.setValue(value)  # type: ignore[arg-type]  # of the box's own type

    def _typed(self, text: str) -> None:
        if self._before is None:
            self._before = self._box.value()
        self._wrong = self._fault(bare_text(self._box, text))
        if self._wrong:
            self._words.say_soon(self._wrong, PAUSE_MS)
            self._told = self._before
            self._hold(self._before, text)
        else:
            self._words.clear()
            self._told = self._box.valueFromText(text)
        self.entered.emit(self._told)

    def _hold(self, value: float, text: str) -> None:
        """The box has this value, whatever its beginning "3" of "3.7" was taken for."""
        if self._box.value() == value:
            return
        line = self._box.lineEdit()
        cursor = line.cursorPosition()
        with QSignalBlocker(self._box), QSignalBlocker(line):
            self._box.setValue(value)  # type: ignore[arg-type]  # it came from this box
            line.setText(text)
            line.setCursorPosition(cursor)

    def _finish(self) -> None:
        wrong, before = self._wrong, self._before
        self._before, self._told, self._wrong = None, None, ""
        if wrong and before is not None:
            self._box.setValue(before)  # type: ignore[arg-type]  # it came from this box
            self._words.say_last(f"{wrong} {self._box.text()} stands.")


def _same(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=1e-11)


def bare_text(box: QSpinBox | QDoubleSpinBox, text: str) -> str:
    """Without the box's prefix and suffix ("+5" epochs, "12 trials")."""
    return text.strip().removeprefix(box.prefix()).removesuffix(box.suffix().rstrip()).strip()


def quoted(text: str) -> str:
    """What was typed, cut where it is long."""
    return text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}…"


def range_fault(name: str, value: float, low: float, high: float, typed: str) -> str:
    """Why a number is outside; empty where it is not."""
    if value < low:
        return f"{name} must be at least {low:,.10g}, not {quoted(typed)}."
    if value > high:
        return f"{name} must be at most {high:,.10g}, not {quoted(typed)}."
    return ""
