"""What nobody caught: told with its details, kept in a log file; the window lives on.

An exception in a slot or in a guarded override reaches `sys.excepthook`, one in a thread
`threading.excepthook`; both are told in the message bar, whatever thread they come from.
"""

from __future__ import annotations

import platform
import sys
import threading
import traceback
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication

from explorer.records.folder import data_folder
from explorer.ui.session.messages import MessageBar

LOG = "problems.log"
MOST_BYTES = 500_000  # of the log; the one before it is kept as problems.log.1

Hook = Callable[[type[BaseException], BaseException, TracebackType | None], object]


class Unexpected(QObject):
    """Stands before the hooks that are there, which it calls as well."""

    _arrived = Signal(str, str)  # summary, trace

    def __init__(self, messages: MessageBar, folder: Path | None = None) -> None:
        """`folder`: where the log lies; by default with the user's runs."""
        super().__init__()
        self._messages, self._folder = messages, folder
        self._seen: Counter[str] = Counter()  # traces, by how often they came
        self._hook, self._thread_hook = self._caught, self._caught_in_thread
        self._before: Hook = sys.excepthook
        self._thread_before = threading.excepthook
        # Queued: it may come from another thread, or from the midst of a paint event.
        self._arrived.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    @property
    def log(self) -> Path:
        """The file in which they are kept."""
        return data_folder(self._folder) / LOG

    def install(self) -> None:
        """From now on nothing that is raised stays untold."""
        self._before, self._thread_before = sys.excepthook, threading.excepthook
        sys.excepthook, threading.excepthook = self._hook, self._thread_hook

    def remove(self) -> None:
        """The window closes: the hooks as they were, unless others took their place."""
        if sys.excepthook is self._hook:
            sys.excepthook = self._before
        if threading.excepthook is self._thread_hook:
            threading.excepthook = self._thread_before

    # --- what happens

    def _caught(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        self._before(kind, error, trace)
        self._take(kind, error, trace)

    def _caught_in_thread(self, args: threading.ExceptHookArgs) -> None:
        self._thread_before(args)
        if args.exc_value is not None:
            self._take(args.exc_type, args.exc_value, args.exc_traceback)

    def _take(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """Told and kept at the 1st, 2nd, 4th, 8th ... time: a paint event may raise 60 a second."""
        if not issubclass(kind, Exception):
            return  # the user's Ctrl+C, or an exit
        lines = "".join(traceback.format_exception(kind, error, trace))
        self._seen[lines] += 1
        count = self._seen[lines]
        if count & (count - 1):
            return
        reason = (str(error).strip() or "no reason given").splitlines()[0]
        self._arrived.emit(f"{reason} ({kind.__name__})", f"{_facts(count)}\n{lines}")

    @Slot(str, str)
    def _tell(self, summary: str, trace: str) -> None:
        kept = self._keep(trace)
        text = f"Something went wrong in the program: {summary}. It goes on; the drawing is kept."
        details = f"{trace}\n{kept}"

        def copy() -> None:
            QGuiApplication.clipboard().setText(details)

        self._messages.tell("error", text, details, looks=(("Copy details", copy),))

    def _keep(self, trace: str) -> str:
        """Append to the log; where it lies, or why it could not be written."""
        try:
            self.log.parent.mkdir(parents=True, exist_ok=True)
            if self.log.exists() and self.log.stat().st_size > MOST_BYTES:
                self.log.replace(self.log.with_name(f"{LOG}.1"))
            with self.log.open("a", encoding="utf-8", errors="backslashreplace") as file:
                file.write(f"{trace}\n")
        except OSError as error:
            return f"(The log file {self.log} could not be written: {error.strerror}.)"
        return f"(Kept in {self.log})"


def _facts(count: int) -> str:
    """When, with what, how often."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    times = f", time {count:,}" if count > 1 else ""
    return f"{now}, Python {platform.python_version()}, {platform.system()}{times}"
