"""A fresh interpreter for what must not happen in this one; it can be cancelled."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import explorer
from explorer.engine.export.failure import ExportError

LONGEST_S = 600.0
POLL_S = 0.2
OUTPUT, PROGRESS, FAILURE = "output.txt", "progress.txt", "failure.txt"


def worker_command(job: str, *arguments: str) -> list[str]:
    """This program's own `--worker` switch: in a checkout, a wheel or a frozen program."""
    own = [sys.executable] if frozen() else [sys.executable, "-P", "-m", "explorer"]
    return [*own, "--worker", job, *arguments]


def frozen() -> bool:
    """Whether this is a program made by PyInstaller, which has no interpreter of its own."""
    return bool(getattr(sys, "frozen", False))


def run_fresh(
    command: Sequence[str], folder: Path, doing: str, report: Callable[[str], None]
) -> None:
    """Run to the end; `folder` takes its output. Raises ExportError with its last words."""
    package = str(Path(explorer.__file__).resolve().parents[1])
    known = os.environ.get("PYTHONPATH")
    path = f"{package}{os.pathsep}{known}" if known else package
    with (folder / OUTPUT).open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": path},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        try:
            _wait(process, folder, doing, report)
        finally:  # `report` may raise: the user has cancelled
            if process.poll() is None:
                process.kill()
                process.wait()
    if process.returncode != 0:
        raise ExportError(f"{doing} failed: {_reason(folder, process.returncode)}")


def _wait(
    process: subprocess.Popen[bytes], folder: Path, doing: str, report: Callable[[str], None]
) -> None:
    ends_s = time.monotonic() + LONGEST_S
    while True:
        report(_text(folder / PROGRESS) or doing)
        try:
            process.wait(POLL_S)
        except subprocess.TimeoutExpired:
            if time.monotonic() > ends_s:
                raise ExportError(f"{doing} took longer than {LONGEST_S:.0f} s.") from None
        else:
            return


def _reason(folder: Path, status: int) -> str:
    lines = _text(folder / OUTPUT).strip().splitlines()
    return _text(folder / FAILURE) or (lines[-1] if lines else f"it ended with status {status}.")


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
