"""When a run's checkpoints are written, where, and which are kept."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from explorer.engine.checkpoints.checkpoint import SUFFIX, Checkpoint, write
from explorer.engine.device.failures import in_words
from explorer.graph.whole_file import UNFINISHED
from explorer.protocol.events import Checkpointed, Event, Failed

KEPT = 2  # the newest could be on a part of the disk that dies
SHARE = 0.05  # of the time, at most
FIRST_S = 4.0  # the first of a run: whoever loses the machine early loses little
OFTEN_S = 60.0  # within a long epoch


class Keeper:
    """Writes a run's checkpoints into a folder, and tells of each; the oldest make room."""

    def __init__(
        self,
        folder: Path,
        run: int,
        take: Callable[[], Checkpoint],
        emit: Callable[[Event], None],
    ) -> None:
        """Checkpoints that the folder has already count as the run's older ones."""
        self.folder = folder
        _clear_unfinished(folder)
        self._run = run
        self._take = take
        self._emit = emit
        self._kept = checkpoints_in(folder)[::-1]
        self._kept_state: tuple[object, ...] = ()
        self._wait_s = OFTEN_S if self._kept else FIRST_S
        self._ended_s = time.perf_counter()
        self._cost_s = 0.0
        self._failing = False

    @property
    def newest(self) -> Path | None:
        """The last one written."""
        return self._kept[-1] if self._kept else None

    def due(self, epoch_over: bool) -> bool:
        """Whether it is time: after an epoch, the first seconds or another minute, if it costs no
        more than its share.
        """
        since = time.perf_counter() - self._ended_s
        return since > self._cost_s / SHARE and (epoch_over or since > self._wait_s)

    def keep(self, state: tuple[object, ...]) -> None:
        """Write the run as it is, unless that has been done: `state` is equal where a checkpoint
        would be. What goes wrong is told once; the training goes on.
        """
        began = time.perf_counter()
        self._wait_s = OFTEN_S
        try:
            if state != self._kept_state:
                self._write(self._take())
                self._kept_state = state
            self._failing = False
        except Exception as error:
            if not self._failing:
                told = f"The checkpoint could not be written. {in_words(error)} Training goes on."
                self._emit(Failed(self._run, "saving a checkpoint", told, traceback.format_exc()))
            self._failing = True
        self._ended_s = time.perf_counter()
        self._cost_s = self._ended_s - began

    def _write(self, checkpoint: Checkpoint) -> None:
        place = checkpoint.facts.place
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"step-{place.step:08}{SUFFIX}"
        try:
            written = write(path, checkpoint)
        except OSError as error:
            error.filename = error.filename or str(path)  # a full disk names none
            raise
        self._kept = [each for each in self._kept if each != path] + [path]
        removed, self._kept = tuple(self._kept[:-KEPT]), self._kept[-KEPT:]
        for old in removed:
            old.unlink(missing_ok=True)
        self._emit(
            Checkpointed(
                self._run,
                place.step,
                place.epochs_done,
                path,
                written.sha256,
                written.size,
                removed,
            )
        )


def checkpoints_in(folder: Path) -> list[Path]:
    """The checkpoints of a run's folder, the last one written first."""
    found = [path for path in folder.glob(f"step-*{SUFFIX}") if path.is_file()]
    return sorted(found, key=lambda path: (path.stat().st_mtime_ns, path.name), reverse=True)


def clear(folder: Path) -> None:
    """Another run begins here: the checkpoints of the one before are not its own."""
    for path in checkpoints_in(folder):
        path.unlink(missing_ok=True)
    _clear_unfinished(folder)


def _clear_unfinished(folder: Path) -> None:
    """What a process that was killed while it wrote has left."""
    for path in folder.glob(f"step-*{SUFFIX}{UNFINISHED}"):
        with suppress(OSError):  # it takes room, nothing else
            path.unlink()
