"""Custom blocks on the command line: whose files may run in this call, and what they compute."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

from explorer.cli.failure import CommandError
from explorer.graph import custom
from explorer.graph.custom import Custom
from explorer.graph.custom_file import FileFault, content_of, declared, digest
from explorer.graph.document import Document
from explorer.plan.custom_blocks import custom_blocks, untried
from explorer.plan.literals import prose
from explorer.plan.plan import Plan, plan


def add_argument(parser: argparse.ArgumentParser) -> None:
    """--trust, for a command that may run a document's custom blocks."""
    parser.add_argument(
        "--trust",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="let this file of a custom block run, as it is now and in this call only; may be "
        "given several times",
    )


def trust(files: Iterable[Path]) -> None:
    """What these files hold now may run; raises CommandError."""
    for file in files:
        path = file.expanduser().absolute()
        try:
            content = content_of(path)
            declared(content)
        except OSError as error:
            raise CommandError(f"{file} can't be read: {error.strerror or error}.") from error
        except FileFault as error:
            raise CommandError(f"{file} can't be a block: {error}.") from error
        custom.trust(str(path), digest(content), content.decode())


def planned(document: Document) -> Plan:
    """The document's plan, after a trial run of each custom block whose file is trusted."""
    for block in custom_blocks(document).values():
        known = custom.trusted_text(block.sha256)
        if known is not None:  # the same file, be it elsewhere than where the document was drawn
            custom.trust(block.path, block.sha256, known[1])
    made = plan(document)
    while waiting := untried(made):
        from explorer.engine.network.custom import trial  # torch: only now

        for block, shapes in waiting:
            custom.remember(block, shapes, trial(block, shapes))
        made = plan(document)
    return made


def not_trusted(document: Document) -> list[str]:
    """A sentence or two for each file that may not run: which, which content, what to do."""
    told = {
        (block.path, block.sha256): _told(node, block)
        for node, block in custom_blocks(document).items()
        if custom.text_of(block) is None
    }
    return list(told.values())


def _told(node: str, block: Custom) -> str:
    path = prose(block.path, 400)
    needs = (
        f"{node} needs the custom block {block.class_name} of {path} (sha256 {block.sha256}), "
        "which you have not trusted. Nothing of it has been run."
    )
    try:
        found = digest(content_of(Path(block.path)))
    except (OSError, ValueError):  # ValueError: no path at all
        return (
            f"{needs} It can't be read there. If you have and trust it, add --trust with its path."
        )
    if found == block.sha256:
        return f"{needs} Read the file; if you trust it, add --trust {path}"
    return (
        f"{needs} The file has changed since (sha256 {found}). Put the old one back and add "
        "--trust, or open the document in the window to take the block over as it is now."
    )
