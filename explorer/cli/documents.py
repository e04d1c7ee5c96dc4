"""Finds what the user names: a bundled example, a document's file, or the folder of a run."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from explorer import resources
from explorer.blocks.catalogue import block_of
from explorer.cli.failure import CommandError
from explorer.graph.document import Document
from explorer.graph.files import MOST_BYTES, DocumentError, load
from explorer.plan.literals import prose
from explorer.plan.plan import Plan, plan

DOCUMENT, WEIGHTS, METRICS = "document.json", "weights.safetensors", "metrics.jsonl"


def examples() -> Mapping[str, Path]:
    """The bundled examples' files by name."""
    return {file.stem: file for file in sorted(resources.path("examples").glob("*.json"))}


def named(name: str) -> Document:
    """The document of that name; raises CommandError. What was left out of it is told on stderr."""
    if name in examples():
        return read(examples()[name])
    path = Path(name).expanduser()
    if path.is_dir():
        path = path / DOCUMENT
    if not path.exists():
        known = ", ".join(examples())
        raise CommandError(f"There is no example and no file '{name}'. The examples are: {known}.")
    return read(path)


def read(path: Path) -> Document:
    """The document in a file; raises CommandError."""
    try:
        with path.open("rb") as file:
            loaded = load(file.read(MOST_BYTES + 1), block_of)
    except OSError as error:
        raise CommandError(f"{path} can't be read: {error.strerror or error}.") from error
    except DocumentError as error:
        raise CommandError(f"{path}: {error}") from error
    for remark in loaded.remarks:
        print(prose(remark, 300), file=sys.stderr)
    return loaded.document


def trainable(document: Document) -> Plan:
    """The document's plan; raises CommandError with its first problem."""
    made = plan(document)
    if not made.ready:
        problem = made.problems[0].message if made.problems else "Nothing leads to the Output."
        raise CommandError(f"The network can't be trained: {prose(problem, 300)}")
    return made
