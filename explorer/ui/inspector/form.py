"""A form of parameters: one row each, with the parameter's own name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from explorer.graph.block import Argument, Parameter
from explorer.ui.inspector.editors import Editor, editor
from explorer.ui.kit.elided import Elided

LEAST = 9  # letters of a hint that are seen, however narrow the form is
Commit = Callable[[str, Argument], None]


class ParameterForm(QWidget):
    """Editors by parameter name. Built once; afterwards it is only filled. A block's names are
    torch's; those of the program's own settings stand `in_words`.
    """

    def __init__(
        self, parameters: tuple[Parameter, ...], commit: Commit, in_words: bool = False
    ) -> None:
        super().__init__()
        self.editors: dict[str, Editor] = {}
        self.hints: dict[str, QLabel] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        for row, parameter in enumerate(parameters):
            made = editor(parameter, _committing(commit, parameter.name))
            self.editors[parameter.name] = made
            label = QLabel(spoken(parameter.name) if in_words else parameter.name)
            label.setToolTip(made.widget.toolTip())
            label.setBuddy(made.widget)
            label.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
            grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(made.widget, row, 1)
            grid.addWidget(self._hint(parameter.name), row, 2)

    def _hint(self, name: str) -> QLabel:
        hint = Elided()
        hint.setObjectName(f"acts_{name}")
        hint.setProperty("role", "faint")
        hint.hide()
        self.hints[name] = hint
        return hint

    def show_hints(self, hints: Mapping[str, str]) -> None:
        """A few words beside the fields named; none beside the others."""
        for name, label in self.hints.items():
            words = hints.get(name, "")
            if words != label.text():
                label.setText(words)
                label.setMinimumWidth(label.fontMetrics().horizontalAdvance(words[:LEAST]))
                label.setVisible(bool(words))
                self.editors[name].widget.setAccessibleDescription(
                    " ".join(filter(None, (self.editors[name].parameter.help, words)))
                )

    def show_values(
        self, values: Mapping[str, Argument], automatic: Callable[[str], int | None]
    ) -> None:
        """Fill the editors; `automatic` says what a None stands for just now."""
        for name, made in self.editors.items():
            made.show(values[name], automatic(name) if made.parameter.optional else None)


def spoken(name: str) -> str:
    """A setting's name as people say it: weight decay."""
    return name.replace("_", " ")


def _committing(commit: Commit, name: str) -> Callable[[Argument], None]:
    return lambda value: commit(name, value)
