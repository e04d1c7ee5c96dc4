"""`explorer export`: a saved run as files for others, checked."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from explorer.cli import overwriting, trusting
from explorer.cli.failure import CommandError
from explorer.cli.trained import HELP, trained
from explorer.cli.usage import print_json
from explorer.protocol.export_files import export_files


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `export` understands."""
    parser.add_argument("run", metavar="DIR|RUN", help=HELP)
    parser.add_argument("--format", required=True, choices=("python", "onnx", "pt"))
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="the file to write")
    overwriting.add_argument(parser)
    trusting.add_argument(parser)


def run(options: argparse.Namespace) -> int:
    """Write the files, and print them with the largest difference from the network."""
    overwriting.check_free(export_files(options.format, options.out), options.overwrite)
    trusting.trust(options.trust)
    session = trained(options.run, "cpu")
    told: list[str] = []

    def report(doing: str) -> None:
        if doing not in told:
            told.append(doing)
            print(f"{doing} ...", file=sys.stderr)

    result = session.export(0, options.format, options.out, report)
    same = "" if result.difference else " (identical)"
    difference = f"largest difference {result.difference:.3g}{same} on {result.samples} samples"
    if not result.passed:
        raise CommandError(f"The export failed, and nothing was written: {difference}.")
    if options.json:
        files = [str(file) for file in result.files]
        print_json({"files": files, "difference": result.difference, "samples": result.samples})
        return 0
    print(f"Exported: {result.what}.", file=sys.stderr)
    for file in result.files:
        print(file)
    print(difference)
    return 0
