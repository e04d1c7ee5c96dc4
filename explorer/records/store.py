"""The store of runs: begins, fills and ends records, finds them again, throws them away."""

from __future__ import annotations

import json
import secrets
import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from explorer.graph.document import Document
from explorer.graph.files import dump
from explorer.protocol.events import Event, Started
from explorer.records import read_rows, rows
from explorer.records.alive import Sign, lives
from explorer.records.cells import Damaged, path_cell, path_of
from explorer.records.folder import data_folder
from explorer.records.migrations import PARTS
from explorer.records.record import CheckpointRow, Outcome, RunCurves, RunRecord
from explorer.records.schema import BUSY_S, StoreError, connected, in_words

FILE = "runs.sqlite"


class RunStore:
    """One connection to the runs of a folder; several processes may have one each.

    A run may be written until it has ended; from then on only its tags and its note change. Every
    method raises StoreError where the store can't be used. To be used by one thread.
    """

    def __init__(self, folder: Path, busy_s: float = BUSY_S) -> None:
        self.folder = folder
        self._file = folder / FILE
        opened = connected(self._file, busy_s)
        self._connection, self.why_read_only = opened.connection, opened.why_read_only
        self.remarks = list(opened.remarks)  # what has to be said of it; reading may add to them
        try:
            self._sign = None if self.why_read_only else Sign(self._signs)
        except OSError as error:
            self._connection.close()
            raise StoreError(in_words(error, self._file)) from error

    @classmethod
    def open(cls, folder: Path | None = None, busy_s: float = BUSY_S) -> Self:
        """The store in this folder, by default the user's; made where there is none."""
        return cls(data_folder(folder), busy_s)

    def close(self) -> None:
        """Let go. Runs that have not ended count as interrupted."""
        self._connection.close()
        if self._sign is not None:
            self._sign.drop()

    @property
    def _signs(self) -> Path:
        return self.folder / "alive"

    # --- writing a run

    def begin(
        self,
        document: Document,
        versions: Mapping[str, str],
        parent: int | None = None,
        folder: Path | None = None,
        tags: Iterable[str] = (),
    ) -> RunRecord:
        """A new run; `parent`: the one whose checkpoint it goes on from. `folder`: for its
        checkpoints; by default one of its own in the store.
        """
        now = _now()
        place = folder or self.folder / "checkpoints" / f"{now[:10]}-{secrets.token_hex(4)}"
        with self._writing() as write:
            if parent is not None:
                self._settle(write, parent)
            made = write.execute(
                "INSERT INTO runs (started, title, document, dataset, seed, versions, parent, "
                "folder, owner, tags) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    now,
                    document.title,
                    dump(document),
                    document.dataset,
                    document.training.seed,
                    json.dumps(dict(versions)),
                    parent,
                    path_cell(place),
                    self._sign.name if self._sign is not None else "",
                    rows.joined(tags),
                ),
            )
            number = made.lastrowid
        return self.run(number or 0)

    def start(self, run: int, started: Started) -> None:
        """What is known once the engine has begun. What was written before is void, but for what
        the run takes over from its parent, up to the step it goes on from.
        """
        with self._writing() as write:
            for part in PARTS:
                write.execute(f"DELETE FROM {part} WHERE run = ?", (run,))
            write.execute(
                "UPDATE runs SET dataset_sha256 = ?, device = ?, threads = ?, steps_per_epoch = ?, "
                "total_steps = ?, parent_step = ? WHERE id = ?",
                (
                    started.dataset_sha256,
                    started.device_name,
                    started.threads,
                    started.steps_per_epoch,
                    started.total_steps,
                    started.step or None,
                    run,
                ),
            )
            if started.step:
                rows.inherit(write, run, started.step)

    def add(self, run: int, events: Iterable[Event]) -> None:
        """Write events, all or none of them."""
        with self._writing() as write:
            for event in events:
                rows.insert(write, run, event)

    def end(self, run: int, outcome: Outcome, message: str = "") -> None:
        """The run is over: it does not change any more."""
        with self._writing() as write:
            write.execute(
                "UPDATE runs SET outcome = ?, ended = ?, message = ? WHERE id = ?",
                (outcome, _now(), message, run),
            )

    def _settle(self, write: sqlite3.Connection, run: int) -> None:
        """Something goes on from this run: if nobody writes it any more, it was interrupted."""
        found = write.execute("SELECT outcome, owner FROM runs WHERE id = ?", (run,)).fetchone()
        if found is None:
            raise StoreError(f"There is no run {run}.")
        if found["outcome"] is None and not self._alive(found["owner"]):
            write.execute(
                "UPDATE runs SET outcome = 'interrupted', ended = ? WHERE id = ?", (_now(), run)
            )

    # --- what the user says of it

    def tag(self, run: int, tags: Iterable[str]) -> None:
        """Replace the run's tags."""
        self._set(run, "tags", rows.joined(tags))

    def note(self, run: int, text: str) -> None:
        """Replace the run's note."""
        self._set(run, "note", text)

    def delete(self, run: int) -> None:
        """Put the run into the trash: `runs` does not list it; `restore` brings it back."""
        with self._reading() as read:
            found = read.execute("SELECT outcome, owner FROM runs WHERE id = ?", (run,)).fetchone()
        if found is not None and found["outcome"] is None and self._alive(found["owner"]):
            raise StoreError(f"Run {run} is still being trained. Stop it first.")
        self._set(run, "trashed", _now())

    def restore(self, run: int) -> None:
        """Take the run out of the trash."""
        self._set(run, "trashed", None)

    def empty_trash(self) -> int:
        """Remove the runs in the trash with their checkpoints, for good; how many there were."""
        with self._writing() as write:
            gone = write.execute("SELECT folder FROM runs WHERE trashed IS NOT NULL").fetchall()
            write.execute("DELETE FROM runs WHERE trashed IS NOT NULL")
        own = (self.folder / "checkpoints").resolve()
        for (cell,) in gone:
            with suppress(Damaged, OSError):
                if own in path_of(cell).resolve().parents:  # not what the user put elsewhere
                    shutil.rmtree(path_of(cell), ignore_errors=True)
        with self._reading() as connection:  # the room is given back to the disk
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return len(gone)

    def _set(self, run: int, column: str, value: str | None) -> None:
        with self._writing() as write:
            done = write.execute(f"UPDATE runs SET {column} = ? WHERE id = ?", (value, run))
            if not done.rowcount:
                raise StoreError(f"There is no run {run}.")

    # --- reading

    def runs(self, search: str = "", trashed: bool = False) -> list[RunRecord]:
        """Newest first; every word of `search` is in title, dataset, tags, note, outcome or id.

        A record that is damaged is left out, and `remarks` says so.
        """
        with self._reading() as read:
            found = read.execute(
                f"{read_rows.SUMMARY} WHERE (trashed IS NOT NULL) = ? ORDER BY runs.id DESC",
                (trashed,),
            ).fetchall()
        records = []
        for row in found:
            try:
                records.append(self._record(row))
            except StoreError as error:
                self._remark(f"{error} It is left out.")
        words = search.casefold().split()
        return [each for each in records if all(word in read_rows.searched(each) for word in words)]

    def run(self, run: int) -> RunRecord:
        """One record, in the trash or not."""
        with self._reading() as read:
            found = read.execute(f"{read_rows.SUMMARY} WHERE runs.id = ?", (run,)).fetchone()
        if found is None:
            raise StoreError(f"There is no run {run}.")
        return self._record(found)

    def interrupted(self) -> list[RunRecord]:
        """Runs whose program went away before they ended, and that nobody has gone on from."""
        found = self.runs()
        went_on = {each.parent for each in found}
        return [e for e in found if e.state == "interrupted" and e.id not in went_on]

    def curves(self, run: int) -> RunCurves:
        """All that was measured; what is damaged is left out, and `remarks` says so."""
        record = self.run(run)
        with self._reading() as read:
            found, left_out = read_rows.curves(read, record)
        if left_out:
            self._remark(
                f"Run {run}: {len(left_out):,} of its rows are damaged and were left out "
                f"({left_out[0]})."
            )
        return found

    def checkpoints(self, run: int) -> list[CheckpointRow]:
        """Files that the run can be resumed from, newest first."""
        with self._reading() as read:
            return read_rows.checkpoints(read, run)

    def with_checkpoint(self, sha256: str) -> RunRecord | None:
        """The run that wrote a checkpoint's file of this content, if it is recorded."""
        with self._reading() as read:
            found = read.execute(
                "SELECT run FROM checkpoints WHERE sha256 = ? ORDER BY run DESC LIMIT 1", (sha256,)
            ).fetchone()
        return self.run(found["run"]) if found is not None else None

    def size(self) -> int:
        """Bytes on the disk, checkpoints and trash with them."""
        found = 0
        for each in self.folder.rglob("*"):
            with suppress(OSError):  # gone meanwhile
                found += each.stat().st_size if each.is_file() else 0
        return found

    def _record(self, row: sqlite3.Row) -> RunRecord:
        try:
            return read_rows.record(row, self._alive)
        except Damaged as error:
            number = row["id"]
            raise StoreError(
                f"The record of run {number} is damaged: {error}. "
                f"`explorer runs delete {number}` puts it into the trash."
            ) from error

    def _alive(self, owner: object) -> bool:
        return isinstance(owner, str) and lives(self._signs, owner)

    def _remark(self, text: str) -> None:
        if text not in self.remarks:
            self.remarks.append(text)

    # --- transactions

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """All that is written within, or nothing."""
        if self.why_read_only:
            raise StoreError(self.why_read_only)
        with self._reading() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        try:
            yield self._connection
        except (sqlite3.Error, OSError, UnicodeDecodeError) as error:
            raise StoreError(in_words(error, self._file)) from error
        except (ValueError, TypeError) as error:  # a damaged number, text or array
            raise StoreError(f"The store of runs holds a value that is damaged: {error}") from error


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
