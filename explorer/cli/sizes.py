"""A training that takes much of the machine's memory begins only where the user has said so."""

from __future__ import annotations

import argparse
import os

from explorer.cli.failure import CommandError
from explorer.plan.literals import prose
from explorer.plan.memory import too_large
from explorer.plan.plan import Plan

NEXT = "Give --large to train it all the same."


def add_argument(parser: argparse.ArgumentParser) -> None:
    """The switch that allows it."""
    parser.add_argument(
        "--large",
        action="store_true",
        help="train even what takes more than a quarter of the machine's memory",
    )


def check_size(made: Plan, options: argparse.Namespace) -> None:
    """Raise CommandError, with the numbers and the block, unless it was allowed."""
    why = "" if options.large else too_large(made, int(os.environ.get("LOCAL_WORLD_SIZE", "1")))
    if why:
        raise CommandError(f"{prose(why, 400)} {NEXT}")
