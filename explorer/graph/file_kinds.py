"""What a file is by what stands in it, whatever its name says, and what can be done with it."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from explorer.graph.regular_file import opened

HEAD = 4096  # bytes that are looked at
LONGEST_HEADER = 100_000_000  # bytes: safetensors' own limit
TORCH_LEGACY = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
OPEN_DRAWING = "Open the document (.json) that it was made from, or a run's folder."


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file; `advice` says what to do with one that was to be opened."""

    id: str
    title: str
    advice: str = ""


DOCUMENT = Kind("document", "a document")
INTO_ITS_NETWORK = "Open its network first, then load it: File > Load weights, or --weights FILE."
SAFETENSORS = Kind("safetensors", "a .safetensors file of weights", INTO_ITS_NETWORK)
STATE_DICT = Kind("state_dict", "a file of PyTorch weights", INTO_ITS_NETWORK)
UNKNOWN = Kind("unknown", "of an unknown kind")
WEIGHTS = (SAFETENSORS, STATE_DICT)

TORCHSCRIPT = Kind(
    "torchscript",
    "a TorchScript program",
    "It holds code, which is not run. Save its weights alone: "
    "torch.save(network.state_dict(), 'net.pt').",
)
PICKLE = Kind(
    "pickle",
    "a Python pickle",
    "It could run code of its own, so it is never opened. Where you trust it, load it in Python "
    "and save its weights with a present PyTorch: torch.save(network.state_dict(), 'net.pt').",
)
PYTHON = Kind(
    "python",
    "Python source",
    "It runs by itself (python FILE); its weights are the .safetensors file beside it. To take a "
    f"class of it as a block choose Edit > Add custom block. {OPEN_DRAWING}",
)
ONNX = Kind("onnx", "an ONNX network", f"It is for other programs, as onnxruntime. {OPEN_DRAWING}")
RECORDS = Kind(
    "records",
    "a database (SQLite)",
    "If it is the store of runs, the Runs panel shows what is in it, and `explorer runs`.",
)
EVENTS = Kind("events", "a log for TensorBoard", "Show it: tensorboard --logdir FOLDER.")
METRICS = Kind(
    "metrics", "JSON lines, as a run's metrics", "Open the run's folder that it lies in."
)
CSV = Kind("csv", "a table (CSV)", "A spreadsheet opens it; for the network open the run's folder.")
HTML = Kind("html", "a web page", f"A browser shows it. {OPEN_DRAWING}")
SVG = Kind("svg", "a drawing (SVG)", f"It is a picture only. {OPEN_DRAWING}")
TEXT = Kind("text", "a text", OPEN_DRAWING)
ZIP = Kind("zip", "a ZIP archive", "Unpack it and open what is in it.")
EMPTY = Kind("empty", "empty", "Look for an autosaved copy or an earlier version of it.")


def _picture(kind: str) -> Kind:
    return Kind(kind.lower(), f"a picture ({kind})", OPEN_DRAWING)


MAGIC: tuple[tuple[bytes, Kind], ...] = (
    (b"\x89PNG\r\n\x1a\n", _picture("PNG")),
    (b"\xff\xd8\xff", _picture("JPEG")),
    (b"GIF8", _picture("GIF")),
    (b"BM", _picture("BMP")),
    (b"%PDF", Kind("pdf", "a PDF document", OPEN_DRAWING)),
    (b"SQLite format 3\0", RECORDS),
    (b"\x93NUMPY", Kind("npy", "a NumPy array", OPEN_DRAWING)),
    (b"\x89HDF\r\n\x1a\n", Kind("hdf5", "an HDF5 file, as Keras writes", OPEN_DRAWING)),
    (b"\x1f\x8b", Kind("gzip", "compressed (gzip)", "Unpack it and open what is in it.")),
)


def kind_of(path: Path) -> Kind:
    """The kind of a regular file; raises OSError where it can't be read."""
    with opened(path) as file:
        head = file.read(HEAD)
    if head.startswith(b"PK\x03\x04"):
        return _of_archive(path)
    return of_bytes(head)


def of_bytes(head: bytes) -> Kind:
    """The kind by a file's first bytes, unless it is an archive."""
    if not head:
        return EMPTY
    found = next((kind for magic, kind in MAGIC if head.startswith(magic)), None)
    return found or _of_binary(head) or _of_text(head)


def told(name: str, kind: Kind, wanted: str) -> str:
    """A sentence or two for who wanted to open something else."""
    return f"{name} is {kind.title}, not {wanted}. {kind.advice}".rstrip()


def _of_archive(path: Path) -> Kind:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return STATE_DICT if _names_torch(path) else ZIP
    if any(name.endswith("/constants.pkl") for name in names):
        return TORCHSCRIPT
    return STATE_DICT if any(name.endswith("/data.pkl") for name in names) else ZIP


def _names_torch(path: Path) -> bool:
    """Cut short, it still begins with torch's first entry."""
    with path.open("rb") as file:
        return b"/data.pkl" in file.read(HEAD)


def _of_binary(head: bytes) -> Kind | None:
    length = int.from_bytes(head[:8], "little")
    if head[8:9] == b"{" and 2 <= length <= LONGEST_HEADER:
        return SAFETENSORS
    if b"brain.Event:" in head[:64]:
        return EVENTS
    if head.startswith(TORCH_LEGACY) or (head[0] == 0x80 and head[1:2] in b"\2\3\4\5"):
        return PICKLE
    # Protobuf: field 1 (ir_version) is a number, then a text or a message.
    if head[0] == 0x08 and 0 < head[1] < 32 and head[2:3] in b"\x12\x1a\x22\x2a\x32\x3a\x42":
        return ONNX
    return None


def _of_text(head: bytes) -> Kind:
    try:
        text = head.decode("utf-8-sig", "strict" if len(head) < HEAD else "ignore").strip()
    except UnicodeDecodeError:
        return UNKNOWN
    if "\0" in text:
        return UNKNOWN
    return next((kind for fits, kind in TEXTS if fits(text)), TEXT)


def _is_lines(text: str) -> bool:
    first, _, rest = text.partition("\n")
    try:
        return bool(rest.strip()) and isinstance(json.loads(first), dict)
    except (ValueError, RecursionError):
        return False


TEXTS: tuple[tuple[Callable[[str], Any], Kind], ...] = (
    (_is_lines, METRICS),
    (re.compile(r"[\[{]").match, DOCUMENT),
    (re.compile(r"(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<svg", re.DOTALL).match, SVG),
    (re.compile(r"<(?:!doctype html|html)", re.IGNORECASE).match, HTML),
    (
        re.compile(r'^(?:"""|from \w|import \w|class \w+.*:|def \w+\(|#!.*python)', re.M).search,
        PYTHON,
    ),
    (re.compile(r"\w+(?:,\w*){2,}\n").match, CSV),
)


def header_of(path: Path) -> dict[str, str]:
    """The texts in a .safetensors file's header; empty where there are none."""
    try:
        with opened(path) as file:
            length = int.from_bytes(file.read(8), "little")
            header = json.loads(file.read(length)) if length <= LONGEST_HEADER else {}
    except (OSError, ValueError, RecursionError):
        return {}
    texts = header.get("__metadata__") if isinstance(header, dict) else None
    return {k: v for k, v in texts.items() if isinstance(v, str)} if isinstance(texts, dict) else {}
