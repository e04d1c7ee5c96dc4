"""Tags and note of a run, written as they are typed."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFormLayout, QLabel, QLineEdit, QPlainTextEdit, QWidget

from explorer.records.record import RunRecord
from explorer.ui.kit.named import named
from explorer.ui.kit.timers import single_shot

WRITE_AFTER_MS = 600


class RunWords(QWidget):
    """What the user says of one run."""

    tagged = Signal(int, str)  # run, tags
    noted = Signal(int, str)  # run, note

    def __init__(self) -> None:
        super().__init__()
        self._record: RunRecord | None = None
        self.about = QLabel()
        self.about.setWordWrap(True)
        self.about.setProperty("role", "faint")
        self.tags = named(QLineEdit(), "runTags", "Tags of the run")
        self.tags.setPlaceholderText("words, with spaces between")
        self.note = named(QPlainTextEdit(), "runNote", "Note on the run")
        self.note.setPlaceholderText("What was tried, what came of it")
        self.note.setTabChangesFocus(True)
        form = QFormLayout(self)
        form.setContentsMargins(4, 2, 4, 2)
        form.addRow(self.about)
        form.addRow("&Tags", self.tags)
        form.addRow("&Note", self.note)
        self._soon = single_shot(self, WRITE_AFTER_MS)
        self._soon.timeout.connect(self.write)
        self.tags.textEdited.connect(self._soon.start)
        self.tags.editingFinished.connect(self.write)
        self.note.textChanged.connect(self._note_typed)
        self.show_run(None, 0)

    def show_run(self, record: RunRecord | None, chosen: int) -> None:
        """Of this one; what was typed for another is written first."""
        same = record is not None and self._record is not None and record.id == self._record.id
        if same and (self.tags.hasFocus() or self.note.hasFocus() or self._soon.isActive()):
            return  # don't take the text from under the user's hands
        self.write()
        self._record = record
        self.tags.setEnabled(record is not None)
        self.note.setEnabled(record is not None)
        self.tags.setText(" ".join(record.tags) if record else "")
        self.note.blockSignals(True)  # Qt has no signal for what is typed alone
        self.note.setPlainText(record.note if record else "")
        self.note.blockSignals(False)
        self.about.setText(_about(record) if record else f"{chosen} runs are selected: choose one.")

    def _note_typed(self) -> None:
        self._soon.start()

    def write(self) -> None:
        """Tell what was typed."""
        self._soon.stop()
        record = self._record
        if record is None:
            return
        if self.tags.text().split() != list(record.tags):
            self.tagged.emit(record.id, self.tags.text())
        if self.note.toPlainText() != record.note:
            self.noted.emit(record.id, self.note.toPlainText())


def _about(record: RunRecord) -> str:
    text = f"Run {record.id}: {record.state} at step {record.step:,} of {record.total_steps:,}"
    if record.parent is not None:
        text += f", gone on from run {record.parent}"
        text += f" at step {record.parent_step:,}" if record.parent_step else ""
    return f"{text}. {record.message}".rstrip()
