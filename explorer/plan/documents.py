"""Documents on disk: the bundled examples, reading with every fault in words, writing whole."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from explorer import resources
from explorer.blocks.catalogue import block_of
from explorer.graph.document import Document
from explorer.graph.file_kinds import DOCUMENT, UNKNOWN, kind_of, told
from explorer.graph.files import DocumentError, Loaded, dump, load
from explorer.graph.limits import MOST_BYTES
from explorer.graph.regular_file import opened
from explorer.graph.whole_file import whole_text


def examples() -> Mapping[str, Path]:
    """The bundled examples' files by id; the tutorial's first."""
    files = sorted(resources.path("examples").glob("*.json"))
    files.sort(key=lambda file: not file.stem.startswith("tutorial"))
    return {file.stem: file for file in files}


def read(path: Path) -> Loaded:
    """The document in a file, and what was left out of it; raises DocumentError naming the file."""
    try:
        with opened(path) as file:
            return load(file.read(MOST_BYTES + 1), block_of)
    except OSError as error:
        raise DocumentError(f"{path} can't be read: {error.strerror or error}.") from error
    except DocumentError as error:
        raise DocumentError(_other_kind(path) or f"{path.name}: {error}") from error


def _other_kind(path: Path) -> str:
    """What the file is, if it is known to be something else."""
    try:
        kind = kind_of(path)
    except OSError:
        return ""
    return "" if kind in (DOCUMENT, UNKNOWN) else told(path.name, kind, "a document")


def title_of(example: Path) -> str:
    """A bundled example's title, without reading its blocks."""
    return str(json.loads(example.read_text(encoding="utf-8"))["title"])


def write(path: Path, document: Document) -> None:
    """Write the whole document or nothing; raises OSError."""
    with whole_text(path) as file:
        file.write(dump(document))
