"""Which sweep is looked at: that of this window, or one that was recorded."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox

from explorer.plan.trials import Trial
from explorer.records import sweeps as recorded
from explorer.records.sweeps import SweepHead
from explorer.ui.kit.named import named
from explorer.ui.panels.runs.runs_table import local_time
from explorer.ui.session.sweeps import Course, Sweeps

NEW = "This session"


class SweepChooser(QComboBox):
    """objectName `sweepChooser`. The sweep of this window, and those that were recorded."""

    shown = Signal()  # other trials are looked at

    def __init__(self, sweeps: Sweeps | None) -> None:
        super().__init__()
        self._sweeps = sweeps
        named(self, "sweepChooser", "Which sweep is shown")
        self.setToolTip("Sweeps that were recorded, newest first")
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.addItem(NEW, "")
        self._heads: tuple[SweepHead, ...] = ()
        self._read: dict[str, tuple[Trial, ...]] = {}
        self.currentIndexChanged.connect(self.read)

    @property
    def tag(self) -> str:
        """Of the recorded one that is chosen; empty: that of this window."""
        return str(self.currentData() or "")

    @property
    def trials(self) -> tuple[Trial, ...]:
        """Of the sweep that is looked at."""
        if self.tag:
            return self._read.get(self.tag, ())
        return tuple(self._own.trials.all) if self._own is not None else ()

    @property
    def planned(self) -> int:
        """How many trials it is to have."""
        own = self._own if not self.tag else None
        return own.trials.sweep.planned if own is not None else len(self.trials)

    @property
    def _own(self) -> Course | None:
        return self._sweeps.course if self._sweeps is not None else None

    def refresh(self) -> None:
        """Ask which sweeps there are."""
        if self._sweeps is not None:
            self._sweeps.runs.recording.ask(recorded.heads, self._take_heads, _told_already)

    def _take_heads(self, heads: tuple[SweepHead, ...]) -> None:
        if self.show_heads(heads, self._own.tag if self._own is not None else ""):
            self.read()

    def read(self) -> None:
        """Show the trials of the chosen one, once they are here."""
        tag = self.tag
        if not tag or self._sweeps is None:
            self.shown.emit()
            return

        def take(found: tuple[Trial, ...]) -> None:
            self._read = {tag: found}
            self.shown.emit()

        ask = self._sweeps.runs.recording.ask
        ask(lambda store: recorded.trials(store, tag), take, _told_already)

    def show_heads(self, heads: tuple[SweepHead, ...], own: str) -> bool:
        """List these but for the window's own; of an earlier session the last one is chosen.
        Whether they are others than before.
        """
        listed = tuple(head for head in heads if head.tag != own)
        if listed == self._heads:
            return False
        chosen = self.tag
        if not chosen and not self._heads and not own:
            chosen = listed[0].tag
        self._heads = listed
        blocker = QSignalBlocker(self)
        self.clear()
        self.addItem(NEW, "")
        for head in listed:
            runs = f"{head.runs} run{'s' * (head.runs != 1)}"
            self.addItem(f"{local_time(head.started)}  {head.title}, {runs}", head.tag)
        self.setCurrentIndex(max(0, self.findData(chosen)))
        blocker.unblock()
        self.view().setMinimumWidth(self.view().sizeHintForColumn(0) + 24)
        return True


def _told_already(why: str) -> None:
    """What is wrong with the store is told by the message bar."""
