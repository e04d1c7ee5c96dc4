"""From a declared parameter to the widget that edits it; the only place that blocks signals."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QSizePolicy,
    QWidget,
)

from explorer.graph.block import Argument, Parameter
from explorer.ui.kit.numbers import Decimal, Whole
from explorer.ui.kit.undo_keys import UndoKeys

LARGEST = 2**31 - 1  # of a spin box
Commit = Callable[[Argument], None]


class Editor:
    """A widget and how to fill it. What the user enters goes to `commit` at once."""

    def __init__(self, parameter: Parameter, widget: QWidget) -> None:
        self.parameter = parameter
        self.widget = widget
        widget.setObjectName(f"param_{parameter.name}")
        widget.setAccessibleName(parameter.name.replace("_", " "))
        widget.setAccessibleDescription(parameter.help)
        widget.setToolTip(_tooltip(parameter))
        widget.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        widget.setMinimumWidth(72)

    def show(self, value: Argument, automatic: int | None = None) -> None:
        """Fill in a value without committing it; `automatic` is what None stands for just now."""
        blocker = QSignalBlocker(self.widget)
        self.fill(value, automatic)
        blocker.unblock()

    def fill(self, value: Argument, automatic: int | None) -> None:
        """Put the value into the widget."""
        raise NotImplementedError


class IntEditor(Editor):
    """A spin box; where None is allowed its least value reads "auto (3136)"."""

    def __init__(self, parameter: Parameter, commit: Commit) -> None:
        self._box = Whole(of_document=True)
        super().__init__(parameter, self._box)
        low = int(parameter.low) if parameter.low is not None else -LARGEST
        high = int(parameter.high) if parameter.high is not None else LARGEST
        self._none = low - 1 if parameter.optional else None
        self._box.setRange(low - 1 if parameter.optional else low, high)
        self._box.setStepType(
            QAbstractSpinBox.StepType.AdaptiveDecimalStepType
            if high > 4096 and parameter.name != "seed"
            else QAbstractSpinBox.StepType.DefaultStepType
        )
        for change in (self._box.valueChanged, self._box.entry.entered):
            change.connect(lambda value: commit(None if value == self._none else value))

    def fill(self, value: Argument, automatic: int | None) -> None:
        """None becomes the least value, with its meaning in words."""
        if self._none is not None:
            self._box.setProperty("automatic", automatic)
            words = "auto" if automatic is None else f"auto ({automatic})"
            if self._box.specialValueText() != words:
                self._box.setSpecialValueText(words)
        number = self._none if value is None else value
        if isinstance(number, int):
            self._box.entry.show(number)


class FloatEditor(Editor):
    """A number field."""

    def __init__(self, parameter: Parameter, commit: Commit) -> None:
        self._box = Decimal(even=parameter.low == 0 and parameter.high is not None)
        super().__init__(parameter, self._box)
        low = parameter.low if parameter.low is not None else -1e9
        self._box.setRange(low, parameter.high if parameter.high is not None else 1e9)
        for change in (self._box.valueChanged, self._box.entry.entered):
            change.connect(lambda value: commit(float(f"{value:.6g}")))

    def fill(self, value: Argument, automatic: int | None) -> None:
        """As it is."""
        if isinstance(value, int | float):
            self._box.entry.show(float(value))


class ChoiceEditor(Editor):
    """A list of words."""

    def __init__(self, parameter: Parameter, commit: Commit) -> None:
        self._box = QComboBox()
        self._box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        super().__init__(parameter, self._box)
        for choice in parameter.choices:
            self._box.addItem(choice, choice)
        self._box.currentIndexChanged.connect(lambda place: commit(self._box.itemData(place)))

    def fill(self, value: Argument, automatic: int | None) -> None:
        """Choose it."""
        self._box.setCurrentIndex(self._box.findData(value))


class BoolEditor(Editor):
    """A check box."""

    def __init__(self, parameter: Parameter, commit: Commit) -> None:
        self._box = QCheckBox()
        super().__init__(parameter, self._box)
        self._box.toggled.connect(commit)

    def fill(self, value: Argument, automatic: int | None) -> None:
        """Check it or not."""
        self._box.setChecked(bool(value))
        self._box.setText("yes" if value else "no")


class TextEditor(Editor):
    """A line of text."""

    def __init__(self, parameter: Parameter, commit: Commit) -> None:
        self._line = QLineEdit()
        super().__init__(parameter, self._line)
        self._line.textEdited.connect(commit)
        UndoKeys(self._line)

    def fill(self, value: Argument, automatic: int | None) -> None:
        """Only where it differs: the cursor stays."""
        if self._line.text() != str(value):
            self._line.setText(str(value))


def editor(parameter: Parameter, commit: Commit) -> Editor:
    """The editor for a parameter's type."""
    kinds: dict[str, type[IntEditor | FloatEditor | ChoiceEditor | BoolEditor | TextEditor]] = {
        "int": IntEditor,
        "float": FloatEditor,
        "choice": ChoiceEditor,
        "bool": BoolEditor,
        "text": TextEditor,
    }
    return kinds[parameter.type](parameter, commit)


def _tooltip(parameter: Parameter) -> str:
    limits = ""
    if parameter.low is not None and parameter.high is not None:
        limits = f" From {parameter.low:,.10g} to {parameter.high:,.10g}."
    return f"<p>{escape(parameter.help)}{limits}</p>"
