"""The name of what a page shows, large and bold; a new one is checked as it is typed."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit

from explorer.graph.limits import LONGEST_NAME
from explorer.graph.names import name_fault
from explorer.ui.inspector.parts import paragraph
from explorer.ui.kit.named import named
from explorer.ui.kit.undo_keys import UndoKeys
from explorer.ui.session.store import Store


class NameField(QLineEdit):
    """`fault` is to stand below it: why a name that is typed can't be taken."""

    renamed = Signal(str, str)  # from, to: a name that can be taken

    def __init__(self, store: Store, name: str, words: str, fault: str) -> None:
        super().__init__()
        self._store = store
        self._present = ""  # the name that holds
        named(self, name, words)
        self.setMaxLength(LONGEST_NAME + 1)
        self.setProperty("role", "title")
        self.fault = paragraph(fault, "error")
        self.fault.hide()
        self.editingFinished.connect(self._rename)
        self.textEdited.connect(self._check)
        UndoKeys(self, lambda: self.text() == self._present)  # while it is typed: its own

    def show_name(self, name: str) -> None:
        """Of what is shown now; what is being typed for the same thing stays."""
        if name != self._present:
            self._present = name
            self.setText(name)
            self.fault.hide()

    def _fault_of(self, name: str) -> str:
        return name_fault(name, self._store.document.names) if name != self._present else ""

    def _check(self, text: str) -> None:
        fault = self._fault_of(text.strip())
        self.fault.setText(fault)
        self.fault.setVisible(bool(fault))

    def _rename(self) -> None:
        name = self.text().strip()
        if not self._present or name == self._present:
            return
        if self._fault_of(name):
            self.setText(self._present)  # the old name stands; the reason stays in sight
            return
        self.renamed.emit(self._present, name)
