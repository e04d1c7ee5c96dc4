"""The command line called in this process, and documents in files for it."""

from pathlib import Path

from explorer.__main__ import main
from explorer.graph.block import Block
from explorer.graph.document import Document
from explorer.graph.edits import chain, set_training
from explorer.graph.files import dump
from tests.making import block


def explorer(*arguments: object) -> int:
    """The exit status of `python -m explorer ARGUMENTS`, run in this process."""
    try:
        return main([str(argument) for argument in arguments])
    except SystemExit as end:
        return int(end.code or 0)


def written(folder: Path, *blocks: Block, **training) -> Path:
    """A file with Input -> blocks -> Output on the 8 x 8 digits."""
    row = [block("input"), *blocks, block("output")]
    drawn = chain(Document(title="Small", dataset="digits-8x8"), [(None, each) for each in row])
    path = folder / "small.json"
    path.write_text(dump(set_training(drawn, training)), encoding="utf-8")
    return path
