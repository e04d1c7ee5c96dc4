"""A readable .py and its weights beside it, run in a fresh interpreter before it is trusted."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

from safetensors.torch import load, save

from explorer.engine.export import fresh
from explorer.engine.export.failure import ExportError
from explorer.engine.export.job import Job, Written, tensors_of
from explorer.engine.export.process import frozen, run_fresh, worker_command
from explorer.plan.source import source

LIBRARIES = ("torch", "safetensors", "numpy")


def write(job: Job) -> Written:
    """The two files, and what a fresh interpreter makes of them. Raises ExportError, OSError."""
    _check_name(job.stem)
    script = job.folder / f"{job.stem}.py"
    weights = job.folder / f"{job.stem}.safetensors"
    job.report("Writing Python source and weights")
    script.write_text(source(job.plan), encoding="utf-8", newline="\n")
    weights.write_bytes(save(tensors_of(job.network), {"format": "pt"}))
    work = job.folder / "work"
    work.mkdir()
    pictures, answer = work / "pictures.safetensors", work / "logits.safetensors"
    pictures.write_bytes(save({"pictures": job.pictures.contiguous()}))
    arguments = [str(path) for path in (script, weights, pictures, answer)]
    run_fresh(_command(arguments), work, "Running the Python file", job.report)
    return (weights, script), load(answer.read_bytes())["logits"]


def _check_name(stem: str) -> None:
    """A file that is named as a library hides it from itself."""
    hidden = {*LIBRARIES, *sys.stdlib_module_names}
    if stem in hidden:
        raise ExportError(
            f"A file named {stem}.py would hide Python's own '{stem}' when it runs. "
            "Choose another name."
        )


def _command(arguments: list[str]) -> list[str]:
    if frozen():
        return worker_command("python", *arguments)
    files = [importlib.import_module(name).__file__ for name in LIBRARIES]
    folders = dict.fromkeys(str(Path(file).parents[1]) for file in files if file)
    return [sys.executable, "-I", "-B", fresh.__file__, *arguments, *folders]
