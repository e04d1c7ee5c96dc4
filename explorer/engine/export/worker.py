"""What `--worker` does: one job in a process of its own, then the end."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path

from explorer.engine.device.environment import prepare_environment
from explorer.engine.export.failure import ExportError
from explorer.engine.export.process import FAILURE, PROGRESS


def main(arguments: list[str]) -> int:
    """JOB ARGUMENTS...; an error is written down and never leaves the process hanging."""
    prepare_environment()
    try:
        job, *rest = arguments
        JOBS[job](rest)
    except ExportError as error:
        Path(FAILURE).write_text(str(error), encoding="utf-8")
        return 1
    except Exception:
        traceback.print_exc()
        return 1
    return 0


def _onnx(arguments: list[str]) -> None:
    from explorer.engine.export.onnx_worker import convert

    (folder,) = arguments
    work = Path(folder)

    def report(doing: str) -> None:
        new = work / f"{PROGRESS}.new"
        new.write_text(doing, encoding="utf-8")
        new.replace(work / PROGRESS)

    convert(work, report)


def _python(arguments: list[str]) -> None:
    from explorer.engine.export.fresh import main as run_exported

    run_exported(arguments)


JOBS: dict[str, Callable[[list[str]], None]] = {"onnx": _onnx, "python": _python}
