"""ONNX, converted in a process of its own: tracing stalls threads, a second LSTM goes wrong."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from safetensors.torch import load, save

from explorer.engine.export.failure import ExportError
from explorer.engine.export.job import Job, Written, tensors_of
from explorer.engine.export.process import run_fresh, worker_command
from explorer.graph.custom import Custom, packed
from explorer.graph.files import dump

LIBRARIES = ("onnx", "onnxscript", "onnxruntime")
DOCUMENT, WEIGHTS, PICTURES = "document.json", "weights.safetensors", "pictures.safetensors"
CUSTOM = "custom.json"  # what the user has trusted
MODEL, LOGITS = "model.onnx", "logits.safetensors"


def write(job: Job) -> Written:
    """The file, and what onnxruntime answers with it. Raises ExportError, OSError."""
    missing = [name for name in LIBRARIES if importlib.util.find_spec(name) is None]
    if missing:
        raise ExportError(
            f"ONNX needs {' and '.join(missing)}, not installed here. "
            "Install with: pip install 'architecture-explorer[onnx]'"
        )
    work = job.folder / "work"
    work.mkdir()
    (work / DOCUMENT).write_text(dump(job.plan.document), encoding="utf-8")
    used = [(s.block, s.input_shapes) for s in job.plan.steps if isinstance(s.block, Custom)]
    (work / CUSTOM).write_text(packed(used), encoding="utf-8")
    (work / WEIGHTS).write_bytes(save(tensors_of(job.network)))
    (work / PICTURES).write_bytes(save({"pictures": job.pictures.contiguous()}))
    run_fresh(worker_command("onnx", str(work)), work, "Converting to ONNX", job.report)
    file = Path(work / MODEL).replace(job.folder / f"{job.stem}.onnx")
    return (file,), load((work / LOGITS).read_bytes())["logits"]
