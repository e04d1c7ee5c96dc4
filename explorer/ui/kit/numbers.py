"""Fields for numbers: whole ones that can be automatic, and decimals over many powers of ten."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QFocusEvent, QValidator
from PySide6.QtWidgets import QDoubleSpinBox, QSpinBox

from explorer.ui.kit.guard import guarded
from explorer.ui.kit.number_entry import NumberEntry, bare_text, quoted, range_fault

MOST_DIGITS = 400  # of a text that is read as a number at all


class Whole(QSpinBox):
    """A spin box. With a special value, its least value reads "auto (3136)", and so does an empty
    text.
    """

    def __init__(self, typed_least: bool = False, of_document: bool = False) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setGroupSeparatorShown(False)
        self._typed_least = typed_least  # the number that the special value stands for may be typed
        self.entry = NumberEntry(self, self._fault, of_document)

    def validate(self, text: str, pos: int) -> tuple[QValidator.State, str, int]:
        """Anything may be typed; only a whole number of the range is taken."""
        return (_state(self._fault(bare_text(self, text))), text, pos)

    def valueFromText(self, text: str) -> int:
        """Of a text without fault; the special text and none at all mean the least value."""
        bare = bare_text(self, text)
        return self.minimum() if self._means_special(bare) else int(bare)

    def _means_special(self, bare: str) -> bool:
        return bool(self.specialValueText()) and bare in ("", "auto", self.specialValueText())

    def _fault(self, bare: str) -> str:
        if self._means_special(bare):
            return ""
        value = read_number(bare)
        if value is None:
            return f"{quoted(bare)} is not a number." if bare else "A number is missing."
        if not value.is_integer() or not bare.lstrip("+-").isdecimal():
            return f"{_name(self)} must be a whole number, not {quoted(bare)}."
        low = self.minimum() + bool(self.specialValueText() and not self._typed_least)
        return range_fault(_name(self), value, low, self.maximum(), bare)

    @guarded
    def focusInEvent(self, event: QFocusEvent) -> None:
        """Typing replaces "auto (3136)" as a whole."""
        super().focusInEvent(event)
        if self.specialValueText() and self.value() == self.minimum():
            QTimer.singleShot(0, self, self.selectAll)

    def stepBy(self, steps: int) -> None:
        """From automatic, a step up leads to what it stood for."""
        start = self.property("automatic")
        if self.specialValueText() and self.value() == self.minimum() and steps > 0 and start:
            self.setValue(int(start))
        else:
            super().stepBy(steps)


class Decimal(QDoubleSpinBox):
    """Written as people write it (0.001, 2.5e-05); stepped by 0.05, or in 1, 2, 5, 10."""

    def __init__(self, even: bool) -> None:
        super().__init__()
        self._even = even
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setDecimals(12)
        self.entry = NumberEntry(self, self._fault)

    def textFromValue(self, value: float) -> str:
        """0.001, 2.5e-5."""
        return f"{value:.6g}"

    def valueFromText(self, text: str) -> float:
        """Points and commas alike."""
        value = read_number(bare_text(self, text))
        return self.value() if value is None else value

    def validate(self, text: str, pos: int) -> tuple[QValidator.State, str, int]:
        """Anything may be typed; only a number in range is taken."""
        return (_state(self._fault(bare_text(self, text))), text, pos)

    def _fault(self, bare: str) -> str:
        value = read_number(bare)
        if value is None:
            return f"{quoted(bare)} is not a number." if bare else "A number is missing."
        return range_fault(_name(self), value, self.minimum(), self.maximum(), bare)

    def stepBy(self, steps: int) -> None:
        """Shares by 0.05, all else to the next of 1, 2, 5 times a power of ten."""
        value = self.value()
        for _ in range(abs(steps)):
            if self._even:
                value = round(value + (0.05 if steps > 0 else -0.05), 4)
            else:
                value = _step_up(value) if steps > 0 else _step_down(value)
        self.setValue(value)
        self.selectAll()


def read_number(text: str) -> float | None:
    """A finite number with a point or a comma; None where the text is none."""
    try:
        value = float(text.replace(",", ".")) if len(text) <= MOST_DIGITS else math.nan
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _state(fault: str) -> QValidator.State:
    return QValidator.State.Intermediate if fault else QValidator.State.Acceptable


def _name(box: QSpinBox | QDoubleSpinBox) -> str:
    return box.accessibleName() or "The number"


def _step_up(value: float) -> float:
    if value <= 0:
        return 1e-6
    power = 10.0 ** math.floor(math.log10(value) + 1e-9)
    return float(f"{next(m * power for m in (2, 5, 10) if m * power > value * 1.0001):.6g}")


def _step_down(value: float) -> float:
    if value <= 0:
        return value
    power = 10.0 ** math.floor(math.log10(value) - 1e-9)
    return float(f"{next(m * power for m in (5, 2, 1) if m * power < value * 0.9999):.6g}")
