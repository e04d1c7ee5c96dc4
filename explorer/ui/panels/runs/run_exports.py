"""Exports of the selected runs from the window: asks where to, writes, says what came of it."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from explorer.records.exports import (
    Export,
    Written,
    csv_files,
    export_csv,
    export_report,
    export_tensorboard,
    folder_name,
)
from explorer.records.record import RunRecord
from explorer.ui.kit.save_dialog import ask_place, may_replace
from explorer.ui.session.runs import Runs

Chosen = Sequence[RunRecord]


class RunExports:
    """Files are written by the thread that owns the store; the window goes on meanwhile."""

    def __init__(self, parent: QWidget, runs: Runs) -> None:
        self._parent, self._runs = parent, runs

    # --- where to

    def ask_csv(self, chosen: Chosen) -> None:
        """Choose a file for the curves."""
        ids = [record.id for record in chosen]
        path = ask_place(
            self._parent,
            "Export curves",
            f"{_stem(chosen)}.csv",
            {".csv": "CSV"},
            partial(csv_files, ids),
        )
        if path is not None:
            self.csv(path, chosen)

    def ask_report(self, chosen: Chosen) -> None:
        """Choose a file for the report."""
        name = f"{_stem(chosen)}-report.html"
        path = ask_place(self._parent, "Export report", name, {".html": "HTML"})
        if path is not None:
            self.report(path, chosen)

    def ask_tensorboard(self, chosen: Chosen) -> None:
        """Choose the folder that gets a folder for each run."""
        picked = QFileDialog.getExistingDirectory(self._parent, "Export logs for TensorBoard")
        folders = [Path(picked) / folder_name(record) for record in chosen]
        if picked and may_replace(self._parent, folders):
            self.tensorboard(Path(picked), chosen)

    # --- writing

    def csv(self, path: Path, chosen: Chosen) -> None:
        """The curves; of several runs each into its own file, with its number."""
        self._write(export_csv, path, chosen, self._tell_csv)

    def report(self, path: Path, chosen: Chosen) -> None:
        """One page of them all."""
        self._write(export_report, path, chosen, self._tell_report)

    def tensorboard(self, folder: Path, chosen: Chosen) -> None:
        """A folder for each."""
        self._write(export_tensorboard, folder, chosen, self._tell_tensorboard)

    def _write(
        self, export: Export, path: Path, chosen: Chosen, then: Callable[[Written], None]
    ) -> None:
        ids = [record.id for record in chosen]
        self._runs.recording.ask(
            lambda store: export(store, ids, path),
            then,
            lambda why: self._runs.tell("error", why),
        )

    # --- what came of it

    def _tell_csv(self, written: Written) -> None:
        names = " and ".join(path.name for path in written[:3])
        more = f" and {len(written) - 3} more" if len(written) > 3 else ""
        self._tell(f"Wrote {names}{more} to {written[0].parent}.", "Open folder", written[0].parent)

    def _tell_report(self, written: Written) -> None:
        self._tell(f"The report was written to {written[0]}.", "Open", written[0])

    def _tell_tensorboard(self, written: Written) -> None:
        folder = written[0].parent
        runs = "1 run" if len(written) == 1 else f"{len(written)} runs"
        command = f"tensorboard --logdir {shlex.quote(str(folder))}"
        self._tell(f"Wrote logs of {runs}. To see them: {command}", "Open folder", folder)

    def _tell(self, text: str, label: str, path: Path) -> None:
        self._runs.tell("good", text, ((label, lambda: self._open(path)),))

    def _open(self, path: Path) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
            self._runs.tell("warning", f"No program was found that opens {path}.")


def _stem(chosen: Chosen) -> str:
    return f"run{chosen[0].id}" if len(chosen) == 1 else "runs"
