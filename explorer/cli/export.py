"""`explorer export`: a saved run as files for others, checked."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from explorer.cli import overwriting, trusting
from explorer.cli.documents import DOCUMENT, WEIGHTS, read, trainable
from explorer.cli.failure import CommandError
from explorer.protocol.export_files import export_files


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `export` understands."""
    parser.add_argument("run", type=Path, metavar="DIR", help="the folder that train wrote")
    parser.add_argument("--format", required=True, choices=("python", "onnx", "pt"))
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="the file to write")
    overwriting.add_argument(parser)
    trusting.add_argument(parser)


def run(options: argparse.Namespace) -> int:
    """Write the files, and print them with the largest difference from the network."""
    if not options.run.is_dir():
        raise CommandError(f"There is no folder {options.run}. Give the one that train wrote.")
    overwriting.check_free(export_files(options.format, options.out), options.overwrite)
    trusting.trust(options.trust)
    made = trainable(read(options.run / DOCUMENT))
    from explorer.engine.session import Session

    session = Session(made, "cpu")
    session.load(options.run / WEIGHTS)
    told: list[str] = []

    def report(doing: str) -> None:
        if doing not in told:
            told.append(doing)
            print(f"{doing} ...", file=sys.stderr)

    result = session.export(0, options.format, options.out, report)
    difference = f"largest difference {result.difference:.3g} on {result.samples} samples"
    if not result.passed:
        raise CommandError(f"The export failed, and nothing was written: {difference}.")
    for file in result.files:
        print(file)
    print(difference)
    return 0
