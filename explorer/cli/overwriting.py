"""Files that are there already are replaced only where the user has said so."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from explorer.cli.failure import CommandError
from explorer.graph.texts import listed

NEXT = "Give another place, or --overwrite to replace what is there."


def add_argument(parser: argparse.ArgumentParser) -> None:
    """The switch that allows it."""
    parser.add_argument(
        "--overwrite", action="store_true", help="replace files that are there already"
    )


def check_free(paths: Sequence[Path], overwrite: bool, otherwise: str = NEXT) -> None:
    """Raise CommandError, with all that would be replaced, unless that was allowed. A pipe or a
    terminal is written to, not replaced.
    """
    there = [path for path in paths if path.is_file() or path.is_dir()]
    if there and not overwrite:
        names = listed([path.name for path in there])
        verb = "is" if len(there) == 1 else "are"
        raise CommandError(f"{names} {verb} there already, in {there[0].parent}. {otherwise}")
