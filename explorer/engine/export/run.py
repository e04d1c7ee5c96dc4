"""One export: write aside, run what was written, compare, and only then put it in place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import torch
from torch import nn

from explorer.datasets.dataset import Arrays
from explorer.engine.export import onnx, python_source, state_dict
from explorer.engine.export.failure import ExportError, not_written
from explorer.engine.export.job import Job, Written, largest_difference, logits
from explorer.engine.export.staging import publish, staged
from explorer.plan.plan import Plan
from explorer.protocol.commands import ExportFormat
from explorer.protocol.export_files import SUFFIXES, export_path

TOLERANCE = 1e-4  # of a logit
SAMPLES = 256

FORMATS: Mapping[ExportFormat, tuple[str, Callable[[Job], Written]]] = {
    "python": (SUFFIXES["python"], python_source.write),
    "onnx": (SUFFIXES["onnx"], onnx.write),
    "pt": (SUFFIXES["pt"], state_dict.write),
}


def export(
    network: nn.Module,
    plan: Plan,
    arrays: Arrays,
    form: ExportFormat,
    path: Path,
    report: Callable[[str], None],
) -> tuple[tuple[Path, ...], int, float]:
    """Write `network` (on the CPU, in eval mode) to `path` and run the files on held-out samples.

    Returns the files in place, the number of samples and the largest absolute difference of a
    logit. Above TOLERANCE nothing is put in place and no file is returned. Raises ExportError;
    whatever happens, files that were there before are whole. `report` may raise to cancel.
    """
    if plan.dataset is None:
        raise ExportError("The document has no dataset, so there is nothing to check with.")
    write = FORMATS[form][1]
    path = _target(path, form)
    pictures = torch.tensor(arrays.test_inputs[:SAMPLES])
    expected = logits(network, plan.dataset, pictures)
    with staged(path.parent) as folder:
        job = Job(network, plan, plan.dataset, pictures, folder, path.stem, report)
        try:
            files, found = write(job)
        except OSError as error:
            raise not_written(path, error) from error
        difference = largest_difference(expected, found)
        placed = publish(files, path.parent) if difference <= TOLERANCE else ()
    return placed[::-1], len(pictures), difference


def _target(path: Path, form: ExportFormat) -> Path:
    """The path with the format's suffix, absolute."""
    path = Path(path).expanduser().absolute()
    if path.is_dir():
        raise ExportError(f"{path} is a folder. Give the name of a file in it.")
    return export_path(form, path)
