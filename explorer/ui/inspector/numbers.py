"""Fields for numbers: whole ones that can be automatic, and decimals over many powers of ten."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QFocusEvent, QValidator
from PySide6.QtWidgets import QDoubleSpinBox, QSpinBox

from explorer.ui.guard import guarded


class Whole(QSpinBox):
    """A spin box; its least value may stand for "automatic"."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setGroupSeparatorShown(False)

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

    def textFromValue(self, value: float) -> str:
        """0.001, 2.5e-5."""
        return f"{value:.6g}"

    def valueFromText(self, text: str) -> float:
        """Points and commas alike."""
        try:
            return float(text.replace(",", "."))
        except ValueError:
            return self.value()

    def validate(self, text: str, pos: int) -> tuple[QValidator.State, str, int]:
        """Anything on the way to a number may be typed; only a number in range is taken."""
        try:
            value = float(text.replace(",", "."))
        except ValueError:
            fine = all(sign in "0123456789.,eE+-" for sign in text)
            state = QValidator.State.Intermediate if fine else QValidator.State.Invalid
            return (state, text, pos)
        inside = math.isfinite(value) and self.minimum() <= value <= self.maximum()
        return (
            QValidator.State.Acceptable if inside else QValidator.State.Intermediate,
            text,
            pos,
        )

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
