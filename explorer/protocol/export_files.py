"""The files that an export writes: what is asked about is what comes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from explorer.protocol.commands import ExportFormat

SUFFIXES: Mapping[ExportFormat, str] = {"python": ".py", "onnx": ".onnx", "pt": ".pt"}
WEIGHTS = ".safetensors"  # beside the source


def export_path(form: ExportFormat, path: Path) -> Path:
    """The path with the format's ending: "net v1.2" gets one, too."""
    suffix = SUFFIXES[form]
    return path if path.suffix.lower() == suffix else path.with_name(f"{path.name}{suffix}")


def export_files(form: ExportFormat, path: Path) -> tuple[Path, ...]:
    """All files that an export to this path puts in place."""
    stem = export_path(form, path.expanduser()).stem
    suffixes = (SUFFIXES[form], WEIGHTS) if form == "python" else (SUFFIXES[form],)
    return tuple(path.expanduser().with_name(f"{stem}{suffix}") for suffix in suffixes)
