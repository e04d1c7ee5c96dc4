"""Finds what the user names: a bundled example, a document's file, or the folder of a run."""

from __future__ import annotations

import sys
from pathlib import Path

from explorer.blocks.catalogue import block_of
from explorer.cli.failure import CommandError
from explorer.cli.trusting import not_trusted, planned
from explorer.cli.usage import close, did_you_mean
from explorer.graph.document import Document
from explorer.graph.file_kinds import SAFETENSORS, header_of, kind_of
from explorer.graph.files import DocumentError, Loaded, load
from explorer.plan import documents
from explorer.plan.literals import prose
from explorer.plan.plan import Plan
from explorer.plan.run_folder import DOCUMENT

TABLE = "trials.csv"  # of a sweep


def named(name: str) -> Document:
    """The document of that name; raises CommandError. What was left out is told on stderr."""
    examples = documents.examples()
    if name in examples:
        return read(examples[name])
    path = Path(name).expanduser()
    if path.is_dir():
        path = path / DOCUMENT
    if not path.exists():
        known = ", ".join(examples)
        meant = did_you_mean(close(name, examples))
        raise CommandError(
            f"There is no example and no file '{name}'{meant or '.'} The examples are: {known}."
        )
    return read(path)


def read(path: Path) -> Document:
    """The document in a file, also that of weights that name theirs; raises CommandError."""
    try:
        loaded = _of_weights(path) or documents.read(path)
    except DocumentError as error:
        raise CommandError(prose(str(error), 400)) from error
    for remark in loaded.remarks:
        print(prose(remark, 300), file=sys.stderr)
    return loaded.document


def _of_weights(path: Path) -> Loaded | None:
    try:
        text = header_of(path).get("document") if kind_of(path) == SAFETENSORS else None
    except OSError:
        return None
    return load(text, block_of) if text else None


def trainable(document: Document) -> Plan:
    """The document's plan; raises CommandError with its first problem, or with the files of custom
    blocks that may not run.
    """
    made = planned(document)
    if waiting := not_trusted(document):
        raise CommandError(" ".join(waiting))
    if not made.ready:
        problem = made.problems[0].message if made.problems else "Nothing leads to the Output."
        raise CommandError(f"The network can't be trained: {prose(problem, 300)}")
    return made
