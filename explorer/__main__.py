"""`python -m explorer`: the window, or one of the commands that need none."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

COMMANDS = {
    "train": "train without a window and write weights, document and curves",
    "sweep": "train with other settings, one trial after the other, and print which was best",
    "evaluate": "loss and accuracy of a trained run on the test samples",
    "runs": "list, show, tag, delete and export recorded runs, or write a report of them",
    "export": "write a trained run as Python source, ONNX or a state_dict, and check the files",
    "info": "steps, shapes, weights, costs and problems of a document",
    "devices": "what there is to compute on, with what each device offers",
    "examples": "list the bundled examples",
}


def main(arguments: list[str] | None = None) -> int:
    """Run the program; returns its exit status. torch and Qt load only where they are needed.

    Without `arguments` it has those of the process, whose last deed it is.
    """
    if arguments is not None:
        return _run(arguments)
    from explorer.engine.device.leaving import leave

    return leave(_run(sys.argv[1:]))


def _run(arguments: list[str]) -> int:
    first = arguments[0] if arguments else ""
    if first == "--worker":  # before anything else: it may be a frozen program's child
        from explorer.engine.export.worker import main as work

        return work(arguments[1:])
    from explorer.engine.device.environment import prepare_environment

    prepare_environment()
    if first in COMMANDS:
        from explorer.cli.main import main as command_line

        return command_line(arguments)
    asked = [word for word in arguments if word in ("-h", "--help", "--version")]
    if asked:
        _help().parse_args(asked)
    if _misspelt(first):
        from explorer.cli.main import unknown

        return unknown(first)
    from explorer.app import main as window

    return window(arguments)


def _misspelt(word: str) -> bool:
    """Whether it can only have been meant as a command or an example: it names nothing that there
    is, and looks like no file.
    """
    from explorer import resources

    if not word or word.startswith("-") or not re.fullmatch(r"[\w-]+", word):
        return False
    return not Path(word).exists() and not (resources.path("examples") / f"{word}.json").is_file()


def program_version() -> str:
    """The installed version; a checkout may not be installed."""
    # It brings a mail parser, for which the first paint would wait.
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("architecture-explorer")
    except PackageNotFoundError:
        return "from a checkout"


def _help() -> argparse.ArgumentParser:
    """Only for --help and --version: the window reads its own arguments."""
    listed = "\n".join(f"  {name:<10}{text}" for name, text in COMMANDS.items())
    parser = argparse.ArgumentParser(
        prog="explorer",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Assemble neural networks, train them, look inside, export them.",
        epilog=f"commands without a window (each has its own --help):\n{listed}",
    )
    parser.add_argument("document", nargs="?", help="an example's name or a document to open")
    parser.add_argument("--weights", metavar="FILE", help="trained weights (.safetensors, .pt)")
    parser.add_argument("--tour", metavar="DIR", help="drive the window and leave pictures in DIR")
    parser.add_argument("--theme", choices=("light", "dark", "system"), help="colours")
    parser.add_argument("--device", help="cpu, cuda, mps or xpu; by default the best there is")
    parser.add_argument("--version", action="version", version=program_version())
    return parser


if __name__ == "__main__":
    sys.exit(main())
